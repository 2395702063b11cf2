//! Every known model, the standing of each, and which of them take part in the next answer.
//!
//! Owns the list, its names and its news; [`term`](crate::playground::term) opens members, and [`compose`] owns what the user is
//! composing right now. A row keeps its number for as long as the program runs, so that news reaches it.

pub mod compose;
mod files;
mod opening;

use serde::{Deserialize, Serialize};

use crate::clean::DisplayText;
use crate::config::Source;
use crate::engine::fusion::event::{Capabilities, Drafting, MemberHeader, Role, ScoreTier};
use crate::engine::member::model_file::available::Memory;
use crate::ensemble::MemberSpec;
use crate::ensemble::found::FoundModel;

/// A row's number: its index in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowId(pub usize);

/// Where a model is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// Named on the command line.
    Given,
    /// In the configuration.
    Configured,
    /// Part of the program.
    BuiltIn,
    /// Found on a usual port of this machine.
    Found,
    /// Found in a file on this machine.
    File,
}

/// The standing of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// It was not probed yet.
    Unknown,
    /// It is being opened; what it is doing, cleaned.
    Connecting(DisplayText),
    /// It can be asked, and has these capabilities.
    Ready(Box<Capabilities>),
    /// It cannot be asked, for this reason, cleaned.
    Away(DisplayText),
}

/// News of a member that is being opened.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum News {
    /// It is still being opened; what it is doing.
    Doing(String),
    /// It is ready, with this name and these capabilities.
    Ready { name: String, capabilities: Box<Capabilities> },
    /// It cannot be reached, for this reason.
    Away(String),
}

/// A known model.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// How it is opened.
    pub spec: MemberSpec,
    pub origin: Origin,
    pub standing: Standing,
    /// What is known of its file, if it was found in one.
    pub file: Option<Box<FoundModel>>,
}

/// A known model that takes part.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Place {
    pub row: RowId,
    /// Its role in the ensemble.
    pub role: Role,
    /// Its given weight as a verifier.
    pub weight: Option<f64>,
}

/// A member of the next run.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub struct Seated {
    pub row: RowId,
    /// Its name, unique in the ensemble.
    pub name: String,
    /// Its role in the ensemble.
    pub role: Role,
    /// The weight as a verifier that the user gave it, at least 0.
    pub weight: Option<f64>,
}

/// Every known model, and the current ensemble.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Roster {
    rows: Vec<Known>,
    ensemble: Vec<Place>,
    scanning: bool,
    /// Whether model files are being searched for.
    looking: bool,
    /// The memory available at the last search for model files.
    memory: Option<Memory>,
}

impl Origin {
    /// Every origin, in the order of the list.
    pub const ALL: &'static [Self] = &[Self::Given, Self::Configured, Self::Found, Self::File, Self::BuiltIn];

    /// The heading for those that do not take part.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Given => "named on the command line",
            Self::Configured => "in the configuration",
            Self::BuiltIn => "built in",
            Self::Found => "found on this machine",
            Self::File => "model files on this machine",
        }
    }
}

impl Standing {
    /// Its capabilities, if they are known.
    #[must_use]
    pub fn capabilities(&self) -> Option<&Capabilities> {
        match self {
            Self::Ready(capabilities) => Some(capabilities),
            Self::Unknown | Self::Connecting(_) | Self::Away(_) => None,
        }
    }

    /// The standing as a word or two.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unknown => "not asked",
            Self::Connecting(_) => "connecting",
            Self::Ready(_) => "ready",
            Self::Away(_) => "away",
        }
    }
}

impl Known {
    fn new(spec: MemberSpec, origin: Origin) -> Self {
        Self { spec, origin, standing: Standing::Unknown, file: None }
    }

    /// The current weight: the one given, otherwise that of its way of scoring.
    #[must_use]
    pub fn weight(&self, given: Option<f64>) -> f64 {
        given.unwrap_or_else(|| self.standing.capabilities().map_or(1.0, |known| known.tier.default_weight()))
    }

    /// Whether it can draft, as far as is known.
    #[must_use]
    pub fn may_draft(&self) -> bool {
        self.standing.capabilities().is_none_or(|known| known.drafting != Drafting::None)
    }

    /// What kind of member it is, as far as is known.
    fn kind(&self) -> &str {
        match (&self.standing, &self.spec.config.source) {
            (Standing::Ready(known), _) => &known.kind,
            (_, Source::BuiltIn(_)) => "built-in",
            (_, Source::Gguf { .. }) => "gguf",
            (_, Source::Server(server)) => server.kind.as_deref().unwrap_or("server"),
        }
    }

    pub(super) fn header(&self, place: &Place, name: String) -> MemberHeader {
        let unknown =
            || Capabilities { drafting: Drafting::None, tier: ScoreTier::None, ..Capabilities::in_process(self.kind(), "") };
        MemberHeader {
            name: name.into(),
            role: place.role,
            weight: place.weight,
            capabilities: self.standing.capabilities().cloned().unwrap_or_else(unknown),
            sampling: self.spec.config.sampling,
            price: self.spec.config.price,
        }
    }

    /// Whether both are the same model at the same address.
    fn is_same(&self, other: &MemberSpec) -> bool {
        match (&self.spec.config.source, &other.config.source) {
            (Source::Server(own), Source::Server(of)) => {
                let model = own.model.is_none() || of.model.is_none() || own.model == of.model;
                model && host(&self.spec.address()) == host(&other.address())
            }
            (own, of) => own == of,
        }
    }
}

/// An address without the parts that do not distinguish servers.
fn host(address: &str) -> String {
    let address = address.trim_end_matches('/').trim_end_matches("/v1");
    address.replace("://localhost", "://127.0.0.1").to_lowercase()
}

impl Roster {
    /// The initial ensemble, and the other known models. A member of the ensemble is not listed twice.
    #[must_use]
    pub fn new(ensemble: Vec<MemberSpec>, configured: Vec<MemberSpec>, built_in: Vec<MemberSpec>) -> Self {
        let among = |specs: &[MemberSpec], spec: &MemberSpec| specs.iter().any(|known| known.config.source == spec.config.source);
        let mut roster = Self::default();
        for spec in ensemble {
            let origin = match &spec.config.source {
                Source::BuiltIn(_) => Origin::BuiltIn,
                Source::Gguf { .. } | Source::Server(_) if among(&configured, &spec) => Origin::Configured,
                Source::Gguf { .. } | Source::Server(_) => Origin::Given,
            };
            let place = Place { row: RowId(roster.rows.len()), role: spec.config.role, weight: spec.config.weight };
            roster.ensemble.push(place);
            roster.rows.push(Known::new(spec, origin));
        }
        for (specs, origin) in [(configured, Origin::Configured), (built_in, Origin::BuiltIn)] {
            for spec in specs {
                if !roster.rows.iter().any(|row| row.spec.config.source == spec.config.source) {
                    roster.rows.push(Known::new(spec, origin));
                }
            }
        }
        roster
    }

    /// Every known model; a [`RowId`] is an index here.
    #[must_use]
    pub fn rows(&self) -> &[Known] {
        &self.rows
    }

    /// One of them.
    #[must_use]
    pub fn row(&self, row: RowId) -> Option<&Known> {
        self.rows.get(row.0)
    }

    /// The members of the next answer, in the order that decides ties.
    #[must_use]
    pub fn ensemble(&self) -> &[Place] {
        &self.ensemble
    }

    /// Makes these the members of the next answer.
    pub fn take(&mut self, ensemble: Vec<Place>) {
        self.ensemble = ensemble;
    }

    /// Whether a model takes part.
    #[must_use]
    pub fn takes_part(&self, row: RowId) -> bool {
        self.ensemble.iter().any(|place| place.row == row)
    }

    fn members(&self) -> impl Iterator<Item = (&Place, &Known)> {
        self.ensemble.iter().filter_map(|place| Some((place, self.rows.get(place.row.0)?)))
    }

    /// The names of the ensemble: duplicates get a number.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        unique(self.members().map(|(_, known)| known.spec.name.as_str()))
    }

    /// The ensemble as in a run's header. A member that is not ready has no capabilities.
    #[must_use]
    pub fn headers(&self) -> Vec<MemberHeader> {
        self.members().zip(self.names()).map(|((place, known), name)| known.header(place, name)).collect()
    }

    /// The standing of each member of the ensemble.
    #[must_use]
    pub fn standings(&self) -> Vec<Standing> {
        self.members().map(|(_, known)| known.standing.clone()).collect()
    }

    /// The ensemble in the form for the next run.
    #[must_use]
    pub fn seated(&self) -> Vec<Seated> {
        let seat = |((place, _), name): ((&Place, &Known), String)| Seated {
            row: place.row,
            name,
            role: place.role,
            weight: place.weight,
        };
        self.members().zip(self.names()).map(seat).collect()
    }

    /// Whether a member of the ensemble runs in this process, so that it can be slowed down.
    #[must_use]
    pub fn is_in_process(&self) -> bool {
        self.members().any(|(_, known)| known.standing.capabilities().is_some_and(|known| known.tier == ScoreTier::InProcess))
    }

    /// Whether a member of the ensemble is built in.
    #[must_use]
    pub fn has_built_in(&self) -> bool {
        self.members().any(|(_, known)| known.origin == Origin::BuiltIn)
    }

    /// Whether the ensemble consists only of built-in models, and none of them is away.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.members().all(|(_, known)| known.origin == Origin::BuiltIn && !matches!(known.standing, Standing::Away(_)))
    }

    /// Forgets that these were opened.
    pub fn let_go(&mut self, rows: &[RowId]) {
        for row in rows {
            if let Some(known) = self.rows.get_mut(row.0) {
                known.standing = known.unopened();
            }
        }
    }

    /// Models in files that were opened but do not take part: each holds memory, or has its own server.
    #[must_use]
    pub fn idle_files(&self) -> Vec<RowId> {
        let rows = self.rows.iter().enumerate().map(|(place, known)| (RowId(place), known));
        let idle = rows.filter(|(row, known)| {
            matches!(known.spec.config.source, Source::Gguf { .. })
                && !self.takes_part(*row)
                && known.standing != known.unopened()
        });
        idle.map(|(row, _)| row).collect()
    }

    /// Starts a search of the usual ports; returns whether one has to be started.
    pub fn scan(&mut self) -> bool {
        !std::mem::replace(&mut self.scanning, true)
    }

    /// Whether the usual ports are being searched.
    #[must_use]
    pub fn is_scanning(&self) -> bool {
        self.scanning
    }

    /// Merges what was found on the usual ports; returns the new rows.
    pub fn found(&mut self, specs: Vec<MemberSpec>) -> Vec<RowId> {
        self.scanning = false;
        let mut new = Vec::new();
        for spec in specs {
            if !self.rows.iter().any(|row| row.is_same(&spec)) {
                new.push(RowId(self.rows.len()));
                self.rows.push(Known::new(spec, Origin::Found));
            }
        }
        new
    }
}

/// Names, with a number appended to duplicates. A model without a name is called a member.
fn unique<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    for name in names {
        let name = if name.trim().is_empty() { "member" } else { name };
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        // Of one more number than there are names at least one is free.
        let free = std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken.contains(name));
        taken.extend(free);
    }
    taken
}

#[cfg(test)]
mod tests;
