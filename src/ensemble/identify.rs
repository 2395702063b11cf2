//! Finds which API an address speaks if neither the user nor the address says so, from what the server reports about itself.

use serde_json::Value;

use crate::engine::member::api::Kind;
use crate::engine::member::http::{Endpoint, Http, HttpError, Limits};

/// The name of llama.cpp's own API.
pub(super) const LLAMA_SERVER: &str = "llama-server";

/// An API that was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Api {
    /// llama.cpp's own.
    LlamaServer,
    /// Another one.
    Other(Kind),
}

/// The owner that a llama.cpp server reports for its model. The other owners are in the rows of the dialects.
const LLAMA_OWNER: &str = "llamacpp";

impl Api {
    /// Its name in the configuration.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::LlamaServer => LLAMA_SERVER,
            Self::Other(kind) => kind.name(),
        }
    }
}

/// The API, judging by the owner in a list of models.
pub(super) fn by_models(list: &Value) -> Option<Api> {
    let owner = list.pointer("/data/0/owned_by").and_then(Value::as_str)?;
    if owner == LLAMA_OWNER {
        return Some(Api::LlamaServer);
    }
    Kind::ALL.iter().find(|kind| kind.dialect().owner == Some(owner)).map(|kind| Api::Other(*kind))
}

/// Asks a server what it is: by the owner of its models, by the properties that a llama.cpp server reports, by a route of its
/// own. One without any of these is treated as a server with `OpenAI`'s interface, and probed: a list of models that is missing,
/// or fails for any reason but a wrong key, says nothing about the rest.
pub(super) async fn ask(endpoint: Endpoint, limits: Limits) -> Result<Api, HttpError> {
    // A failure here is only a detour; the calls that matter are retried.
    let http = Http::new(endpoint, Limits { attempts: 1, ..limits })?;
    let (list, props) = tokio::join!(http.get("v1/models"), http.get("props"));
    let owner = list.as_ref().ok().and_then(by_models);
    match (owner, &props) {
        (Some(api @ Api::Other(_)), _) => return Ok(api),
        (_, Ok(props)) if describes_llama_server(props) => return Ok(Api::LlamaServer),
        // It reports its owner, but keeps its properties from us.
        (Some(Api::LlamaServer), Err(error)) if matches!(error.status(), Some(401 | 403 | 503)) => return Ok(Api::LlamaServer),
        (Some(Api::LlamaServer) | None, _) => {}
    }
    if let Err(error) = list
        && (error.status() == Some(401) || !error.answers())
    {
        return Err(error);
    }
    let routes = Kind::ALL.iter().filter_map(|kind| kind.dialect().own_route.map(|route| (route, *kind)));
    let own = routes.map(|((path, field), kind)| {
        let http = &http;
        async move { http.get(path).await.is_ok_and(|reply| reply.get(field).is_some()).then_some(kind) }
    });
    let own = futures_util::future::join_all(own).await;
    Ok(Api::Other(own.into_iter().flatten().next().unwrap_or(Kind::OpenAiCompatible)))
}

fn describes_llama_server(props: &Value) -> bool {
    props.get("default_generation_settings").is_some_and(Value::is_object)
        || props.get("role").and_then(Value::as_str) == Some("router")
}
