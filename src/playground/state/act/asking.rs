//! Asking: the prompt, the same question again, another conversation.

use super::super::action::Action;
use super::super::log::Level;
use super::super::message::{Effect, ReplayOrder};
use super::super::overlay::Overlay;
use super::super::prompt::{EXAMPLE, Prompt};
use super::super::{Source, State};
use crate::engine::fusion::conversation::Conversation;

impl State {
    /// The text that is being typed: a segment where one is open, else the question.
    pub(in super::super) fn text(&mut self) -> &mut Prompt {
        if matches!(self.overlay, Some(Overlay::Entry(_))) { &mut self.entry } else { &mut self.prompt }
    }

    pub(super) fn send_text(&mut self) -> Vec<Effect> {
        match self.overlay {
            Some(Overlay::Entry(purpose)) => self.accept_entry(purpose),
            Some(_) | None => self.send(),
        }
    }

    pub(super) fn leave_text(&mut self) {
        if matches!(self.overlay, Some(Overlay::Entry(_))) {
            self.overlay = None;
        } else {
            self.writing = false;
        }
    }

    pub(super) fn write(&mut self) {
        self.overlay = None;
        self.writing = true;
    }

    pub(super) fn new_line(&mut self) {
        if let Err(error) = self.text().new_line() {
            self.say(Level::Error, &error.to_string());
        }
    }

    pub(super) fn send(&mut self) -> Vec<Effect> {
        if self.session.is_going() && self.source == Source::Live {
            let stop = self.keymap.key(Action::Stop);
            self.say(
                Level::Info,
                &format!("the answer is still being written: esc, then `{stop}` ends it; your question stays here"),
            );
            return Vec::new();
        }
        if self.prompt.is_blank() && self.session.newest().is_some() {
            self.say(Level::Info, "write a question first");
            return Vec::new();
        }
        let question = self.prompt.take();
        self.prompt.remember(&question);
        let conversation = self.session.next(&question);
        let mut effects = vec![Effect::Remember(question)];
        effects.extend(self.ask(conversation));
        effects
    }

    pub(super) fn ask(&mut self, conversation: Conversation) -> Vec<Effect> {
        // A replay does not go on while its place is wanted.
        let mut effects = match self.source {
            Source::Replay(_) => vec![Effect::Drop],
            Source::Live => Vec::new(),
        };
        self.source = Source::Live;
        self.tuned.clear();
        self.writing = false;
        self.look = None;
        self.now_ms = 0.0;
        self.tuning.forget_applied();
        self.transcript.to_end();
        effects.extend(self.ask_when_settled(conversation));
        effects
    }

    /// The same question anew; with the next seed the members draw differently.
    pub(super) fn again(&mut self, next_seed: bool) -> Vec<Effect> {
        if matches!(self.source, Source::Replay(_)) {
            // The records come again from the first, in the place of those that were played.
            self.session.from_the_first();
            self.look = None;
            self.transcript.rebuild(self.session.plays());
            return vec![Effect::Replay(ReplayOrder::Restart)];
        }
        if self.session.is_going() {
            let stop = self.keymap.key(Action::Stop);
            self.say(Level::Info, &format!("the answer is still being written: `{stop}` ends it"));
            return Vec::new();
        }
        let Some(conversation) = self.session.again() else {
            self.say(Level::Info, "nothing was asked yet");
            return Vec::new();
        };
        if next_seed {
            self.seed = self.seed.wrapping_add(1);
        }
        self.ask(conversation)
    }

    pub(super) fn new_conversation(&mut self) -> Vec<Effect> {
        if self.session.is_going() && self.source == Source::Live {
            let stop = self.keymap.key(Action::Stop);
            self.say(Level::Info, &format!("the answer is still being written: esc, then `{stop}` ends it"));
            return Vec::new();
        }
        self.session.clear();
        self.prompt.invite(EXAMPLE);
        self.transcript.rebuild(&[]);
        self.transcript.to_end();
        (self.look, self.source, self.overlay, self.writing) = (None, Source::Live, None, true);
        let mut effects = vec![Effect::Drop];
        effects.extend(self.connect_missing());
        effects
    }
}
