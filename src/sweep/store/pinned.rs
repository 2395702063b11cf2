//! What all cells of a sweep have in common, and how two sweeps differ.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::engine::Seat;
use crate::engine::fusion::event::{OwnSampling, Role, ScoreTier};
use crate::engine::fusion::params::{KNOBS, Value};
use crate::prompts::fingerprint;
use crate::sweep::plan::Sweep;

/// The first line's `format`.
pub(super) const FORMAT: &str = "specfuse-sweep";
/// The version of the format.
///
/// Version 1 identified prompts by their position in the file, and a file by its bytes.
pub(super) const VERSION: u32 = 2;

/// What all cells of a sweep have in common: the first line of its results.
///
/// It includes neither the values of the axes nor the prompts: a sweep may continue over a wider grid or other prompts, and
/// finished cells count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pinned {
    format: String,
    pub(super) version: u32,
    pub(super) program: String,
    members: Vec<PinnedMember>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    system: Option<String>,
    seed: u64,
    axes: Vec<String>,
    /// The knobs that do not vary.
    params: BTreeMap<String, Value>,
}

/// The properties of a member that decide its answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct PinnedMember {
    name: String,
    role: Role,
    #[serde(default)]
    weight: Option<f64>,
    kind: String,
    model: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parameters: Option<u64>,
    tier: ScoreTier,
    #[serde(default, skip_serializing_if = "OwnSampling::is_empty")]
    sampling: OwnSampling,
}

impl Pinned {
    /// What the cells of this sweep have in common. `system` is the instructions before every conversation.
    #[must_use]
    pub fn new(sweep: &Sweep, seats: &[Seat], system: Option<&str>) -> Self {
        let axes: Vec<String> = sweep.grid.axes().iter().map(|axis| axis.knob.name.to_owned()).collect();
        let fixed = KNOBS.iter().filter(|knob| axes.iter().all(|axis| axis != knob.name));
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            members: seats.iter().map(PinnedMember::new).collect(),
            system: system.map(str::to_owned),
            seed: sweep.seed,
            params: fixed.map(|knob| (knob.name.to_owned(), (knob.get)(&sweep.params))).collect(),
            axes,
        }
    }

    /// A name for the folder of this sweep: incompatible sweeps have different names.
    #[must_use]
    pub fn folder_name(&self) -> String {
        fingerprint(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// The first difference from another sweep, in words.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        let texts =
            |what: &str, here: &str, there: &str| (here != there).then(|| format!("{what} is {there} there, {here} here"));
        let list = |names: &[String]| names.join(", ");
        let names = |pinned: &Self| list(&pinned.members.iter().map(|member| member.name.clone()).collect::<Vec<_>>());
        let knob = || {
            let differing = self.params.iter().find_map(|(name, value)| {
                let there = other.params.get(name).filter(|there| *there != value)?;
                Some(format!("`{name}` is {there} there, {value} here"))
            });
            let other_knobs = || (self.params != other.params).then(|| "it knows other knobs".to_owned());
            differing.or_else(other_knobs)
        };
        texts("the program's version", &self.program, &other.program)
            .or_else(|| texts("the list of members", &names(self), &names(other)))
            .or_else(|| {
                (self.members != other.members).then(|| "a member's model, role, weight or sampling is another one".to_owned())
            })
            .or_else(|| texts("the seed", &self.seed.to_string(), &other.seed.to_string()))
            .or_else(|| texts("what is swept", &list(&self.axes), &list(&other.axes)))
            .or_else(|| (self.system != other.system).then(|| "the instructions (--system) are others".to_owned()))
            .or_else(knob)
    }
}

impl PinnedMember {
    fn new(seat: &Seat) -> Self {
        let capabilities = seat.member.capabilities();
        Self {
            name: seat.name.clone(),
            role: seat.role,
            weight: seat.weight,
            kind: capabilities.kind.clone(),
            model: capabilities.model.clone(),
            parameters: capabilities.parameters,
            tier: capabilities.tier,
            sampling: seat.sampling,
        }
    }
}
