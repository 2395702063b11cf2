//! Recorded runs: listing, replaying and reading them for comparison.

use std::path::PathBuf;

use super::handles::handles;
use crate::clean::clean_line;
use crate::engine::fusion::event::Record;
use crate::playground::state::answer::Answer;
use crate::playground::state::log::Level;
use crate::playground::state::message::{Effect, Listing};
use crate::playground::state::overlay::{Against, Overlay, Recorded};
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

handles! {
    /// What news of recorded runs, and of runs that end, may change.
    Recordings
    changes answers: Answers, looking: Looking, writing: Writing, knobs: Knobs, notices: Notices;
}

impl Recordings<'_> {
    /// Handles a recorded run that was opened: its records follow.
    pub(in crate::playground::state) fn opened(&mut self, file: &str, warning: Option<String>) {
        self.answers.session.clear();
        self.answers.transcript.rebuild(&[]);
        self.answers.transcript.to_end();
        (self.looking.round, self.answers.waiting) = (None, None);
        self.knobs.tuned.clear();
        self.looking.overlay = None;
        self.writing.active = false;
        self.answers.source = Source::Replay(Replay { file: clean_line(file), playing: true, speed: 1.0, over: false });
        if let Some(warning) = warning {
            self.notices.say(Level::Warning, &warning);
        }
    }

    /// Handles the list of recorded runs: title, detail, file.
    pub(in crate::playground::state) fn traces(&mut self, listing: Listing, found: Vec<(String, String, PathBuf)>) {
        let (kind, choice): (_, fn(PathBuf) -> Choice) = match listing {
            Listing::Open => (PickerKind::Traces, Choice::Trace),
            Listing::Compare => (PickerKind::Against, Choice::AgainstRun),
        };
        let items = found.into_iter().map(|(title, detail, path)| Item {
            title: clean_line(&title),
            detail: clean_line(&detail),
            choice: choice(path),
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
        self.notices.say(Level::Error, error);
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
