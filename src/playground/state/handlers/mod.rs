//! What each action does ([`table`]). Each kind of handler gets only the parts of the state that it may change, by its type.

pub(super) mod asking;
mod commands;
mod handles;
pub(super) mod heat_map;
mod keeping;
mod leaving;
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
use super::action::Action;
use super::message::{Effect, Listing};
use super::overlay::{Against, Overlay};
use super::picker::{Choice, PickerKind};
use asking::Asking;
use keeping::Keeping;
use recorded::open;
use steering::Steering;

impl State {
    /// Performs an action.
    pub(super) fn act(&mut self, action: Action) -> Vec<Effect> {
        if action != Action::QuitAtOnce {
            self.pressed.leaving = false;
        }
        table::act(self, action)
    }

    fn send_text(&mut self) -> Vec<Effect> {
        match self.looking.overlay {
            Some(Overlay::Entry(purpose)) => Steering::from(self).accept_entry(purpose),
            Some(_) | None => Asking::from(self).send(),
        }
    }

    /// Uses the marked entry of the list, or what was typed into it.
    fn choose(&mut self) -> Vec<Effect> {
        let Some(Overlay::List(picker)) = self.looking.overlay.take() else { return Vec::new() };
        let typed = picker.typed.trim();
        match (picker.choice().cloned(), picker.kind) {
            (Some(Choice::Action(action)), _) => self.act(action),
            (Some(Choice::Theme(name)), _) => {
                self.settings.theme.clone_from(&name);
                vec![Effect::UseTheme(name)]
            }
            (Some(Choice::Trace(path)), _) => open(&self.answers, &mut self.notices, path),
            (Some(Choice::Candidate { member, segment }), _) => Steering::from(self).choose_candidate(member, segment),
            (Some(Choice::Branch(segment)), _) => Steering::from(self).go_to_branch(segment),
            (Some(Choice::AgainstBranch(segment)), _) => {
                self.looking.compare_with(Against::Branch(segment));
                Vec::new()
            }
            (Some(Choice::AgainstRecorded), _) => vec![Effect::ListTraces(Listing::Compare)],
            (Some(Choice::AgainstRun(path)), _) => vec![Effect::Read(path)],
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
                | PickerKind::Against,
            ) => Vec::new(),
        }
    }
}
