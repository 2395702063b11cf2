//! Keys that the command line gives to members: `[NAME=]env:VARIABLE`, `file:PATH`, `command:…`.
//!
//! Owns reading them and assigning each to its members. What was written in place of a source may be the key itself, so no error
//! repeats it.

use std::path::Path;

use super::found::expanded;
use super::spec::MemberSpec;
use super::{EnsembleError, unknown_member};
use crate::config::Source;
use crate::engine::member::api::Address;
use crate::engine::member::http::KeySource;

/// Where the key of a member is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenKey {
    /// The member: its name, or its address or model as given; `None`: all servers without a key.
    pub of: Option<String>,
    /// Where the key is.
    pub source: KeySource,
}

/// Sources, by the word before their colon.
const SOURCES: [&str; 3] = ["env:", "file:", "command:"];

impl GivenKey {
    /// Reads `[NAME=]SOURCE`; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let begins = |text: &str| SOURCES.iter().any(|source| text.starts_with(source));
        // An address may contain an equals sign, and so may a command: the first one before a source counts.
        let (of, source) = if begins(text) {
            (None, text)
        } else {
            let mut signs = text.match_indices('=').map(|(at, _)| (text.get(..at), text.get(at + 1..)));
            signs.find_map(|(of, source)| Some((of.filter(|of| !of.is_empty()), source.filter(|source| begins(source))?)))?
        };
        let (kind, value) = source.split_once(':').filter(|(_, value)| !value.is_empty())?;
        let source = match kind {
            "env" => KeySource::Environment(value.to_owned()),
            "file" => KeySource::File(expanded(Path::new(value))),
            _ => KeySource::Command(value.to_owned()),
        };
        Some(Self { of: of.map(str::to_owned), source })
    }

    fn is_of(&self, spec: &MemberSpec) -> bool {
        let Some(of) = &self.of else { return false };
        let Source::Server(server) = &spec.config.source else { return *of == spec.name };
        let address = server.url.as_deref();
        let same = |given: &str| address.is_some_and(|url| url.split('#').next() == Some(given));
        *of == spec.name
            || *of == spec.argument()
            || server.model.as_ref() == Some(of)
            || same(of)
            || Address::with_scheme(of).is_some_and(|of| same(&of) || of == spec.argument())
    }
}

/// Assigns each key to its members. A key for no member is an error, and so is one for a model that is not on a server.
pub(super) fn give(keys: &[GivenKey], specs: &mut [MemberSpec]) -> Result<(), EnsembleError> {
    // A named member takes precedence over all.
    let (named, for_all): (Vec<_>, Vec<_>) = keys.iter().partition(|key| key.of.is_some());
    for key in named {
        let mut found = false;
        for spec in specs.iter_mut().filter(|spec| key.is_of(spec)) {
            found = true;
            match &mut spec.config.source {
                Source::Server(server) => server.key = Some(key.source.clone()),
                Source::BuiltIn(_) | Source::Gguf { .. } => return Err(EnsembleError::KeyForFile { name: spec.name.clone() }),
            }
        }
        if let Some(of) = key.of.as_ref().filter(|_| !found) {
            return Err(unknown_member(of, specs.iter().map(|spec| spec.name.as_str())));
        }
    }
    for key in for_all {
        for spec in specs.iter_mut() {
            if let Source::Server(server) = &mut spec.config.source
                && server.key.is_none()
                && server.url.as_deref().is_none_or(|url| Address::read(url).key().is_none())
            {
                server.key = Some(key.source.clone());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Option<(Option<String>, String)> {
        GivenKey::parse(text).map(|key| (key.of, format!("{:?}", key.source)))
    }

    #[test]
    fn a_key_is_a_source_and_perhaps_a_name() {
        let environment = |name: &str| format!("Environment({name:?})");
        assert_eq!(key("env:X"), Some((None, environment("X"))));
        assert_eq!(key("a=env:X"), Some((Some("a".to_owned()), environment("X"))));
        assert_eq!(key("http://h/?v=1=env:X"), Some((Some("http://h/?v=1".to_owned()), environment("X"))));
        assert_eq!(key("a=command:f --x=env:Y"), Some((Some("a".to_owned()), "Command(..)".to_owned())));
        assert_eq!(key("file:/k=env:X"), Some((None, "File(\"/k=env:X\")".to_owned())));
        for text in ["fake-key", "a=fake-key", "a=", "env:", "a=env:", "", "a=ENV", "$KEY"] {
            assert_eq!(key(text), None, "{text}");
        }
        assert_eq!(key("=env:X"), Some((None, environment("X"))));
    }

    #[test]
    fn keys_go_to_their_members() {
        let specs = || {
            ["a=http://h:1#m", "127.0.0.1:8080", "openai:gpt", "https://k@own.example/v1"]
                .map(|text| MemberSpec::parse(text, &["openai"]).unwrap())
        };
        let keyed = |texts: &[&str]| {
            let keys: Vec<GivenKey> = texts.iter().map(|text| GivenKey::parse(text).unwrap()).collect();
            let mut specs = specs();
            give(&keys, &mut specs).map_err(|error| error.to_string())?;
            Ok::<Vec<bool>, String>(
                specs.iter().map(|spec| matches!(&spec.config.source, Source::Server(server) if server.key.is_some())).collect(),
            )
        };
        for of in ["a", "m", "http://h:1", "h:1", "http://h:1#m"] {
            assert_eq!(keyed(&[&format!("{of}=env:X")]), Ok(vec![true, false, false, false]), "{of}");
        }
        assert_eq!(keyed(&["127.0.0.1:8080=env:X"]), Ok(vec![false, true, false, false]));
        assert_eq!(keyed(&["openai:gpt=env:X"]), Ok(vec![false, false, true, false]));
        assert_eq!(keyed(&["env:X"]), Ok(vec![true, true, true, false]), "one has a key in its address");
        assert!(keyed(&["b=env:X"]).unwrap_err().contains("no member `b`"));
        let mut file = [MemberSpec::parse("x.gguf", &[]).unwrap()];
        let error = give(&[GivenKey::parse("x=env:X").unwrap()], &mut file).unwrap_err().to_string();
        assert!(error.contains("`x`") && error.contains("no server"), "{error}");
    }
}
