//! Copies, and saving the trace as a file of the user's own.

use super::handles::handles;
use crate::playground::state::parts::answers::Answers;
use crate::playground::state::parts::looking::Looking;
use crate::playground::state::parts::notices::Notices;
use std::path::{Path, PathBuf};

use crate::clean::clean;
use crate::engine::fusion::MemberIndex;
use crate::export::Format;
use crate::playground::state::answer::Answer;
use crate::playground::state::layout::Part;
use crate::playground::state::log::Level;
use crate::playground::state::message::{Effect, FilmFormat};
use crate::playground::state::overlay::Overlay;
use crate::playground::state::picker::{MemberAction, Picker, PickerKind};
use crate::playground::state::targets;

handles! {
    /// What copying and saving may change.
    Keeping
    changes looking: Looking, notices: Notices;
    reads answers: Answers;
}

impl Keeping<'_> {
    /// Copies what is shown: cleaned, so that nothing a model wrote can take effect when it is pasted into a shell.
    pub(super) fn copy(&mut self, what: &str, text: impl FnOnce(&Self) -> Option<String>) -> Vec<Effect> {
        if let Some(text) = text(self).map(|text| clean(&text)).filter(|text| !text.trim().is_empty()) {
            // A segment starts with the blank after the text before, which is not copied.
            return vec![Effect::Copy(text.trim_start_matches(' ').to_owned())];
        }
        self.notices.say(Level::Info, &format!("there is nothing to copy yet: {what} is empty"));
        Vec::new()
    }

    pub(super) fn answer(&self) -> Option<String> {
        self.answers.session.newest().map(|answer| answer.run.answer())
    }

    pub(super) fn segment(&self) -> Option<String> {
        self.answers.text_of(self.looking.shown(&self.answers.session))
    }

    /// Copies the candidate of the focused pane; if none is focused the user chooses whose.
    pub(super) fn copy_candidate(&mut self) -> Vec<Effect> {
        if let Part::Pane(member) = self.looking.focus {
            return self.copy_candidate_of(member);
        }
        let (at, round) = self.looking.shown(&self.answers.session);
        let answer = self.answers.session.answer(at);
        match round.and_then(|round| answer.round(round)) {
            Some(round) => self.looking.overlay = Some(Overlay::List(targets::picker(answer, Some(round), MemberAction::Copy))),
            None => self.notices.say(Level::Info, "there is no round yet"),
        }
        Vec::new()
    }

    pub(super) fn copy_candidate_of(&mut self, member: MemberIndex) -> Vec<Effect> {
        self.copy("the candidate", |keeping| keeping.candidate(member))
    }

    fn candidate(&self, member: MemberIndex) -> Option<String> {
        let (answer, round) = self.looking.shown(&self.answers.session);
        let round = self.answers.session.answer(answer).round(round?)?;
        Some(round.candidate_of(member)?.text.to_string())
    }

    pub(super) fn save_trace(&mut self) -> Vec<Effect> {
        let Some(answer) = self.answers.session.newest() else {
            self.notices.say(Level::Info, "there is no run to save yet");
            return Vec::new();
        };
        let mut picker = Picker::new(PickerKind::SaveAs, Vec::new());
        picker.type_text(&format!("specfuse-seed-{}.trace.jsonl", answer.run.header.seed));
        self.looking.overlay = Some(Overlay::List(picker));
        Vec::new()
    }

    /// Asks for a file name; its extension decides the format.
    pub(super) fn export(&mut self) {
        let (at, _) = self.looking.shown(&self.answers.session);
        let Some(answer) = self.answers.session.answers().get(at).filter(|answer| answer.run.segments().next().is_some()) else {
            return self.notices.say(Level::Info, "there is nothing to export yet: no segment was accepted");
        };
        let mut picker = Picker::new(PickerKind::ExportAs, Vec::new());
        picker.type_text(&format!("specfuse-seed-{}.html", answer.run.header.seed));
        self.looking.overlay = Some(Overlay::List(picker));
    }

    /// Exports the selected answer to a file of this name.
    pub(super) fn export_as(&mut self, path: PathBuf) -> Vec<Effect> {
        let (at, _) = self.looking.shown(&self.answers.session);
        let Some(answer) = self.answers.session.answers().get(at) else { return Vec::new() };
        if let Some(format) = FilmFormat::of_name(&path) {
            return self.film(at, format, path);
        }
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
        match Format::of_ending(&ending) {
            Some(format) => vec![Effect::Export { run: Box::new(answer.run.clone()), format, path }],
            None if ending == PICTURE => vec![Effect::Picture(path)],
            None => {
                let endings = "the ending of the name says what it becomes: .md, .html, .json, .svg, .cast or .animation.svg";
                self.refuse_name(&path, endings)
            }
        }
    }

    /// A film is made of the trace, which holds the newest answer.
    fn film(&mut self, at: usize, format: FilmFormat, path: PathBuf) -> Vec<Effect> {
        let answers = self.answers.session.answers();
        if answers.get(at).is_some_and(Answer::is_going) {
            return self.refuse_name(&path, "a film shows a whole run: this one is still going on");
        }
        if at + 1 != answers.len() {
            return self.refuse_name(&path, "here only the newest answer becomes a film: `specfuse export` films any trace");
        }
        vec![Effect::Film { format, path }]
    }

    /// Says why nothing is exported; the name stays open for editing.
    fn refuse_name(&mut self, path: &Path, reason: &str) -> Vec<Effect> {
        let mut picker = Picker::new(PickerKind::ExportAs, Vec::new());
        picker.type_text(&path.to_string_lossy());
        self.looking.overlay = Some(Overlay::List(picker));
        self.notices.say(Level::Error, reason);
        Vec::new()
    }
}

/// The extension of a picture.
const PICTURE: &str = "svg";
