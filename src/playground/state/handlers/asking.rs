//! Asking: the prompt, the same question again, another conversation.

use super::handles::handles;
use super::members::Members;
use crate::engine::fusion::conversation::Conversation;
use crate::playground::state::action::Action;
use crate::playground::state::keymap::Keymap;
use crate::playground::state::log::Level;
use crate::playground::state::message::{Effect, ReplayOrder};
use crate::playground::state::overlay::Overlay;
use crate::playground::state::parts::answers::{Answers, Source};
use crate::playground::state::parts::knobs::Knobs;
use crate::playground::state::parts::looking::Looking;
use crate::playground::state::parts::notices::Notices;
use crate::playground::state::parts::settings::Settings;
use crate::playground::state::parts::writing::Writing;
use crate::playground::state::prompt::{EXAMPLE, Prompt};
use crate::playground::state::roster::Roster;

handles! {
    /// What asking may change.
    Asking
    changes answers: Answers, looking: Looking, writing: Writing, knobs: Knobs, roster: Roster, settings: Settings,
        notices: Notices;
    reads keymap: Keymap;
}

impl Asking<'_> {
    pub(super) fn members(&mut self) -> Members<'_> {
        Members {
            answers: self.answers,
            looking: self.looking,
            knobs: self.knobs,
            roster: self.roster,
            settings: self.settings,
            notices: self.notices,
        }
    }

    /// The text being typed: a segment if one is open, otherwise the question.
    pub(in crate::playground::state) fn text(&mut self) -> &mut Prompt {
        if matches!(self.looking.overlay, Some(Overlay::Entry(_))) {
            &mut self.writing.segment
        } else {
            &mut self.writing.question
        }
    }

    pub(super) fn leave_text(&mut self) {
        if matches!(self.looking.overlay, Some(Overlay::Entry(_))) {
            self.looking.overlay = None;
        } else {
            self.writing.active = false;
        }
    }

    pub(super) fn write(&mut self) {
        self.looking.overlay = None;
        self.writing.active = true;
    }

    pub(super) fn new_line(&mut self) {
        let written = self.text().new_line();
        self.notices.refuse(written);
    }

    pub(super) fn send(&mut self) -> Vec<Effect> {
        if self.answers.is_writing() {
            let (leave, stop) = (self.keymap.key(Action::LeavePrompt), self.keymap.key(Action::Stop));
            self.notices.say(
                Level::Info,
                &format!("the answer is still being written: {leave}, then `{stop}` ends it; your question stays here"),
            );
            return Vec::new();
        }
        if self.writing.question.is_blank() && self.answers.session.newest().is_some() {
            self.notices.say(Level::Info, "write a question first");
            return Vec::new();
        }
        let question = self.writing.question.take();
        self.writing.question.remember(&question);
        let conversation = self.answers.session.next(&question);
        self.answers.ask(&question);
        let mut effects = vec![Effect::Remember(question)];
        effects.extend(self.ask(conversation));
        effects
    }

    pub(super) fn ask(&mut self, conversation: Conversation) -> Vec<Effect> {
        // Stop the replay, since its place is needed.
        let mut effects = match self.answers.source {
            Source::Replay(_) => vec![Effect::Drop],
            Source::Live => Vec::new(),
        };
        (self.answers.source, self.answers.below) = (Source::Live, None);
        self.knobs.tuned.clear();
        self.writing.active = false;
        self.looking.round = None;
        self.answers.now_ms = 0.0;
        self.knobs.tuning.forget_applied();
        self.answers.transcript.to_end();
        effects.extend(self.members().ask_when_settled(conversation));
        effects
    }

    /// Asks the same question again; with the next seed the members draw differently.
    pub(super) fn again(&mut self, next_seed: bool) -> Vec<Effect> {
        if self.answers.is_replay() {
            // The records come again from the first, in place of those that were played.
            self.answers.session.from_the_first();
            self.looking.round = None;
            self.answers.transcript.rebuild(self.answers.session.answers());
            return vec![Effect::Replay(ReplayOrder::Restart)];
        }
        if self.answers.session.is_going() {
            let stop = self.keymap.key(Action::Stop);
            self.notices.say(Level::Info, &format!("the answer is still being written: `{stop}` ends it"));
            return Vec::new();
        }
        let Some(conversation) = self.answers.session.again() else {
            self.notices.say(Level::Info, "nothing was asked yet");
            return Vec::new();
        };
        if next_seed {
            self.knobs.seed = self.knobs.seed.wrapping_add(1);
        }
        self.ask(conversation)
    }

    pub(super) fn new_conversation(&mut self) -> Vec<Effect> {
        if self.answers.is_writing() {
            let (leave, stop) = (self.keymap.key(Action::LeavePrompt), self.keymap.key(Action::Stop));
            self.notices.say(Level::Info, &format!("the answer is still being written: {leave}, then `{stop}` ends it"));
            return Vec::new();
        }
        self.answers.session.clear();
        (self.answers.below, self.answers.asked) = (None, None);
        self.writing.question.invite(EXAMPLE);
        self.answers.transcript.rebuild(&[]);
        self.answers.transcript.to_end();
        (self.looking.round, self.looking.overlay) = (None, None);
        (self.answers.source, self.writing.active) = (Source::Live, true);
        let mut effects = vec![Effect::Drop];
        effects.extend(self.members().connect_missing());
        effects
    }
}
