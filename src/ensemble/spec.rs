//! One member as the user names it: on the command line, in the configuration, or found on this machine.
//!
//! Owns parsing a specification and choosing a member's name; nothing here accesses a file or a server.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::EnsembleError;
use crate::clean::clean_line;
use crate::config::{MemberConfig, Server, Source};
use crate::engine::fusion::params::nearest;
use crate::engine::member::Local;
use crate::engine::member::api::Address;

/// How many letters of an API's name may be wrong for it to be recognised.
const MISSPELT: usize = 2;

/// A member that may take part.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MemberSpec {
    pub name: String,
    /// Whether the user chose the name; otherwise the model's own replaces it once it is known.
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

    /// Parses `[NAME=]URL[#MODEL]` (the URL may lack its scheme), `[NAME=]KIND:MODEL` (a remote API at its own address) or
    /// `[NAME=]PATH`. A path that exists as written may contain an equals sign or a colon. `kinds` are the names of the APIs.
    pub fn parse(text: &str, kinds: &[&str]) -> Result<Self, EnsembleError> {
        let (name, rest) = match text.split_once('=') {
            // An equals sign in a query does not end a name.
            Some((name, rest)) if !name.is_empty() && !name.contains('?') && !is_url(name) && !Path::new(text).exists() => {
                (Some(name), rest)
            }
            Some(_) | None => (None, text),
        };
        let (source, own_name) = source(rest, kinds)?;
        let name = name.map(str::to_owned);
        let named = name.is_some();
        let name = name.or(own_name).ok_or_else(|| EnsembleError::Nameless { path: PathBuf::from(rest) })?;
        Ok(Self { name, named, config: MemberConfig { source, ..MemberConfig::default() } })
    }

    /// The argument for this model on the command line, without its secrets.
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

    /// Where its model is, for the user; never with a secret.
    #[must_use]
    pub fn address(&self) -> String {
        match &self.config.source {
            Source::BuiltIn(_) => "built in".to_owned(),
            Source::Gguf { path, .. } => path.display().to_string(),
            Source::Server(server) => match (&server.url, &server.kind) {
                (Some(url), _) => Address::without_secrets(url),
                (None, Some(kind)) => kind.clone(),
                (None, None) => "nowhere".to_owned(),
            },
        }
    }
}

fn source(text: &str, kinds: &[&str]) -> Result<(Source, Option<String>), EnsembleError> {
    if is_url(text) {
        return Ok(server(text));
    }
    if !Path::new(text).exists() {
        if let Some((kind, model)) = text.split_once(':').filter(|(kind, _)| kinds.contains(kind)) {
            let server = Server { kind: Some(kind.to_owned()), model: Some(model.to_owned()), ..Server::default() };
            return Ok((Source::Server(Box::new(server)), Some(short(model)).filter(|name| !name.is_empty())));
        }
        if let Some(url) = Address::with_scheme(text) {
            return Ok(server(&url));
        }
        if !is_path(text) {
            // A text far from every API's name is the name of a model.
            let near = |kind: &str| {
                let near = nearest(kind, kinds.iter().copied())?;
                (strsim::damerau_levenshtein(kind, near) <= MISSPELT).then_some(near)
            };
            let kind = text.split_once(':').and_then(|(kind, _)| near(kind));
            // What comes before an `@` may be a key.
            let text = text.rsplit_once('@').map_or(text, |(_, place)| place);
            return Err(EnsembleError::Neither { text: clean_line(text).into(), nearest: kind.unwrap_or_default().to_owned() });
        }
    }
    let path = PathBuf::from(text);
    let stem = path.file_stem().and_then(|stem| stem.to_str()).map(|stem| clean_line(stem).into());
    Ok((Source::Gguf { path, arguments: Vec::new(), local: Local::default() }, stem))
}

/// The server at an address, and the model after its `#`.
fn server(text: &str) -> (Source, Option<String>) {
    // A fragment that starts with a slash belongs to a page of the server.
    let (url, model) = text.split_once('#').map_or((text, None), |(url, model)| (url, Some(model)));
    let model = model.filter(|model| !model.is_empty() && !model.starts_with('/'));
    let name = model.map_or_else(|| host(url), short);
    let server = Server { url: Some(url.to_owned()), model: model.map(str::to_owned), ..Server::default() };
    (Source::Server(Box::new(server)), name.into())
}

/// Whether a text can only be a path, whether or not it exists.
fn is_path(text: &str) -> bool {
    let drive = matches!(text.as_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    let model = Path::new(text).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gguf"));
    drive || model || text.is_empty() || text.starts_with(['.', '~', '/', '\\'])
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

/// The short name of a model: the last part of a path or of `organisation/model`, without `.gguf`.
pub(super) fn short(model: &str) -> String {
    let last = model.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(model);
    last.strip_suffix(".gguf").unwrap_or(last).to_owned()
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
        assert_eq!(parse("openai:7").argument(), "openai:7", "a port would be a model's name");
        assert_eq!(parse("models/atlas.gguf").name, "atlas");
        assert!(MemberSpec::parse("..", &[]).is_err());
    }

    #[test]
    fn an_address_may_lack_its_scheme() {
        for (text, url, model) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080", None),
            ("localhost:8080/v1", "http://localhost:8080/v1", None),
            ("[::1]:8080", "http://[::1]:8080", None),
            ("my-host:8000#model", "http://my-host:8000", Some("model")),
            ("a=my-host:8000#org/model.gguf", "http://my-host:8000", Some("org/model.gguf")),
            ("api.openai.com/v1#gpt", "https://api.openai.com/v1", Some("gpt")),
            ("host.example/v1", "https://host.example/v1", None),
            ("host.example/v1?a=b#m", "https://host.example/v1?a=b", Some("m")),
            ("http://127.0.0.1:8080/#/", "http://127.0.0.1:8080/", None),
        ] {
            let spec = parse(text);
            assert_eq!((server(&spec).url.as_deref(), server(&spec).model.as_deref()), (Some(url), model), "{text}");
            assert_eq!(spec.named, text.starts_with("a="), "{text}");
        }
        assert_eq!(parse("key@127.0.0.1:8080").argument(), "http://127.0.0.1:8080");
    }

    #[test]
    fn what_can_only_be_a_path_is_one_and_what_is_there_goes_first() {
        for text in ["C:\\x.gguf", "C:/x.GGUF", "./x", "../x", "~/x.gguf", "/models/x", "x.gguf", "d=./x"] {
            assert!(matches!(&parse(text).config.source, Source::Gguf { .. }), "{text}");
        }
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().join("host.example");
        std::fs::write(&there, "").unwrap();
        assert!(matches!(&parse(there.to_str().unwrap()).config.source, Source::Gguf { .. }));
        assert!(matches!(&parse("src").config.source, Source::Gguf { .. }), "a folder is told as one");
    }

    #[test]
    fn what_is_neither_is_told_with_both() {
        for text in ["model:7b", "unknown:model", "host:80a", "models-of-mine/x", "ftp://host"] {
            let said = MemberSpec::parse(text, &["openai"]).unwrap_err().to_string();
            assert!(said.contains(text) && said.contains(".gguf") && said.contains("http://"), "{said}");
        }
        let said = MemberSpec::parse("opanai:gpt", &["openai"]).unwrap_err().to_string();
        assert!(said.contains("did you mean `openai`"), "{said}");
        assert!(!MemberSpec::parse("qwen:7b", &["openai"]).unwrap_err().to_string().contains("did you mean"));
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
