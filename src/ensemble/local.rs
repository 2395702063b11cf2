//! Model servers that answer on the usual ports of this machine.
//!
//! Owns where to look and how to recognise the server. It only sends one or two read-only requests, and only to loopback; what a
//! server can do is found out when it is opened.

use std::time::Duration;

use serde_json::Value;

use super::identify::{Api, by_models};
use super::spec::{MemberSpec, short};
use crate::config::{MemberConfig, Server, Source};
use crate::engine::member::http::{Endpoint, Http, Limits};

/// How many models of one server are offered at most.
const MOST_MODELS: usize = 8;

/// Where a server usually is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The port on loopback.
    pub port: u16,
    /// The API that is usually there, by its name in the configuration.
    pub kind: &'static str,
    /// The path that lists its models.
    pub path: &'static str,
}

/// The usual places.
pub const USUAL: &[Place] = &[
    Place { port: 8080, kind: "llama-server", path: "/v1/models" },
    Place { port: 8081, kind: "llama-server", path: "/v1/models" },
    Place { port: 8082, kind: "llama-server", path: "/v1/models" },
    Place { port: 8083, kind: "llama-server", path: "/v1/models" },
    Place { port: 11434, kind: "ollama", path: "/api/tags" },
    Place { port: 1234, kind: "lm-studio", path: "/v1/models" },
    Place { port: 8000, kind: "vllm", path: "/v1/models" },
    Place { port: 30000, kind: "sglang", path: "/v1/models" },
    Place { port: 5001, kind: "koboldcpp", path: "/v1/models" },
    Place { port: 5000, kind: "text-generation-webui", path: "/v1/models" },
];

/// Queries all places concurrently; returns a member for each model served there, in the order of the places. A place that does
/// not answer promptly, or not with a list of models, has none.
pub async fn find(places: &[Place]) -> Vec<MemberSpec> {
    let found = futures_util::future::join_all(places.iter().map(|place| look(*place))).await;
    found.into_iter().flatten().collect()
}

async fn look(place: Place) -> Vec<MemberSpec> {
    let url = format!("http://127.0.0.1:{}", place.port);
    let limits = Limits {
        connect: Duration::from_millis(500),
        first: Duration::from_secs(2),
        idle: Duration::from_secs(2),
        attempts: 1,
        patient: false,
        ..Limits::default()
    };
    let Ok(http) = Endpoint::new(place.kind, &url).and_then(|endpoint| Http::new(endpoint, limits)) else { return Vec::new() };
    let Ok(list) = http.get(place.path).await else { return Vec::new() };
    let models = models(&list);
    let kind = kind(place, &list);
    models.iter().take(MOST_MODELS).map(|model| found(&url, kind, model, models.len() > 1)).collect()
}

/// The names of the models in a list, in any of the forms that servers use.
fn models(list: &Value) -> Vec<String> {
    let entries = ["data", "models"].iter().find_map(|key| list.get(key)?.as_array());
    let name = |entry: &Value| ["id", "name", "model"].iter().find_map(|key| entry.get(key)?.as_str().map(str::to_owned));
    entries.into_iter().flatten().filter_map(name).collect()
}

/// Many servers use port 8080 or 8000: the list itself takes precedence over where it was found.
fn kind(place: Place, list: &Value) -> Option<&'static str> {
    // For others it is found out when they are opened.
    by_models(list).map(Api::name).or_else(|| matches!(place.kind, "ollama" | "lm-studio").then_some(place.kind))
}

fn found(url: &str, kind: Option<&str>, model: &str, several: bool) -> MemberSpec {
    let server = Server {
        kind: kind.map(str::to_owned),
        url: Some(url.to_owned()),
        model: several.then(|| model.to_owned()),
        ..Server::default()
    };
    let config = MemberConfig { source: Source::Server(Box::new(server)), ..MemberConfig::default() };
    MemberSpec { name: short(model), named: false, config }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_of_models_is_read_in_every_shape() {
        let openai = json!({"object": "list", "data": [{"id": "a/b.gguf", "owned_by": "llamacpp"}]});
        assert_eq!(models(&openai), ["a/b.gguf"]);
        assert_eq!(kind(USUAL[6], &openai), Some("llama-server"), "whatever port it is on");
        let ollama = json!({"models": [{"name": "one:latest"}, {"name": "two:7b"}]});
        assert_eq!(models(&ollama), ["one:latest", "two:7b"]);
        assert_eq!(kind(USUAL[4], &ollama), Some("ollama"));
        assert!(models(&json!({"status": "ok"})).is_empty());
        assert_eq!(kind(USUAL[0], &json!({"data": [{"id": "x"}]})), None);
    }

    #[test]
    fn one_of_several_models_is_named_in_the_address() {
        let spec = found("http://127.0.0.1:11434", Some("ollama"), "two:7b", true);
        assert_eq!((spec.name.as_str(), spec.named), ("two:7b", false));
        assert!(matches!(&spec.config.source, Source::Server(server) if server.model.as_deref() == Some("two:7b")));
    }
}
