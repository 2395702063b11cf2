//! Lists to choose from: commands, themes, recorded runs.

use std::path::PathBuf;

use super::super::action::{ACTIONS, Context};
use super::super::log::Level;
use super::super::message::{Effect, Listing};
use super::super::overlay::{Against, Overlay};
use super::super::picker::{Choice, Item, Picker, PickerKind};
use super::super::{Source, State};
use crate::clean::clean_line;

impl State {
    pub(super) fn palette(&mut self) {
        let items = ACTIONS.iter().map(|entry| Item {
            title: entry.name.to_owned(),
            detail: format!("{} [{}]", entry.meaning, self.keymap.keys(entry.action).join(", ")),
            choice: Choice::Action(entry.action),
        });
        // What only makes sense inside another list is not offered in this one.
        let items = items.filter(|item| match &item.choice {
            Choice::Action(action) => match action.entry().context {
                Context::List | Context::Roster | Context::HeatMap | Context::Tuning | Context::Question => false,
                Context::Anywhere | Context::Keys | Context::Prompt => true,
            },
            Choice::Theme(_)
            | Choice::Trace(_)
            | Choice::Candidate { .. }
            | Choice::Branch(_)
            | Choice::AgainstBranch(_)
            | Choice::AgainstRecorded
            | Choice::AgainstRun(_) => true,
        });
        self.overlay = Some(Overlay::List(Picker::new(PickerKind::Commands, items.collect())));
    }

    pub(super) fn themes(&mut self) {
        let items = self.settings.themes.iter().map(|name| Item {
            title: clean_line(name),
            detail: String::new(),
            choice: Choice::Theme(name.clone()),
        });
        let mut picker = Picker::new(PickerKind::Themes, items.collect());
        picker.mark(&self.settings.theme);
        self.overlay = Some(Overlay::List(picker));
    }

    pub(super) fn move_mark(&mut self, step: isize) -> Vec<Effect> {
        if let Some(Overlay::List(picker)) = &mut self.overlay {
            picker.move_by(step);
        }
        self.marked()
    }

    pub(super) fn clear_typed(&mut self) -> Vec<Effect> {
        if let Some(Overlay::List(picker)) = &mut self.overlay {
            picker.clear();
        }
        self.marked()
    }

    pub(super) fn close_list(&mut self) -> Vec<Effect> {
        match self.overlay.take() {
            // The theme that was in force before the list was opened is back.
            Some(Overlay::List(picker)) if picker.kind == PickerKind::Themes => {
                vec![Effect::UseTheme(self.settings.theme.clone())]
            }
            Some(_) | None => Vec::new(),
        }
    }

    pub(super) fn choose(&mut self) -> Vec<Effect> {
        let Some(Overlay::List(picker)) = self.overlay.take() else { return Vec::new() };
        let typed = picker.typed.trim();
        match (picker.choice().cloned(), picker.kind) {
            (Some(Choice::Action(action)), _) => self.act(action),
            (Some(Choice::Theme(name)), _) => {
                self.settings.theme.clone_from(&name);
                vec![Effect::UseTheme(name)]
            }
            (Some(Choice::Trace(path)), _) => self.open(path),
            (Some(Choice::Candidate { member, segment }), _) => self.choose_candidate(member, segment),
            (Some(Choice::Branch(segment)), _) => self.go_to_branch(segment),
            (Some(Choice::AgainstBranch(segment)), _) => {
                self.compare_with(Against::Branch(segment));
                Vec::new()
            }
            (Some(Choice::AgainstRecorded), _) => vec![Effect::ListTraces(Listing::Compare)],
            (Some(Choice::AgainstRun(path)), _) => vec![Effect::Read(path)],
            (None, PickerKind::ExportAs) if !typed.is_empty() => self.export_as(PathBuf::from(typed)),
            (None, PickerKind::Against) if !typed.is_empty() => vec![Effect::Read(PathBuf::from(typed))],
            (None, PickerKind::Traces) if !typed.is_empty() => self.open(PathBuf::from(typed)),
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

    pub(super) fn open(&mut self, path: PathBuf) -> Vec<Effect> {
        if self.session.is_going() && self.source == Source::Live {
            self.say(Level::Info, "the answer is still being written: stop it first");
            return Vec::new();
        }
        vec![Effect::Open(path)]
    }
}
