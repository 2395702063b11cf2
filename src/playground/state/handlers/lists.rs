//! Lists to choose from: commands, themes, recorded runs.

use super::handles::handles;
use crate::clean::{DisplayText, clean_line};
use crate::playground::state::State;
use crate::playground::state::action::{ACTIONS, Action, Context, Entry};
use crate::playground::state::available::unavailable;
use crate::playground::state::keymap::Keymap;
use crate::playground::state::message::Effect;
use crate::playground::state::overlay::Overlay;
use crate::playground::state::pages::help;
use crate::playground::state::parts::looking::Looking;
use crate::playground::state::parts::settings::Settings;
use crate::playground::state::picker::{Choice, Item, Picker, PickerKind};
use crate::playground::state::scene::hints;

/// Every command: first what the hint line names, then what else can be done now, last what cannot, with the reason.
pub(super) fn palette(state: &mut State) {
    let likely: Vec<Action> = hints::likely(state);
    let rank = |action: Action| match (unavailable(state, action), likely.iter().position(|known| *known == action)) {
        (Some(_), _) => (2, 0),
        (None, Some(place)) => (0, place),
        (None, None) => (1, 0),
    };
    // Actions that only make sense inside another list are not offered in this one.
    let offered = ACTIONS.iter().filter(|entry| match entry.context {
        Context::List | Context::Roster | Context::HeatMap | Context::Lengths | Context::Tuning | Context::Question => false,
        Context::Anywhere | Context::Keys | Context::Prompt => true,
    });
    let mut entries: Vec<&Entry> = offered.collect();
    entries.sort_by_key(|entry| rank(entry.action));
    let items = entries.into_iter().map(|entry| Item {
        keys: clean_line(&state.keymap.keys(entry.action).join(", ")),
        unavailable: unavailable(state, entry.action).map(Into::into),
        ..Item::new(entry.name, entry.meaning, Choice::Action(entry.action))
    });
    state.looking.overlay = Some(Overlay::List(Picker::new(PickerKind::Commands, items.collect())));
}

handles! {
    /// What the lists may change.
    Lists
    changes looking: Looking, settings: Settings;
    reads keymap: Keymap;
}

impl Lists<'_> {
    /// The lines of the help page, to be searched.
    pub(super) fn find_help(&mut self) {
        let items = help::rows(self.keymap, self.settings.ascii).into_iter().map(|row| Item {
            keys: row.keys,
            ..Item::new(row.meaning, DisplayText::new(), row.action.map_or(Choice::Nothing, Choice::Action))
        });
        self.looking.overlay = Some(Overlay::List(Picker::new(PickerKind::Help, items.collect())));
    }

    pub(super) fn themes(&mut self) {
        let item = |name: &String| Item::new(clean_line(name), DisplayText::new(), Choice::Theme(name.clone()));
        let items = self.settings.themes.iter().map(item);
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
