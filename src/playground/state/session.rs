//! A conversation: the answers so far, each with its run, and the question that is on its way.

use super::answer::Answer;
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
    idle: Answer,
    answers: Vec<Answer>,
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
        Self { idle: Answer::new(header), answers: Vec::new(), asking: Asking::Nothing }
    }

    /// Sets the ensemble before the first question, and the standing of each of its members.
    pub fn set_members(&mut self, members: &[MemberHeader], standings: Vec<Standing>) {
        let header = Header { members: members.to_vec(), ..self.idle.run.header.clone() };
        self.idle = Answer::at_rest(header, standings);
    }

    /// The answers, oldest first.
    #[must_use]
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// The newest answer.
    #[must_use]
    pub fn newest(&self) -> Option<&Answer> {
        self.answers.last()
    }

    /// The answer at an index; the ensemble at rest if there is none.
    #[must_use]
    pub fn answer(&self, place: usize) -> &Answer {
        self.answers.get(place).unwrap_or(&self.idle)
    }

    /// Whether a question is on its way.
    #[must_use]
    pub fn is_asking(&self) -> bool {
        self.asking != Asking::Nothing
    }

    /// Whether an answer is being written.
    #[must_use]
    pub fn is_going(&self) -> bool {
        self.is_asking() || self.newest().is_some_and(Answer::is_going)
    }

    /// The conversation that a new question continues. An answer without any accepted text leaves no trace in it.
    #[must_use]
    pub fn next(&mut self, question: &str) -> Conversation {
        self.asking = Asking::Next;
        let mut conversation = self.idle.run.header.conversation.clone();
        if let Some(answer) = self.newest() {
            conversation = answer.run.header.conversation.clone();
            let text = answer.run.answer();
            if text.is_empty() {
                conversation.turns.pop();
            } else {
                conversation.turns.push(Turn { role: Role::Assistant, content: text });
            }
        }
        conversation.turns.push(Turn { role: Role::User, content: question.to_owned() });
        conversation
    }

    /// Prepares for the answer to a question that continues no conversation.
    pub fn begin_with_another(&mut self) {
        self.clear();
        self.asking = Asking::Next;
    }

    /// The conversation whose last question is answered again.
    #[must_use]
    pub fn again(&mut self) -> Option<Conversation> {
        let conversation = self.newest()?.run.header.conversation.clone();
        self.asking = Asking::Again;
        Some(conversation)
    }

    /// Prepares to play everything again from its first question, which replaces the answer that is left.
    pub fn from_the_first(&mut self) {
        self.answers.truncate(1);
        self.asking = Asking::Again;
    }

    /// Handles a question that could not be asked. What was played before it does not continue either.
    pub fn give_up(&mut self) {
        self.asking = Asking::Nothing;
        self.break_off();
    }

    /// Records that nothing more will come of the newest answer.
    pub fn break_off(&mut self) {
        if let Some(answer) = self.answers.last_mut() {
            answer.break_off();
        }
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        self.answers.clear();
        self.asking = Asking::Nothing;
    }

    /// Applies one event. Returns whether it started an answer in place of another, so that everything derived from the other is
    /// void.
    pub fn apply(&mut self, record: &Record) -> bool {
        let Event::RunStarted(header) = &record.event else {
            if let Some(answer) = self.answers.last_mut() {
                answer.apply(record);
            }
            return false;
        };
        let replaces = self.asking == Asking::Again && self.answers.pop().is_some();
        self.asking = Asking::Nothing;
        self.break_off();
        self.answers.push(Answer::new((**header).clone()));
        replaces
    }
}
