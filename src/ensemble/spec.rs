//! One member as a person names it: on the command line, in the configuration, or found on this machine.
//!
//! Owns the reading of a specification and the name that a member goes by; nothing here reaches for a file or a server.

use std::path::{Path, PathBuf};

use super::EnsembleError;
use crate::clean::clean_line;
use crate::config::{MemberConfig, Server, Source};
use crate::engine::member::Local;

/// A member that may take part.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberSpec {
    /// What it is called.
    pub name: String,
    /// Whether a person chose the name; else the model's own takes its place once it is known.
    pub named: bool,
    /// Where its model is, and what it may do.
    pub config: MemberConfig,
}

impl MemberSpec {
    /// A member of this name as the configuration describes it.
    #[must_use]
    pub fn new(name: &str, config: MemberConfig) -> Self {
        Self { name: name.to_owned(), named: true, config }
    }

    /// Reads `[NAME=]URL[#MODEL]`, `[NAME=]KIND:MODEL` (a remote API at its own address) or `[NAME=]PATH.gguf`. A path that
    /// exists as it stands may hold an equals sign or a colon. `kinds` are the names of the APIs.
    pub fn parse(text: &str, kinds: &[&str]) -> Result<Self, EnsembleError> {
        let (name, rest) = match text.split_once('=') {
            Some((name, rest)) if !name.is_empty() && !is_url(name) && !Path::new(text).exists() => (Some(name), rest),
            Some(_) | None => (None, text),
        };
        let (source, own_name) = source(rest, kinds);
        let name = name.map(str::to_owned);
        let named = name.is_some();
        let name = name.or(own_name).ok_or_else(|| EnsembleError::Nameless { path: PathBuf::from(rest) })?;
        Ok(Self { name, named, config: MemberConfig { source, ..MemberConfig::default() } })
    }

    /// What names this model on the command line, without its secrets.
    #[must_use]
    pub fn argument(&self) -> String {
        match &self.config.source {
            Source::Server(server) => match (&server.url, &server.kind, &server.model) {
                (Some(_), _, Some(model)) => format!("{}#{model}", self.address()),
                (None, Some(kind), Some(model)) => format!("{kind}:{model}"),
                (Some(_) | None, _, _) => self.address(),
            },
            Source::BuiltIn(name) => name.clone(),
            Source::Gguf { path, .. } => path.display().to_string(),
        }
    }

    /// Where its model is, for a person; never with a secret.
    #[must_use]
    pub fn address(&self) -> String {
        match &self.config.source {
            Source::BuiltIn(_) => "built in".to_owned(),
            Source::Gguf { path, .. } => path.display().to_string(),
            Source::Server(server) => match (&server.url, &server.kind) {
                (Some(url), _) => without_secrets(url),
                (None, Some(kind)) => kind.clone(),
                (None, None) => "nowhere".to_owned(),
            },
        }
    }
}

fn source(text: &str, kinds: &[&str]) -> (Source, Option<String>) {
    if is_url(text) {
        let (url, model) = match text.split_once('#') {
            Some((url, model)) if !model.is_empty() => (url, Some(model)),
            Some((url, _)) => (url, None),
            None => (text, None),
        };
        let name = model.map_or_else(|| host(url), short);
        let server = Server { url: Some(url.to_owned()), model: model.map(str::to_owned), ..Server::default() };
        return (Source::Server(Box::new(server)), name.into());
    }
    if let Some((kind, model)) = text.split_once(':')
        && kinds.contains(&kind)
        && !Path::new(text).exists()
    {
        let server = Server { kind: Some(kind.to_owned()), model: Some(model.to_owned()), ..Server::default() };
        return (Source::Server(Box::new(server)), Some(short(model)).filter(|name| !name.is_empty()));
    }
    let path = PathBuf::from(text);
    let stem = path.file_stem().and_then(|stem| stem.to_str()).map(clean_line);
    (Source::Gguf { path, arguments: Vec::new(), local: Local::default() }, stem)
}

fn is_url(text: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

/// The host and port of an address.
fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_owned()
}

/// What a model is called in short: the last part of a path or of `organisation/model`, without `.gguf`.
pub(super) fn short(model: &str) -> String {
    let last = model.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(model);
    last.strip_suffix(".gguf").unwrap_or(last).to_owned()
}

/// An address without user, password and query.
fn without_secrets(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let path = rest.split('?').next().unwrap_or(rest);
    let (authority, path) =
        path.split_once('/').map_or((path, String::new()), |(authority, path)| (authority, format!("/{path}")));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}").trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> MemberSpec {
        MemberSpec::parse(text, &["openai", "anthropic"]).unwrap()
    }

    fn server(spec: &MemberSpec) -> &Server {
        match &spec.config.source {
            Source::Server(server) => server,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_address_may_carry_a_model_and_a_name() {
        let plain = parse("http://127.0.0.1:8080");
        assert_eq!((plain.name.as_str(), plain.named), ("127.0.0.1:8080", false));
        let chosen = parse("https://somewhere.example/v1#organisation/Some-Model.gguf");
        assert_eq!(
            (chosen.name.as_str(), server(&chosen).model.as_deref()),
            ("Some-Model", Some("organisation/Some-Model.gguf"))
        );
        let named = parse("q=http://127.0.0.1:8080/?a=b");
        assert_eq!((named.name.as_str(), named.named), ("q", true));
        assert_eq!(server(&parse("http://h/?a=b")).url.as_deref(), Some("http://h/?a=b"), "the equals sign is the address's");
    }

    #[test]
    fn an_api_is_named_with_its_model_and_anything_else_is_a_file() {
        let api = parse("openai:some-model");
        assert_eq!((api.name.as_str(), server(&api).kind.as_deref()), ("some-model", Some("openai")));
        assert_eq!(parse("own=anthropic:large").name, "own");
        assert!(matches!(&parse("unknown:model").config.source, Source::Gguf { .. }));
        assert_eq!(parse("models/atlas.gguf").name, "atlas");
        assert!(MemberSpec::parse("..", &[]).is_err());
    }

    #[test]
    fn what_names_a_model_is_read_back() {
        for text in ["http://127.0.0.1:11434#two:7b", "http://127.0.0.1:8080", "openai:some-model", "models/atlas.gguf"] {
            assert_eq!(parse(text).argument(), text);
        }
    }

    #[test]
    fn an_address_is_told_without_secrets() {
        assert_eq!(parse("https://me:secret@h.example:1/v1?key=secret").address(), "https://h.example:1/v1");
        assert_eq!(parse("http://127.0.0.1:8080/").address(), "http://127.0.0.1:8080");
    }
}
