//! Composing an ensemble: which models are chosen, with which role and weight, before it is used or discarded.
//!
//! Holds only what the user changed; the roster owns the list itself, which keeps changing while this is open.

use super::{Known, Origin, Place, Roster, RowId};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{MemberHeader, Role};
use crate::engine::fusion::weights::{WeightRule, WeightSource, Weights};
use crate::playground::state::action::Action;

/// How much one key press changes a weight, and its maximum.
const STEP: f64 = 0.1;
const HEAVIEST: f64 = 100.0;

/// The user's choices for one model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pick {
    /// Whether it takes part.
    pub chosen: bool,
    /// Its role in the ensemble.
    pub role: Role,
    /// Its given weight as a verifier.
    pub weight: Option<f64>,
}

/// An ensemble being composed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Compose {
    /// By row; rows beyond are as the roster has them.
    picks: Vec<Option<Pick>>,
    marked: Option<RowId>,
}

/// Why an ensemble cannot be used.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    #[error("choose at least one model")]
    NoModel,
    #[error("choose at least one model that drafts")]
    NoDrafter,
}

impl ComposeError {
    /// The action that helps, and what it does.
    #[must_use]
    pub fn remedy(self) -> (Action, &'static str) {
        match self {
            Self::NoModel => (Action::RosterToggle, "chooses the marked one"),
            Self::NoDrafter => (Action::RosterRole, "changes what the marked one does"),
        }
    }
}

impl Compose {
    /// The marked row; the first of the list until the mark was moved.
    #[must_use]
    pub fn marked(&self, roster: &Roster) -> Option<RowId> {
        self.marked.or_else(|| order(roster).first().copied())
    }

    /// Marks a row.
    pub fn mark(&mut self, row: RowId) {
        self.marked = Some(row);
    }

    /// Moves the mark along the list, wrapping around its ends.
    pub fn move_by(&mut self, roster: &Roster, step: isize) {
        let order = order(roster);
        let marked = self.marked(roster);
        let at = order.iter().position(|row| Some(*row) == marked).unwrap_or(0);
        if !order.is_empty() {
            let next = (at.cast_signed() + step).rem_euclid(order.len().cast_signed()).cast_unsigned();
            self.marked = order.get(next).copied();
        }
    }

    /// The choices for a row: as the user changed them, otherwise as the ensemble or the configuration has them.
    #[must_use]
    pub fn pick(&self, roster: &Roster, row: RowId) -> Pick {
        if let Some(pick) = self.picks.get(row.0).copied().flatten() {
            return pick;
        }
        if let Some(place) = roster.ensemble().iter().find(|place| place.row == row) {
            return Pick { chosen: true, role: place.role, weight: place.weight };
        }
        let config = roster.row(row).map(|known| &known.spec.config);
        Pick {
            chosen: false,
            role: config.map_or(Role::Auto, |config| config.role),
            weight: config.and_then(|config| config.weight),
        }
    }

    fn change(&mut self, roster: &Roster, change: impl FnOnce(&mut Pick, &Known)) -> Option<RowId> {
        let row = self.marked(roster)?;
        let known = roster.row(row)?;
        let mut pick = self.pick(roster, row);
        change(&mut pick, known);
        if self.picks.len() <= row.0 {
            self.picks.resize(row.0 + 1, None);
        }
        self.picks[row.0] = Some(pick);
        Some(row)
    }

    /// Chooses the marked row, or removes it; returns it if it is chosen now.
    pub fn toggle(&mut self, roster: &Roster) -> Option<RowId> {
        let row = self.change(roster, |pick, _| pick.chosen = !pick.chosen)?;
        self.pick(roster, row).chosen.then_some(row)
    }

    /// Gives the marked row the next role.
    pub fn next_role(&mut self, roster: &Roster) {
        self.change(roster, |pick, known| {
            let chat = known.standing.capabilities().is_none_or(|known| known.chat);
            pick.role = match pick.role {
                // For a chat model the two are the same.
                Role::Auto if !chat => Role::Both,
                Role::Auto | Role::Both => Role::Draft,
                Role::Draft => Role::Verify,
                Role::Verify => Role::Auto,
            };
        });
    }

    /// The weight of a row among those chosen, and why it has it; `None` if it does not take part, or nothing is known of it yet.
    #[must_use]
    pub fn weight(&self, roster: &Roster, row: RowId, rule: WeightRule) -> Option<(f64, WeightSource)> {
        let chosen = |row: &RowId| self.pick(roster, *row).chosen;
        let rows: Vec<RowId> = order(roster).into_iter().filter(chosen).collect();
        let header = |row: &RowId| {
            let pick = self.pick(roster, *row);
            let place = Place { row: *row, role: pick.role, weight: pick.weight };
            Some(roster.row(*row)?.header(&place, String::new()))
        };
        let headers: Vec<MemberHeader> = rows.iter().filter_map(header).collect();
        let place = rows.iter().position(|chosen| *chosen == row)?;
        let known = roster.row(row).is_some_and(|known| known.standing.capabilities().is_some());
        let mut weights = Weights::of(&headers);
        let weight = weights.under(rule).get(place).copied()?;
        let source = weights.source(MemberIndex(place), rule);
        (known || source == WeightSource::Set).then_some((weight, source))
    }

    /// Changes the weight of the marked row by this many steps, in tenths from 0 on.
    pub fn change_weight(&mut self, roster: &Roster, rule: WeightRule, steps: f64) {
        let now = self.marked(roster).and_then(|row| self.weight(roster, row, rule)).map(|(weight, _)| weight);
        self.change(roster, |pick, known| {
            let weight = now.unwrap_or_else(|| known.weight(pick.weight)) + steps * STEP;
            pick.weight = Some(((weight * 10.0).round() / 10.0).clamp(0.0, HEAVIEST));
        });
    }

    /// The chosen ensemble: those that took part before in their order, then the others in the list's order.
    pub fn ensemble(&self, roster: &Roster) -> Result<Vec<Place>, ComposeError> {
        let mut chosen = Vec::new();
        let mut drafts = false;
        for row in order(roster) {
            let pick = self.pick(roster, row);
            if pick.chosen {
                chosen.push(Place { row, role: pick.role, weight: pick.weight });
                drafts |= pick.role != Role::Verify && roster.row(row).is_some_and(Known::may_draft);
            }
        }
        match (chosen.is_empty(), drafts) {
            (true, _) => Err(ComposeError::NoModel),
            (false, false) => Err(ComposeError::NoDrafter),
            (false, true) => Ok(chosen),
        }
    }
}

/// The list's order: those that take part now, then the others by origin.
#[must_use]
pub fn order(roster: &Roster) -> Vec<RowId> {
    let mut order: Vec<RowId> = roster.ensemble().iter().map(|place| place.row).collect();
    for origin in Origin::ALL {
        order.extend(others(roster, *origin));
    }
    order
}

/// Those of one origin that do not take part now.
pub fn others(roster: &Roster, origin: Origin) -> impl Iterator<Item = RowId> {
    let rows = roster.rows().iter().enumerate().map(|(place, known)| (RowId(place), known));
    rows.filter(move |(row, known)| known.origin == origin && !roster.takes_part(*row)).map(|(row, _)| row)
}
