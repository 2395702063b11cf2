//! The models of a server: which one is meant, and how long its context is.

use serde_json::Value;

use super::super::count;
use super::super::http::{Http, HttpError};
use super::address::Route;
use super::dialect::Listing;
use super::error::ConnectError;
use super::path;
use super::probe::Search;

/// Where servers report the size of a model's context, in the list of models or in one model's description.
const CONTEXT: &[&str] = &[
    "max_model_len",
    "context_length",
    "context_window",
    "max_context_length",
    "inputTokenLimit",
    "max_input_tokens",
    "meta/n_ctx",
    "parameters/max_seq_len",
    "loaded_context_length",
];

/// A server's list of models.
#[derive(Debug)]
pub(super) struct Models {
    /// Names; `Err` holds the reason why there are none.
    names: Result<Vec<String>, String>,
    entries: Vec<Value>,
}

/// The selected model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) name: String,
    pub(super) context_tokens: Option<usize>,
    pub(super) origin: Origin,
}

/// Where a model's name comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// The server lists it.
    Listed,
    /// From the user, although no list has it: lists are hints, and many lack aliases, routes and private models.
    Given,
    /// Neither from the user nor from a list, for this reason: a server with one model accepts any name.
    Guessed(String),
}

/// The name to request from a server with one model if its name is unknown.
const ANY: &str = "default";

impl Models {
    /// Requests the list, wherever it may be. A server that answers without a list is not a failure; one that cannot be reached,
    /// or refuses our key, is.
    pub(super) async fn list(http: &Http, listing: &Listing, routes: &[Route]) -> Result<Self, HttpError> {
        let mut search = Search::new(routes);
        let reply = loop {
            let path = Route::placed(search.route(), listing.path);
            if let Some(outcome) = search.outcome(http.get(&path).await) {
                break outcome;
            }
        };
        match reply {
            Ok(reply) => Ok(Self::read(&reply, listing)),
            Err(error) if error.answers() && error.status() != Some(401) => {
                Ok(Self { names: Err(error.without_name()), entries: Vec::new() })
            }
            Err(error) => Err(error),
        }
    }

    fn read(reply: &Value, listing: &Listing) -> Self {
        let entries = listing.list.iter().find_map(|place| path::one(reply, place)?.as_array());
        let entries = entries.cloned().unwrap_or_default();
        let names: Vec<String> = entries.iter().filter_map(|entry| name(entry, listing)).collect();
        let names = if names.is_empty() { Err("its list of models is empty".to_owned()) } else { Ok(names) };
        Self { names, entries }
    }

    /// The available names.
    pub(super) fn names(&self) -> &[String] {
        self.names.as_deref().unwrap_or_default()
    }

    /// The selected model: the one that was named, otherwise the only one that writes text, otherwise any.
    pub(super) fn choose(&self, member: &str, at: &str, wanted: Option<&str>, listing: &Listing) -> Result<Chosen, ConnectError> {
        let (name, origin) = match (wanted, &self.names) {
            (Some(wanted), Ok(names)) => match known(names, wanted) {
                Some(name) => (name, Origin::Listed),
                None => (wanted, Origin::Given),
            },
            (Some(wanted), Err(_)) => (wanted, Origin::Given),
            (None, Ok(names)) => {
                let writing: Vec<&String> = names.iter().filter(|name| writes_text(name)).collect();
                let [only] = writing.as_slice() else {
                    let (member, at) = (member.to_owned(), at.to_owned());
                    return Err(ConnectError::WhichModel { member, at, there: names.clone() });
                };
                (only.as_str(), Origin::Listed)
            }
            (None, Err(reason)) => (ANY, Origin::Guessed(reason.clone())),
        };
        let entry = self.entries.iter().find(|entry| self::name(entry, listing).as_deref() == Some(name));
        Ok(Chosen { name: name.to_owned(), context_tokens: entry.and_then(context), origin })
    }
}

/// Whether a model of this name can be selected if none is named: servers also list models that embed or rank.
fn writes_text(name: &str) -> bool {
    let name = name.to_lowercase();
    !["embed", "rerank", "whisper"].iter().any(|word| name.contains(word))
}

/// The name in the server's spelling: Gemini's list has `models/…`, Ollama's `…:latest`.
fn known<'a>(names: &'a [String], wanted: &'a str) -> Option<&'a str> {
    let same = |name: &str| {
        name == wanted || name.strip_prefix("models/") == Some(wanted) || name.strip_suffix(":latest") == Some(wanted)
    };
    names.iter().map(String::as_str).find(|name| same(name))
}

fn name(entry: &Value, listing: &Listing) -> Option<String> {
    path::text(entry, &[listing.id]).map(str::to_owned)
}

/// The size of the context in tokens, from an entry of the list.
fn context(entry: &Value) -> Option<usize> {
    path::number(entry, CONTEXT).and_then(|tokens| usize::try_from(tokens).ok()).filter(|tokens| *tokens > 0)
}

/// The size of the context in tokens, from Ollama's description of a model: `model_info` has it under the architecture's name.
pub(super) fn described_context(description: &Value) -> Option<usize> {
    let info = description.get("model_info")?.as_object()?;
    let tokens = info.iter().find(|(name, _)| name.ends_with(".context_length")).and_then(|(_, value)| count::of(value));
    tokens.and_then(|tokens| usize::try_from(tokens).ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::kind::Kind;
    use super::*;

    fn choose(kind: Kind, reply: &Value, wanted: Option<&str>) -> Result<Chosen, ConnectError> {
        let listing = &kind.dialect().listing;
        Models::read(reply, listing).choose("ann", "http://here", wanted, listing)
    }

    #[test]
    fn the_only_model_is_meant_where_none_is_named() {
        let one = json!({"object": "list", "data": [{"id": "m", "max_model_len": 4096}]});
        assert_eq!(
            choose(Kind::Vllm, &one, None),
            Ok(Chosen { name: "m".to_owned(), context_tokens: Some(4096), origin: Origin::Listed })
        );
        let two = json!({"data": [{"id": "a"}, {"id": "b"}]});
        let error = choose(Kind::Vllm, &two, None).unwrap_err().to_string();
        assert_eq!(error, "ann: http://here serves several models, so the member has to name one; there are a, b");
    }

    #[test]
    fn models_that_write_no_text_are_not_meant() {
        let beside = json!({"data": [{"id": "nomic-embed-text"}, {"id": "qwen"}, {"id": "bge-Reranker"}]});
        assert_eq!(choose(Kind::LmStudio, &beside, None).unwrap().name, "qwen");
        let named = choose(Kind::LmStudio, &beside, Some("nomic-embed-text")).unwrap();
        assert_eq!((named.name.as_str(), named.origin), ("nomic-embed-text", Origin::Listed));
    }

    #[test]
    fn a_list_is_a_hint() {
        let two = json!({"data": [{"id": "a"}, {"id": "b"}]});
        for kind in [Kind::Vllm, Kind::OpenRouter, Kind::XAi, Kind::Azure] {
            let chosen = choose(kind, &two, Some("c:nitro")).unwrap();
            assert_eq!((chosen.name.as_str(), chosen.origin), ("c:nitro", Origin::Given));
        }
        let none = choose(Kind::Vllm, &json!({"data": []}), None).unwrap();
        assert_eq!(none.origin, Origin::Guessed("its list of models is empty".to_owned()));
    }

    #[test]
    fn names_are_found_as_the_server_writes_them() {
        let gemini = json!({"models": [{"name": "models/gemini-x", "inputTokenLimit": 1000}]});
        let chosen = choose(Kind::Gemini, &gemini, Some("gemini-x")).unwrap();
        assert_eq!(chosen, Chosen { name: "models/gemini-x".to_owned(), context_tokens: Some(1000), origin: Origin::Listed });
        let ollama = json!({"models": [{"name": "qwen3:latest"}, {"name": "other:1b"}]});
        assert_eq!(choose(Kind::Ollama, &ollama, Some("qwen3")).unwrap().name, "qwen3:latest");
        // Together's list has nothing around it.
        let together = json!([{"id": "x/y", "context_length": 8192}]);
        assert_eq!(choose(Kind::Together, &together, Some("x/y")).unwrap().context_tokens, Some(8192));
        assert_eq!(described_context(&json!({"model_info": {"qwen3.context_length": 40960}})), Some(40960));
    }
}
