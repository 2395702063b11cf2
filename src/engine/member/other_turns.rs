//! Finds where an answer in the plain form ends, as its text comes in pieces: a base model continues with another turn instead of
//! ending its own.

use crate::engine::member::conversation_text::{PlainAnswer, plain_answer};

/// A piece of text with its log-probability.
type Piece = (String, Option<f32>);

/// Holds back what may be the start of another turn.
#[derive(Debug, Clone)]
pub(in crate::engine::member) struct OtherTurns {
    accepted: String,
    /// Everything that came, whether released or held back.
    text: String,
    held: Vec<Piece>,
}

impl OtherTurns {
    /// For a draft after this accepted text.
    pub(in crate::engine::member) fn new(accepted: String) -> Self {
        Self { accepted, text: String::new(), held: Vec::new() }
    }

    /// Takes pieces; returns those that are certain to be part of the answer, and whether it ends after them.
    pub(in crate::engine::member) fn take(&mut self, pieces: Vec<Piece>) -> (Vec<Piece>, bool) {
        let told = self.text.len() - self.held.iter().map(|(text, _)| text.len()).sum::<usize>();
        self.text.extend(pieces.iter().map(|(text, _)| text.as_str()));
        self.held.extend(pieces);
        let (safe, ends) = match plain_answer(&self.accepted, &self.text) {
            PlainAnswer::Open(bytes) => (bytes, false),
            PlainAnswer::Ended(bytes) => (bytes, true),
        };
        let mut room = safe.saturating_sub(told);
        let mut free = Vec::new();
        while let Some((text, _)) = self.held.first() {
            if text.len() > room {
                break;
            }
            room -= text.len();
            free.push(self.held.remove(0));
        }
        // A piece that extends beyond what is certain is released only as far as it goes.
        if let Some((text, logprob)) = self.held.first_mut().filter(|_| room > 0) {
            let rest = text.split_off(room);
            free.push((std::mem::replace(text, rest), logprob.take()));
        }
        (free, ends)
    }

    /// What is still held back when nothing follows: the start of another turn if anything was released before it.
    pub(in crate::engine::member) fn rest(&mut self) -> Vec<Piece> {
        let held = std::mem::take(&mut self.held);
        let all: usize = held.iter().map(|(text, _)| text.len()).sum();
        if all == self.text.len() { held } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(turns: &mut OtherTurns, text: &str) -> (String, bool) {
        let (free, ends) = turns.take(vec![(text.to_owned(), Some(-1.0))]);
        (free.iter().map(|(text, _)| text.as_str()).collect(), ends)
    }

    #[test]
    fn a_mark_is_held_back_until_it_is_told_apart() {
        let mut turns = OtherTurns::new("It is\n".to_owned());
        for (piece, free, ends) in
            [(" so.", " so.", false), ("\n", "", false), ("##", "", false), (" A heading", "\n## A heading", false)]
        {
            assert_eq!(take(&mut turns, piece), (free.to_owned(), ends), "{piece:?}");
        }
        assert_eq!(
            take(&mut turns, " it is.\n### Instr"),
            (" it is.".to_owned(), false),
            "a piece is cut where the answer may end"
        );
    }

    #[test]
    fn another_turn_ends_the_answer_also_behind_an_accepted_line_break() {
        let mut turns = OtherTurns::new("It is so.\n###".to_owned());
        assert_eq!(take(&mut turns, " User:"), (String::new(), true));
        let mut turns = OtherTurns::new(String::new());
        assert_eq!(take(&mut turns, "So.\n\n### Teacher"), ("So.\n".to_owned(), false));
        assert_eq!(take(&mut turns, ": And"), (String::new(), true));
        assert!(turns.rest().is_empty());
        let mut only = OtherTurns::new(String::new());
        assert_eq!(take(&mut only, "#"), (String::new(), false));
        assert_eq!(only.rest().len(), 1, "a draft of nothing would be a failure");
    }
}
