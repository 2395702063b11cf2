//! Drafting by instruction: a chat model that cannot continue a text by itself is instructed to, and its reply becomes a segment.
//!
//! Owns the instructions and the processing of the reply: it removes repeated text, chatter and wrappers, restores a lost space,
//! and reads the vote to end. Leaves to others: cutting to the segment's length, and handling a member whose replies only repeat
//! (two in a row, and it can verify but not draft).
//!
//! The reply streams. It goes character by character through four stages, each of which holds back only what it cannot decide
//! yet: `sentinel` finds the end vote, `opening` decides which part of the start is the model's own, `spacing` joins it to the
//! accepted text, `words` keeps the last word until it is whole. So the result never depends on how the reply was split into
//! pieces. For servers that continue a given text, but may repeat it first, [`PrefixStripper`] is enough.

mod opening;
mod overlap;
mod preambles;
mod prefix;
mod prompt;
mod sentinel;
mod spacing;
mod words;

pub use prefix::PrefixStripper;
pub use prompt::instructions;

use opening::Opening;
use sentinel::Sentinel;
use words::Words;

/// Why a reply ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The model ended it.
    Stop,
    /// It reached the limit of tokens: its last word may be unfinished.
    Length,
    /// Anything else: a filter, an error, or unknown.
    Other,
}

/// What is left when a reply has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// The rest of the text, after what was returned before.
    pub rest: String,
    /// Whether the reply votes to end the answer: by the end vote, by being empty, or by repeating the whole answer and stopping
    /// there.
    pub ends: bool,
    /// Whether the whole reply only repeated accepted text, but not all of it, or without ending: then nothing is left. Never
    /// together with `ends`.
    pub repeated: bool,
}

/// Extracts the segment from a reply while it streams.
#[derive(Debug, Clone)]
pub struct Continuation {
    sentinel: Sentinel,
    opening: Opening,
    words: Words,
    /// Whether the reply had anything except white space and the end vote.
    said_anything: bool,
}

impl Continuation {
    /// For a reply to [`instructions`] with this accepted text.
    #[must_use]
    pub fn new(accepted: &str) -> Self {
        let (sentinel, words) = (Sentinel::default(), Words::default());
        Self { sentinel, opening: Opening::new(accepted), words, said_anything: false }
    }

    /// Takes the next piece of the reply and returns the text that is certain by now.
    pub fn feed(&mut self, piece: &str) -> String {
        let mut certain = String::new();
        for c in piece.chars() {
            for c in self.sentinel.push(c) {
                self.take(c, &mut certain);
            }
        }
        certain
    }

    /// Ends the reply.
    #[must_use]
    pub fn finish(mut self, how: Finish) -> Finished {
        let mut rest = String::new();
        for c in self.sentinel.finish() {
            self.take(c, &mut rest);
        }
        let voted = self.sentinel.found();
        let opened = self.opening.finish(!voted && how != Finish::Stop);
        let ends = voted || (how == Finish::Stop && (!self.said_anything || opened.repeated_whole));
        self.words.closes_fence(opened.in_fence);
        for c in opened.text.chars() {
            self.words.push(c, &mut rest);
        }
        rest.push_str(&self.words.finish(how, voted));
        Finished { rest, ends, repeated: opened.repeated && !ends }
    }

    /// Takes a character of the reply that is not part of the end vote.
    fn take(&mut self, c: char, certain: &mut String) {
        self.said_anything |= !c.is_whitespace();
        let opened = self.opening.push(c);
        self.words.closes_fence(self.opening.in_fence());
        for c in opened.chars() {
            self.words.push(c, certain);
        }
    }
}

#[cfg(test)]
mod tests;
