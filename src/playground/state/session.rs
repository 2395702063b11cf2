//! A conversation: the answers so far, each with its run, and the question that is on its way.

use super::play::Play;
use super::roster::Standing;
use crate::engine::fusion::conversation::{Conversation, Role, Turn};
use crate::engine::fusion::event::{Event, Header, MemberHeader, Record};
use crate::engine::fusion::params::Params;

/// Whether a question's answer replaces the newest one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    Nothing,
    Next,
    Again,
}

/// The answers of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// The ensemble before the first question.
    idle: Play,
    plays: Vec<Play>,
    asking: Asking,
}

impl Session {
    /// Before the first question, without members yet. `system` is the instructions before every conversation.
    #[must_use]
    pub fn new(params: &Params, system: Option<&str>) -> Self {
        let header = Header {
            format: String::new(),
            version: 0,
            program: String::new(),
            members: Vec::new(),
            params: params.clone(),
            seed: 0,
            conversation: Conversation::under(system),
            answers: Vec::new(),
        };
        Self { idle: Play::new(header), plays: Vec::new(), asking: Asking::Nothing }
    }

    /// Sets the ensemble before the first question, and the standing of each of its members.
    pub fn set_members(&mut self, members: &[MemberHeader], standings: Vec<Standing>) {
        let header = Header { members: members.to_vec(), ..self.idle.run.header.clone() };
        self.idle = Play::at_rest(header, standings);
    }

    /// The answers, oldest first.
    #[must_use]
    pub fn plays(&self) -> &[Play] {
        &self.plays
    }

    /// The newest answer.
    #[must_use]
    pub fn newest(&self) -> Option<&Play> {
        self.plays.last()
    }

    /// The play at an index; the ensemble at rest if there is none.
    #[must_use]
    pub fn play(&self, place: usize) -> &Play {
        self.plays.get(place).unwrap_or(&self.idle)
    }

    /// Whether a question is on its way.
    #[must_use]
    pub fn is_asking(&self) -> bool {
        self.asking != Asking::Nothing
    }

    /// Whether an answer is being written.
    #[must_use]
    pub fn is_going(&self) -> bool {
        self.is_asking() || self.newest().is_some_and(Play::is_going)
    }

    /// The conversation that a new question continues. An answer without any accepted text leaves no trace in it.
    #[must_use]
    pub fn next(&mut self, question: &str) -> Conversation {
        self.asking = Asking::Next;
        let mut conversation = self.idle.run.header.conversation.clone();
        if let Some(play) = self.newest() {
            conversation = play.run.header.conversation.clone();
            let answer = play.run.answer();
            if answer.is_empty() {
                conversation.turns.pop();
            } else {
                conversation.turns.push(Turn { role: Role::Assistant, content: answer });
            }
        }
        conversation.turns.push(Turn { role: Role::User, content: question.to_owned() });
        conversation
    }

    /// The conversation whose last question is answered again.
    #[must_use]
    pub fn again(&mut self) -> Option<Conversation> {
        let conversation = self.newest()?.run.header.conversation.clone();
        self.asking = Asking::Again;
        Some(conversation)
    }

    /// Prepares to play everything again from its first question, which replaces the play that is left.
    pub fn from_the_first(&mut self) {
        self.plays.truncate(1);
        self.asking = Asking::Again;
    }

    /// Handles a question that could not be asked. What was played before it does not continue either.
    pub fn give_up(&mut self) {
        self.asking = Asking::Nothing;
        self.break_off();
    }

    /// Records that nothing more will come of the newest answer.
    pub fn break_off(&mut self) {
        if let Some(play) = self.plays.last_mut() {
            play.break_off();
        }
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        self.plays.clear();
        self.asking = Asking::Nothing;
    }

    /// Applies one event. Returns whether it started a play in place of another, so that everything derived from the other is
    /// void.
    pub fn apply(&mut self, record: &Record) -> bool {
        let Event::RunStarted(header) = &record.event else {
            if let Some(play) = self.plays.last_mut() {
                play.apply(record);
            }
            return false;
        };
        let replaces = self.asking == Asking::Again && self.plays.pop().is_some();
        self.asking = Asking::Nothing;
        self.break_off();
        self.plays.push(Play::new((**header).clone()));
        replaces
    }
}
