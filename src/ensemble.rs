//! Who takes part: the models built into the binary, or GGUF files that a person names.
//!
//! Owns the list of built-in models and the opening of members by a specification; what members do is the engine's.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine::Seat;
use crate::engine::fusion::event::Role;
use crate::engine::fusion::params::nearest;
use crate::engine::member::embedded::{EmbeddedError, EmbeddedMember};

/// A model that is part of the binary.
struct BuiltIn {
    name: &'static str,
    gguf: &'static [u8],
}

/// The built-in ensemble, in the order that decides ties. How the models were made: `assets/models/README.md`.
const BUILT_IN: &[BuiltIn] = &[
    BuiltIn { name: "atlas", gguf: include_bytes!("../assets/models/atlas.gguf") },
    BuiltIn { name: "abacus", gguf: include_bytes!("../assets/models/abacus.gguf") },
    BuiltIn { name: "lexicon", gguf: include_bytes!("../assets/models/lexicon.gguf") },
    BuiltIn { name: "almanac", gguf: include_bytes!("../assets/models/almanac.gguf") },
    BuiltIn { name: "babble", gguf: include_bytes!("../assets/models/babble.gguf") },
];

/// Which members a person wants.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// GGUF files, each `PATH` or `NAME=PATH`; where there is none, the built-in ensemble takes part.
    pub models: Vec<String>,
    /// Of these, only the members of these names; empty takes all.
    pub only: Vec<String>,
    /// Roles by name.
    pub roles: Vec<(String, Role)>,
    /// Weights by name.
    pub weights: Vec<(String, f64)>,
}

/// Why an ensemble cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum EnsembleError {
    /// A name that no member has.
    #[error("there is no member `{name}`; there are: {known}{}", did_you_mean(.nearest))]
    UnknownMember {
        /// What was asked for.
        name: String,
        /// The members there are.
        known: String,
        /// The one most like it.
        nearest: String,
    },
    /// A model that cannot be opened.
    #[error(transparent)]
    Model(#[from] EmbeddedError),
    /// A path without a usable file name, given without a name.
    #[error("`{}` has no file name to call the member by: give NAME=PATH", path.display())]
    Nameless {
        /// The path.
        path: PathBuf,
    },
}

fn did_you_mean(nearest: &str) -> String {
    if nearest.is_empty() { String::new() } else { format!(" (did you mean `{nearest}`?)") }
}

impl Selection {
    /// Whether the models built into the binary take part.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        self.models.is_empty()
    }
}

/// Opens the members of a selection.
pub fn open(selection: &Selection) -> Result<Vec<Seat>, EnsembleError> {
    let names: Vec<String> = if selection.is_built_in() {
        BUILT_IN.iter().map(|model| model.name.to_owned()).collect()
    } else {
        selection.models.iter().map(|spec| name_and_path(spec).map(|(name, _)| name)).collect::<Result<_, _>>()?
    };
    let mentioned = selection.only.iter().chain(selection.roles.iter().map(|(name, _)| name));
    for name in mentioned.chain(selection.weights.iter().map(|(name, _)| name)) {
        if !names.contains(name) {
            return Err(EnsembleError::UnknownMember {
                name: name.clone(),
                known: names.join(", "),
                nearest: nearest(name, names.iter().map(String::as_str)).unwrap_or_default().to_owned(),
            });
        }
    }
    let wanted = |name: &String| selection.only.is_empty() || selection.only.contains(name);
    let mut seats = Vec::new();
    for (place, name) in names.into_iter().enumerate().filter(|(_, name)| wanted(name)) {
        let member = if selection.is_built_in() {
            EmbeddedMember::open(BUILT_IN[place].name, BUILT_IN[place].gguf)?
        } else {
            let (_, path) = name_and_path(&selection.models[place])?;
            EmbeddedMember::open_file(&path)?
        };
        let role = selection.roles.iter().rfind(|(of, _)| *of == name).map_or(Role::Both, |(_, role)| *role);
        let weight = selection.weights.iter().rfind(|(of, _)| *of == name).map_or(1.0, |(_, weight)| *weight);
        seats.push(Seat { role, weight, ..Seat::new(name, Arc::new(member)) });
    }
    Ok(seats)
}

/// `NAME=PATH`, or `PATH` with the file's stem for a name. A path that exists as it stands may hold an equals sign.
fn name_and_path(spec: &str) -> Result<(String, PathBuf), EnsembleError> {
    let (name, path) = match spec.split_once('=') {
        Some((name, path)) if !name.is_empty() && !Path::new(spec).exists() => (Some(name.to_owned()), PathBuf::from(path)),
        Some(_) | None => (None, PathBuf::from(spec)),
    };
    let stem = || path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned);
    match name.or_else(stem) {
        Some(name) => Ok((name, path)),
        None => Err(EnsembleError::Nameless { path }),
    }
}
