//! What each action does ([`table`]). Each kind of handler gets only the parts of the state that it may change, by its type.

pub(super) mod asking;
mod commands;
mod handles;
pub(super) mod heat_map;
mod keeping;
mod leaving;
pub(super) mod lengths;
mod lists;
mod looking;
pub(super) mod members;
pub(super) mod mouse;
pub(super) mod recorded;
pub(super) mod records;
mod roster;
pub mod running;
mod scrolling;
mod steering;
mod table;
pub(super) mod tour;
mod tuning;
pub(super) mod typing;

use std::path::PathBuf;

use super::State;
use super::action::{Action, Page};
use super::layout::Part;
use super::log::Level;
use super::message::{Effect, Listing};
use super::overlay::{Against, Overlay};
use super::picker::{Choice, MemberAction, PickerKind};
use asking::Asking;
use keeping::Keeping;
use leaving::Leaving;
pub use recorded::BETWEEN;
use recorded::{Recordings, open};
use steering::Steering;
use tour::Touring;

use crate::engine::fusion::MemberIndex;

impl State {
    /// Performs an action.
    pub(super) fn act(&mut self, action: Action) -> Vec<Effect> {
        if action != Action::QuitAtOnce {
            self.pressed.leaving = false;
        }
        let mut effects = table::act(self, action);
        Touring::from(self).hurry(&mut effects);
        effects
    }

    /// Closes what is open, or else leaves.
    fn quit(&mut self) -> Vec<Effect> {
        if self.looking.overlay.is_none()
            && let Some(effects) = Recordings::from(&mut *self).come_back()
        {
            return effects;
        }
        Leaving::from(self).quit()
    }

    fn send_text(&mut self) -> Vec<Effect> {
        match self.looking.overlay {
            Some(Overlay::Entry(purpose)) => Steering::from(self).accept_entry(purpose),
            Some(_) | None => Asking::from(self).send(),
        }
    }

    /// Does this with the member that was chosen, whose pane is focused from then on.
    fn do_with(&mut self, action: MemberAction, member: MemberIndex) -> Vec<Effect> {
        if self.looking.laid.panes.get(member.0).is_some_and(|pane| pane.away.is_none()) {
            self.looking.focus_on(Part::Pane(member));
        }
        match action {
            MemberAction::Copy => Keeping::from(self).copy_candidate_of(member),
            MemberAction::Redraft | MemberAction::SendAway | MemberAction::Lighter | MemberAction::Heavier => {
                Steering::from(self).do_with(action, member)
            }
        }
    }

    /// Uses the marked entry of the list, or what was typed into it.
    pub(super) fn choose(&mut self) -> Vec<Effect> {
        if let Some(Overlay::List(picker)) = &self.looking.overlay
            && let Some(why) = picker.entry().and_then(|item| item.unavailable.clone())
        {
            self.notices.say(Level::Info, &format!("not now: {why}"));
            return Vec::new();
        }
        let Some(Overlay::List(picker)) = self.looking.overlay.take() else { return Vec::new() };
        let typed = picker.typed.trim();
        match (picker.choice().cloned(), picker.kind) {
            (Some(Choice::Action(action)), _) => self.act(action),
            (Some(Choice::Theme(name)), _) => {
                self.settings.theme.clone_from(&name);
                vec![Effect::UseTheme(name)]
            }
            (Some(Choice::Trace(path)), _) => open(&self.answers, &mut self.notices, path),
            (Some(Choice::Candidate { member, round }), _) => Steering::from(self).choose_candidate(&member, round),
            (Some(Choice::Branch(segment)), _) => Steering::from(self).go_to_branch(segment),
            (Some(Choice::AgainstBranch(segment)), _) => {
                self.looking.compare_with(Against::Branch(segment));
                Vec::new()
            }
            (Some(Choice::AgainstRecorded), _) => vec![Effect::ListTraces(Listing::Compare)],
            (Some(Choice::AgainstRun(path)), _) => vec![Effect::Read(path)],
            (Some(Choice::Member { action, member }), _) => self.do_with(action, member),
            (Some(Choice::Nothing), _) => {
                self.looking.overlay = Some(Overlay::page(Page::Help));
                Vec::new()
            }
            (None, PickerKind::ExportAs) if !typed.is_empty() => Keeping::from(self).export_as(PathBuf::from(typed)),
            (None, PickerKind::Against) if !typed.is_empty() => vec![Effect::Read(PathBuf::from(typed))],
            (None, PickerKind::Traces) if !typed.is_empty() => open(&self.answers, &mut self.notices, PathBuf::from(typed)),
            (None, PickerKind::SaveAs) if !typed.is_empty() => vec![Effect::SaveTrace(PathBuf::from(typed))],
            (
                None,
                PickerKind::Traces
                | PickerKind::SaveAs
                | PickerKind::ExportAs
                | PickerKind::Commands
                | PickerKind::Themes
                | PickerKind::Candidates
                | PickerKind::Branches
                | PickerKind::Compare
                | PickerKind::Against
                | PickerKind::Members(_)
                | PickerKind::Help,
            ) => Vec::new(),
        }
    }
}
