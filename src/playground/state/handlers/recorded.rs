//! Recorded runs: listing, replaying and reading them for comparison.

use std::path::PathBuf;

use super::handles::handles;
use crate::clean::{DisplayText, clean_line};
use crate::engine::fusion::event::Record;
use crate::playground::state::action::Action;
use crate::playground::state::answer::Answer;
use crate::playground::state::keymap::Keymap;
use crate::playground::state::log::Level;
use crate::playground::state::message::{Effect, Listing};
use crate::playground::state::overlay::{Against, Overlay, Recorded};
use crate::playground::state::parts::answers::SetAside;
use crate::playground::state::parts::answers::{Answers, Replay, Source, TakingUp};
use crate::playground::state::parts::knobs::Knobs;
use crate::playground::state::parts::looking::Looking;
use crate::playground::state::parts::notices::Notices;
use crate::playground::state::parts::writing::Writing;
use crate::playground::state::picker::{Choice, Item, Picker, PickerKind};

/// Opens a recorded run, unless an answer is still being written.
pub(super) fn open(answers: &Answers, notices: &mut Notices, path: PathBuf) -> Vec<Effect> {
    if answers.is_writing() {
        notices.say(Level::Info, "the answer is still being written: stop it first");
        return Vec::new();
    }
    vec![Effect::Open(path)]
}

/// What separates the columns of a recording's details.
pub const BETWEEN: &str = " · ";

handles! {
    /// What news of recorded runs, and of runs that end, may change.
    Recordings
    changes answers: Answers, looking: Looking, writing: Writing, knobs: Knobs, notices: Notices;
    reads keymap: Keymap;
}

impl Recordings<'_> {
    /// Handles a recorded run that was opened: its records follow. A conversation that was there is set aside.
    pub(in crate::playground::state) fn opened(&mut self, file: &str, warning: Option<String>) -> Vec<Effect> {
        let effects = self.set_aside();
        self.answers.session.clear();
        self.answers.transcript.rebuild(&[]);
        self.answers.transcript.to_end();
        (self.looking.round, self.answers.waiting, self.answers.asked) = (None, None, None);
        self.knobs.tuned.clear();
        self.looking.overlay = None;
        self.writing.active = false;
        self.answers.source = Source::Replay(Replay { file: clean_line(file), playing: true, speed: 1.0, over: false });
        if let Some(warning) = warning {
            self.notices.say(Level::Warning, &warning);
        }
        effects
    }

    /// Sets the user's own conversation aside, if there is one and none waits already.
    fn set_aside(&mut self) -> Vec<Effect> {
        let page = self.looking.page();
        if let Some(below) = &mut self.answers.below {
            below.page = page.or(below.page);
            return Vec::new();
        }
        if self.answers.session.answers().is_empty() {
            return Vec::new();
        }
        let below = SetAside { answers: self.answers.clone(), round: self.looking.round, tuned: self.knobs.tuned.clone(), page };
        self.answers.below = Some(Box::new(below));
        vec![Effect::SetAside]
    }

    /// Leaves the recording for the conversation below it, if there is one.
    pub(super) fn come_back(&mut self) -> Option<Vec<Effect>> {
        let below = *self.answers.below.take()?;
        *self.answers = below.answers;
        (self.looking.round, self.knobs.tuned) = (below.round, below.tuned);
        self.looking.overlay = below.page.map(Overlay::page);
        Some(vec![Effect::ComeBack])
    }

    /// Closes what is open, one thing at a time; last a recording over the user's own conversation.
    pub(super) fn back(&mut self) -> Vec<Effect> {
        if self.looking.overlay.take().is_some() {
        } else if self.knobs.tuning.is_trying() {
            self.knobs.tuning.forget();
        } else if self.looking.zoomed {
            self.looking.zoomed = false;
        } else if self.looking.round.take().is_some() {
            self.answers.transcript.to_end();
        } else {
            return self.come_back().unwrap_or_default();
        }
        Vec::new()
    }

    /// Handles the list of recorded runs: title, detail, file.
    pub(in crate::playground::state) fn traces(&mut self, listing: Listing, found: Vec<(String, String, PathBuf)>) {
        let (kind, choice): (_, fn(PathBuf) -> Choice) = match listing {
            Listing::Open => (PickerKind::Traces, Choice::Trace),
            Listing::Compare => (PickerKind::Against, Choice::AgainstRun),
        };
        let items = found.into_iter().map(|(title, detail, path)| Item {
            // What tells recordings apart, of the greatest worth first.
            columns: detail.split(BETWEEN).map(clean_line).collect(),
            ..Item::new(clean_line(&title), DisplayText::new(), choice(path))
        });
        self.looking.overlay = Some(Overlay::List(Picker::new(kind, items.collect())));
    }

    /// A recorded run to compare with.
    pub(in crate::playground::state) fn read(&mut self, file: &str, records: &[Record], warning: Option<String>) {
        let Some(answer) = Answer::of(records) else {
            return self.notices.say(Level::Error, &format!("{file}: there is no run in it"));
        };
        let against = Against::Recorded(Box::new(Recorded { file: clean_line(file), answer }));
        self.looking.compare_with(against);
        if let Some(warning) = warning {
            self.notices.say(Level::Warning, &warning);
        }
    }

    /// Handles a question that could not be asked.
    pub(in crate::playground::state) fn ask_failed(&mut self, error: &str) {
        (self.answers.waiting, self.answers.taking_up) = (None, TakingUp::Not);
        if let Source::Replay(replay) = &mut self.answers.source {
            // It was played to its end before it was to continue.
            (replay.playing, replay.over) = (false, true);
        }
        self.answers.session.give_up();
        let Some(question) = self.answers.asked.take() else { return self.notices.say(Level::Error, error) };
        // The question is not lost: it can be sent again once the ensemble is another.
        self.answers.transcript.rebuild(self.answers.session.answers());
        if self.writing.question.is_blank() {
            let written = self.writing.question.set(&question);
            self.notices.refuse(written);
        }
        let (roster, write) = (self.keymap.key(Action::Roster), self.keymap.key(Action::Write));
        let text = format!("{error}; your question is in the prompt: `{roster}` shows who takes part, `{write}` writes on");
        self.notices.say(Level::Error, &text);
    }

    /// Handles the end of the run, after its last event.
    pub(in crate::playground::state) fn run_ended(&mut self, journal_error: Option<String>) {
        self.answers.session.break_off();
        if let Some(error) = journal_error {
            self.notices.say(Level::Warning, &format!("the trace of this run is not complete: {error}"));
        }
    }

    /// Handles the state of the replay.
    pub(in crate::playground::state) fn replayed(&mut self, playing: bool, speed: f64, over: bool) {
        if let Source::Replay(replay) = &mut self.answers.source {
            (replay.playing, replay.speed, replay.over) = (playing, speed, over);
        }
    }
}
