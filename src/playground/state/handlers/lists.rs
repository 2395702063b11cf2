//! Lists to choose from: commands, themes, recorded runs.

use super::handles::handles;
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::playground::state::action::{ACTIONS, Context};
use crate::playground::state::keymap::Keymap;
use crate::playground::state::message::Effect;
use crate::playground::state::overlay::Overlay;
use crate::playground::state::parts::looking::Looking;
use crate::playground::state::parts::settings::Settings;
use crate::playground::state::picker::{Choice, Item, Picker, PickerKind};

handles! {
    /// What the lists may change.
    Lists
    changes looking: Looking, settings: Settings;
    reads keymap: Keymap;
}

impl Lists<'_> {
    pub(super) fn palette(&mut self) {
        let items = ACTIONS.iter().map(|entry| Item {
            title: entry.name.into(),
            detail: display!("{} [{}]", entry.meaning, self.keymap.keys(entry.action).join(", ")),
            choice: Choice::Action(entry.action),
        });
        // Actions that only make sense inside another list are not offered in this one.
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
        self.looking.overlay = Some(Overlay::List(Picker::new(PickerKind::Commands, items.collect())));
    }

    pub(super) fn themes(&mut self) {
        let items = self.settings.themes.iter().map(|name| Item {
            title: clean_line(name),
            detail: DisplayText::new(),
            choice: Choice::Theme(name.clone()),
        });
        let mut picker = Picker::new(PickerKind::Themes, items.collect());
        picker.mark(&self.settings.theme);
        self.looking.overlay = Some(Overlay::List(picker));
    }

    /// Applies a marked theme immediately.
    pub(in crate::playground::state) fn marked(&mut self) -> Vec<Effect> {
        match &self.looking.overlay {
            Some(Overlay::List(picker)) if picker.kind == PickerKind::Themes => match picker.choice() {
                Some(Choice::Theme(name)) => vec![Effect::UseTheme(name.clone())],
                Some(_) | None => Vec::new(),
            },
            Some(_) | None => Vec::new(),
        }
    }

    pub(super) fn move_mark(&mut self, step: isize) -> Vec<Effect> {
        if let Some(Overlay::List(picker)) = &mut self.looking.overlay {
            picker.move_by(step);
        }
        self.marked()
    }

    pub(super) fn clear_typed(&mut self) -> Vec<Effect> {
        if let Some(Overlay::List(picker)) = &mut self.looking.overlay {
            picker.clear();
        }
        self.marked()
    }

    pub(super) fn close_list(&mut self) -> Vec<Effect> {
        match self.looking.overlay.take() {
            // Restores the theme from before the list was opened.
            Some(Overlay::List(picker)) if picker.kind == PickerKind::Themes => {
                vec![Effect::UseTheme(self.settings.theme.clone())]
            }
            Some(_) | None => Vec::new(),
        }
    }
}
