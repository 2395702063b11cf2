//! Which API an address speaks, where nobody said so: by its host, else by what it says about itself.

use serde_json::Value;

use crate::engine::member::api::Kind;
use crate::engine::member::http::{Endpoint, Http, HttpError, Limits};

/// The API that a list of models shows by its owner.
pub(super) fn by_models(list: &Value) -> Option<&'static str> {
    match list.pointer("/data/0/owned_by").and_then(Value::as_str)? {
        "llamacpp" => Some(super::connect::LLAMA_SERVER),
        "vllm" => Some(Kind::Vllm.name()),
        "sglang" => Some(Kind::SgLang.name()),
        "library" => Some(Kind::Ollama.name()),
        "koboldcpp" => Some(Kind::KoboldCpp.name()),
        "tabbyAPI" => Some(Kind::TabbyApi.name()),
        _ => None,
    }
}

/// The API of a remote service, by its host.
pub(super) fn by_host(url: &str) -> Option<Kind> {
    let host = host(url)?;
    if host.ends_with(".openai.azure.com") {
        return Some(Kind::Azure);
    }
    let at_home = |kind: &&(Kind, &str)| kind.0.dialect().address.and_then(self::host).is_some_and(|own| own == host);
    // Several kinds are served on this machine; there the host says nothing.
    Kind::NAMES.iter().filter(|_| host != "127.0.0.1").find(at_home).map(|(kind, _)| *kind)
}

fn host(url: &str) -> Option<&str> {
    let authority = url.split_once("://")?.1.split(['/', '?']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    Some(host.split_once(':').map_or(host, |(host, _)| host))
}

/// Asks a server that is no llama.cpp server what it is. One that lists models but does not say whose is taken for any server
/// with `OpenAI`'s interface, and tried.
pub(super) async fn ask(endpoint: Endpoint, limits: Limits) -> Result<Kind, HttpError> {
    let http = Http::new(endpoint, limits)?;
    let own_ways = [
        ("api/version", "version", Kind::Ollama),
        ("get_model_info", "model_path", Kind::SgLang),
        ("info", "model_id", Kind::Tgi),
    ];
    match http.get("v1/models").await {
        Ok(list) => {
            let named = by_models(&list).and_then(Kind::named);
            if let Some(kind) = named {
                return Ok(kind);
            }
        }
        // Not every server lists models there.
        Err(error) if error.status().is_some_and(|status| !matches!(status, 401 | 403)) => {}
        Err(error) => return Err(error),
    }
    for (path, field, kind) in own_ways {
        if http.get(path).await.is_ok_and(|reply| reply.get(field).is_some()) {
            return Ok(kind);
        }
    }
    Ok(Kind::OpenAiCompatible)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remote_services_are_known_by_their_host() {
        assert_eq!(by_host("https://api.anthropic.com/v1"), Some(Kind::Anthropic));
        assert_eq!(by_host("https://me:x@api.mistral.ai:443/v1?a=b"), Some(Kind::Mistral));
        assert_eq!(by_host("https://mine.openai.azure.com/openai/v1"), Some(Kind::Azure));
        assert_eq!((by_host("http://127.0.0.1:8000"), by_host("http://gpu-host:8000")), (None, None));
    }
}
