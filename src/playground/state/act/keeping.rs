//! Copies, and the trace as a file of the person's own.

use std::path::PathBuf;

use super::super::State;
use super::super::log::Level;
use super::super::message::Effect;
use super::super::overlay::Overlay;
use super::super::picker::{Picker, PickerKind};
use crate::clean::clean;
use crate::export::Format;

impl State {
    /// What is copied is what is shown: cleaned, so that nothing that a model says can act when it is pasted into a shell.
    pub(super) fn copy(&mut self, what: &str, text: impl FnOnce(&Self) -> Option<String>) -> Vec<Effect> {
        if let Some(text) = text(self).map(|text| clean(&text)).filter(|text| !text.trim().is_empty()) {
            // A segment begins with the blank that parts it from the text before, which is not copied with it.
            return vec![Effect::Copy(text.trim_start_matches(' ').to_owned())];
        }
        self.say(Level::Info, &format!("there is nothing to copy yet: {what} is empty"));
        Vec::new()
    }

    pub(super) fn segment(&self) -> Option<String> {
        let (play, round) = self.shown();
        let accepted = self.session.play(play).round(round?)?.accepted.as_ref()?;
        Some(accepted.text.to_string())
    }

    pub(super) fn candidate(&self) -> Option<String> {
        let (play, round) = self.shown();
        let round = self.session.play(play).round(round?)?;
        Some(round.candidate_of(self.pane)?.text.to_string())
    }

    pub(super) fn save_trace(&mut self) -> Vec<Effect> {
        let Some(play) = self.session.newest() else {
            self.say(Level::Info, "there is no run to save yet");
            return Vec::new();
        };
        let mut picker = Picker::new(PickerKind::SaveAs, Vec::new());
        picker.type_text(&format!("specfuse-seed-{}.trace.jsonl", play.run.header.seed));
        self.overlay = Some(Overlay::List(picker));
        Vec::new()
    }

    /// Asks for a file name; its ending says what the answer becomes.
    pub(super) fn export(&mut self) {
        let (at, _) = self.shown();
        let Some(play) = self.session.plays().get(at).filter(|play| play.run.segments().next().is_some()) else {
            return self.say(Level::Info, "there is nothing to export yet: no segment was accepted");
        };
        let mut picker = Picker::new(PickerKind::ExportAs, Vec::new());
        picker.type_text(&format!("specfuse-seed-{}.html", play.run.header.seed));
        self.overlay = Some(Overlay::List(picker));
    }

    /// Exports the answer looked at to a file of this name.
    pub(super) fn export_as(&mut self, path: PathBuf) -> Vec<Effect> {
        let (at, _) = self.shown();
        let Some(play) = self.session.plays().get(at) else { return Vec::new() };
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
        match Format::of_ending(&ending) {
            Some(format) => vec![Effect::Export { run: Box::new(play.run.clone()), format, path }],
            None if ending == PICTURE => vec![Effect::Picture(path)],
            None => {
                // The name stays open to be changed.
                let mut picker = Picker::new(PickerKind::ExportAs, Vec::new());
                picker.type_text(&path.to_string_lossy());
                self.overlay = Some(Overlay::List(picker));
                self.say(Level::Error, "the ending of the name says what it becomes: .md, .html, .json or .svg");
                Vec::new()
            }
        }
    }
}

/// The ending of a picture's name.
const PICTURE: &str = "svg";
