//! Which models take part: those built into the binary, GGUF files, servers and remote APIs.
//!
//! Owns the choice of members from the command line and the configuration ([`resolve`]) and opening them ([`open`]); the engine
//! owns what members do.

pub(crate) mod built_in;
mod connect;
mod cores;
mod error;
mod file;
pub mod found;
mod gguf;
mod identify;
mod keys;
mod known;
pub(crate) mod local;
mod machine;
mod open;
mod options;
mod queues;
mod routers;
mod servers;
mod spec;
mod template;
mod warnings;

use std::path::PathBuf;

pub use self::error::OpenError;
pub use self::keys::GivenKey;
pub use self::open::{Opened, open, open_patiently, opening};
pub use self::options::OpenOptions;
pub use self::spec::MemberSpec;
use crate::config::{Config, MemberConfig, Source};
use crate::engine::fusion::event::Role;
use crate::engine::fusion::params::nearest;
use crate::engine::member::Local;
use crate::engine::member::api::Kind;

/// The name of the built-in ensemble.
pub const BUILT_IN: &str = "built-in";

/// The names of the APIs that servers may speak.
#[must_use]
pub fn kinds() -> Vec<&'static str> {
    std::iter::once(identify::LLAMA_SERVER).chain(Kind::NAMES.iter().map(|(_, name)| *name)).collect()
}

/// Which members the user wants.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Specifications of members, see [`MemberSpec::parse`]; they take precedence over everything else.
    pub models: Vec<String>,
    /// An ensemble of the configuration, or [`BUILT_IN`].
    pub ensemble: Option<String>,
    /// Only the members with these names, in this order; empty takes all of the ensemble.
    pub only: Vec<String>,
    /// Roles by name.
    pub roles: Vec<(String, Role)>,
    /// Weights by name.
    pub weights: Vec<(String, f64)>,
    /// Where keys are.
    pub keys: Vec<GivenKey>,
    /// How GGUF files are run, unless the configuration says.
    pub local: Local,
}

/// Why an ensemble cannot be put together.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, thiserror::Error)]
pub enum EnsembleError {
    #[error("there is no member `{name}`; there are: {known}{}", did_you_mean(.nearest))]
    UnknownMember {
        name: String,
        known: String,
        /// The most similar one.
        nearest: String,
    },
    #[error("there is no ensemble `{name}`; there are: {known}{}", did_you_mean(.nearest))]
    UnknownEnsemble {
        name: String,
        known: String,
        /// The most similar one.
        nearest: String,
    },
    /// An API that this program does not support.
    #[error("member `{member}`: unknown API `{kind}`; there are: {known}{}", did_you_mean(.nearest))]
    UnknownKind {
        member: String,
        kind: String,
        known: String,
        /// The most similar one.
        nearest: String,
    },
    /// A key for a model that needs none.
    #[error("member `{name}` is no server, so there is nothing to send a key to")]
    KeyForFile { name: String },
    /// The text does not name anything that a member can be.
    #[error(
        "`{text}` is neither a file that is there nor an address: give the path of a .gguf file, a server's address such as \
         http://127.0.0.1:8080 or host:8080, or API:MODEL{}", did_you_mean(.nearest)
    )]
    Neither {
        text: String,
        /// The most similar API.
        nearest: String,
    },
    /// A path without a usable file name, given without a name.
    #[error("`{}` has no file name to call the member by: give NAME=PATH", path.display())]
    Nameless { path: PathBuf },
}

fn did_you_mean(nearest: &str) -> String {
    if nearest.is_empty() { String::new() } else { format!(" (did you mean `{nearest}`?)") }
}

/// Chooses the members: those of `--model`, otherwise those of the ensemble named on the command line or in the configuration,
/// otherwise all that the configuration has, otherwise the built-in ones. `kinds` are the names of the APIs.
pub fn resolve(selection: &Selection, config: &Config, kinds: &[&str]) -> Result<Vec<MemberSpec>, EnsembleError> {
    let mut specs = chosen(selection, config, kinds)?;
    unique(&mut specs);
    keys::give(&selection.keys, &mut specs)?;
    let mentioned = selection.only.iter().chain(selection.roles.iter().map(|(name, _)| name));
    for name in mentioned.chain(selection.weights.iter().map(|(name, _)| name)) {
        if !specs.iter().any(|spec| spec.name == *name) {
            return Err(unknown_member(name, specs.iter().map(|spec| spec.name.as_str())));
        }
    }
    specs.retain(|spec| selection.only.is_empty() || selection.only.contains(&spec.name));
    // In the order in which the user names them. Without names the sort, which is stable, changes nothing.
    specs.sort_by_key(|spec| selection.only.iter().position(|name| *name == spec.name));
    for spec in &mut specs {
        if let Some((_, role)) = selection.roles.iter().rfind(|(of, _)| *of == spec.name) {
            spec.config.role = *role;
        }
        if let Some((_, weight)) = selection.weights.iter().rfind(|(of, _)| *of == spec.name) {
            spec.config.weight = Some(*weight);
        }
        if let Source::Gguf { local, .. } = &mut spec.config.source {
            local.fill(&selection.local);
        }
        check_kind(spec, kinds)?;
    }
    Ok(specs)
}

fn chosen(selection: &Selection, config: &Config, kinds: &[&str]) -> Result<Vec<MemberSpec>, EnsembleError> {
    if !selection.models.is_empty() {
        return selection.models.iter().map(|text| MemberSpec::parse(text, kinds)).collect();
    }
    match selection.ensemble.as_ref().or(config.ensemble.as_ref()) {
        Some(name) if name == BUILT_IN => Ok(built_in_specs()),
        Some(name) => match config.ensembles.get(name) {
            Some(members) => members.iter().map(|member| of_config(member, config)).collect(),
            None => Err(unknown_ensemble(name, config)),
        },
        None if config.members.is_empty() => Ok(built_in_specs()),
        None => Ok(config.members.iter().map(|(name, member)| MemberSpec::new(name, member.clone())).collect()),
    }
}

/// The models built into the binary.
#[must_use]
pub fn built_in_specs() -> Vec<MemberSpec> {
    built_in::names().map(built_in_spec).collect()
}

fn built_in_spec(name: &str) -> MemberSpec {
    MemberSpec::new(name, MemberConfig { source: Source::BuiltIn(name.to_owned()), ..MemberConfig::default() })
}

/// A member of the configuration, or a built-in one, by its name.
fn of_config(name: &str, config: &Config) -> Result<MemberSpec, EnsembleError> {
    let configured = config.members.get(name).map(|member| MemberSpec::new(name, member.clone()));
    let spec = configured.or_else(|| built_in::names().find(|known| *known == name).map(built_in_spec));
    let mut known: Vec<&str> = config.members.keys().map(String::as_str).collect();
    for name in built_in::names() {
        known.push(name);
    }
    spec.ok_or_else(|| unknown_member(name, known.into_iter()))
}

fn unknown_member<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> EnsembleError {
    let known: Vec<&str> = known.collect();
    EnsembleError::UnknownMember {
        name: name.to_owned(),
        nearest: nearest(name, known.iter().copied()).unwrap_or_default().to_owned(),
        known: known.join(", "),
    }
}

fn unknown_ensemble(name: &str, config: &Config) -> EnsembleError {
    let known: Vec<&str> = config.ensembles.keys().map(String::as_str).chain([BUILT_IN]).collect();
    EnsembleError::UnknownEnsemble {
        name: name.to_owned(),
        nearest: nearest(name, known.iter().copied()).unwrap_or_default().to_owned(),
        known: known.join(", "),
    }
}

fn check_kind(spec: &MemberSpec, kinds: &[&str]) -> Result<(), EnsembleError> {
    match &spec.config.source {
        Source::Server(server) => match &server.kind {
            Some(kind) if !kinds.contains(&kind.as_str()) => Err(EnsembleError::UnknownKind {
                member: spec.name.clone(),
                kind: kind.clone(),
                known: kinds.join(", "),
                nearest: nearest(kind, kinds.iter().copied()).unwrap_or_default().to_owned(),
            }),
            Some(_) | None => Ok(()),
        },
        Source::BuiltIn(_) | Source::Gguf { .. } => Ok(()),
    }
}

/// Appends a number to derived names that are taken: three servers may serve one model.
fn unique(specs: &mut [MemberSpec]) {
    for place in 0..specs.len() {
        let (before, rest) = specs.split_at_mut(place);
        let Some(spec) = rest.first_mut().filter(|spec| !spec.named) else { continue };
        let taken = |name: &str| before.iter().any(|other| other.name == name);
        if taken(&spec.name) {
            // Of one more number than there are members before it, at least one is free.
            let mut numbered = (2..=before.len() + 2).map(|number| format!("{}-{number}", spec.name));
            spec.name = numbered.find(|name| !taken(name)).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: &[&str] = &["openai"];

    fn names(selection: &Selection, config: &Config) -> Result<Vec<String>, String> {
        let specs = resolve(selection, config, KINDS).map_err(|error| error.to_string())?;
        Ok(specs.into_iter().map(|spec| spec.name).collect())
    }

    fn config() -> Config {
        let member = |kind: &str| MemberConfig {
            source: Source::Server(Box::new(crate::config::Server { kind: Some(kind.to_owned()), ..Default::default() })),
            ..MemberConfig::default()
        };
        Config {
            members: [("gpt".to_owned(), member("openai")), ("odd".to_owned(), member("opanai"))].into(),
            ensembles: [("lab".to_owned(), vec!["gpt".to_owned(), "atlas".to_owned()])].into(),
            ..Config::default()
        }
    }

    #[test]
    fn what_is_named_first_takes_part() {
        let all = Selection::default();
        assert_eq!(names(&all, &Config::default()).unwrap(), ["atlas", "abacus", "lexicon", "almanac", "babble"]);
        let lab = Selection { ensemble: Some("lab".to_owned()), ..all.clone() };
        assert_eq!(names(&lab, &config()).unwrap(), ["gpt", "atlas"]);
        let built_in = Selection { ensemble: Some(BUILT_IN.to_owned()), only: vec!["babble".to_owned()], ..all.clone() };
        assert_eq!(names(&built_in, &config()).unwrap(), ["babble"]);
        let models = Selection { models: vec!["http://h:1".to_owned(), "http://h:1".to_owned()], ..lab };
        assert_eq!(names(&models, &config()).unwrap(), ["h:1", "h:1-2"]);
    }

    #[test]
    fn members_come_in_the_order_in_which_they_are_named() {
        let only =
            |list: &[&str]| Selection { only: list.iter().map(|name| (*name).to_owned()).collect(), ..Selection::default() };
        assert_eq!(names(&only(&["babble", "almanac"]), &Config::default()).unwrap(), ["babble", "almanac"]);
        assert_eq!(names(&only(&["atlas", "babble", "atlas"]), &Config::default()).unwrap(), ["atlas", "babble"]);
    }

    #[test]
    fn unknown_names_come_with_the_nearest() {
        let selection = Selection { ensemble: Some("lap".to_owned()), ..Selection::default() };
        let error = names(&selection, &config()).unwrap_err();
        assert!(error.contains("lab, built-in") && error.contains("did you mean `lab`"), "{error}");
        let error = names(&Selection::default(), &config()).unwrap_err();
        assert!(error.contains("`odd`") && error.contains("did you mean `openai`"), "{error}");
        let selection = Selection { weights: vec![("atlass".to_owned(), 1.0)], ..Selection::default() };
        assert!(names(&selection, &Config::default()).unwrap_err().contains("did you mean `atlas`"));
    }
}
