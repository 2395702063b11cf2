//! The models that a server has: which of them is meant, and how long its context is.

use serde_json::Value;

use super::super::count;
use super::super::http::{Http, HttpError};
use super::dialect::Listing;
use super::error::ConnectError;
use super::path;

/// Where servers say how many tokens a model's context holds, in the list of models or in one model's description.
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

/// What a server says of its models.
#[derive(Debug)]
pub(super) struct Models {
    /// Names; `Err` says why there are none.
    names: Result<Vec<String>, String>,
    entries: Vec<Value>,
}

/// The model that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) name: String,
    pub(super) context_tokens: Option<usize>,
}

impl Models {
    /// Asks for the list. A server without one is no failure; one that refuses us is.
    pub(super) async fn list(http: &Http, listing: &Listing) -> Result<Self, HttpError> {
        match http.get(listing.path).await {
            Ok(reply) => Ok(Self::read(&reply, listing)),
            Err(error) if lacks_list(&error) => Ok(Self { names: Err(error.to_string()), entries: Vec::new() }),
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

    /// The names that there are.
    pub(super) fn names(&self) -> &[String] {
        self.names.as_deref().unwrap_or_default()
    }

    /// The model that is meant: the one that was named, else the only one.
    pub(super) fn choose(&self, member: &str, at: &str, wanted: Option<&str>, listing: &Listing) -> Result<Chosen, ConnectError> {
        let (member, at) = (member.to_owned(), at.to_owned());
        let name = match (wanted, &self.names) {
            (Some(wanted), Ok(names)) => match known(names, wanted) {
                Some(name) => name,
                None if listing.complete => {
                    return Err(ConnectError::UnknownModel { member, model: wanted.to_owned(), at, there: names.clone() });
                }
                None => wanted,
            },
            (Some(wanted), Err(_)) => wanted,
            (None, Ok(names)) => match names.as_slice() {
                [only] => only,
                several => return Err(ConnectError::WhichModel { member, at, there: several.to_vec() }),
            },
            (None, Err(reason)) => return Err(ConnectError::NoModel { member, at, reason: reason.clone() }),
        };
        let entry = self.entries.iter().find(|entry| self::name(entry, listing).as_deref() == Some(name));
        Ok(Chosen { name: name.to_owned(), context_tokens: entry.and_then(context) })
    }
}

/// The name as the server writes it: Gemini's list says `models/…`, Ollama's `…:latest`.
fn known<'a>(names: &'a [String], wanted: &'a str) -> Option<&'a str> {
    let same = |name: &str| {
        name == wanted || name.strip_prefix("models/") == Some(wanted) || name.strip_suffix(":latest") == Some(wanted)
    };
    names.iter().map(String::as_str).find(|name| same(name))
}

fn name(entry: &Value, listing: &Listing) -> Option<String> {
    path::text(entry, &[listing.id]).map(str::to_owned)
}

/// How many tokens the context holds, as a list's entry says.
fn context(entry: &Value) -> Option<usize> {
    path::number(entry, CONTEXT).and_then(|tokens| usize::try_from(tokens).ok()).filter(|tokens| *tokens > 0)
}

/// How many tokens the context holds, as Ollama describes a model: `model_info` has it under the architecture's name.
pub(super) fn described_context(description: &Value) -> Option<usize> {
    let info = description.get("model_info")?.as_object()?;
    let tokens = info.iter().find(|(name, _)| name.ends_with(".context_length")).and_then(|(_, value)| count::of(value));
    tokens.and_then(|tokens| usize::try_from(tokens).ok())
}

/// Whether a failure says that there is no such list.
fn lacks_list(error: &HttpError) -> bool {
    let elsewhere = matches!(error, HttpError::ContentType { .. } | HttpError::NotJson { .. });
    let untold = matches!(error, HttpError::InBand { .. }) && error.status().is_none();
    elsewhere || untold || matches!(error.status(), Some(400 | 404 | 405 | 422 | 501))
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
        assert_eq!(choose(Kind::Vllm, &one, None), Ok(Chosen { name: "m".to_owned(), context_tokens: Some(4096) }));
        let two = json!({"data": [{"id": "a"}, {"id": "b"}]});
        let error = choose(Kind::Vllm, &two, None).unwrap_err().to_string();
        assert_eq!(error, "ann: http://here serves several models, so the member has to name one; there are a, b");
        let none = choose(Kind::Vllm, &json!({"data": []}), None).unwrap_err();
        assert!(none.to_string().contains("name the model"), "{none}");
    }

    #[test]
    fn a_wrong_name_is_told_with_the_right_ones() {
        let two = json!({"data": [{"id": "a"}, {"id": "b"}]});
        let error = choose(Kind::Vllm, &two, Some("c")).unwrap_err().to_string();
        assert_eq!(error, "ann: there is no model \"c\" at http://here; there are a, b");
        // Azure lists models, and deployments have names of their own.
        assert_eq!(choose(Kind::Azure, &two, Some("c")).unwrap().name, "c");
    }

    #[test]
    fn names_are_found_as_the_server_writes_them() {
        let gemini = json!({"models": [{"name": "models/gemini-x", "inputTokenLimit": 1000}]});
        let chosen = choose(Kind::Gemini, &gemini, Some("gemini-x")).unwrap();
        assert_eq!(chosen, Chosen { name: "models/gemini-x".to_owned(), context_tokens: Some(1000) });
        let ollama = json!({"models": [{"name": "qwen3:latest"}, {"name": "other:1b"}]});
        assert_eq!(choose(Kind::Ollama, &ollama, Some("qwen3")).unwrap().name, "qwen3:latest");
        // Together's list has nothing around it.
        let together = json!([{"id": "x/y", "context_length": 8192}]);
        assert_eq!(choose(Kind::Together, &together, Some("x/y")).unwrap().context_tokens, Some(8192));
        assert_eq!(described_context(&json!({"model_info": {"qwen3.context_length": 40960}})), Some(40960));
    }
}
