//! Turns a reply into a draft: removes thoughts and repetitions, and draws the rest until the segment is complete.

use super::super::continuation::Continuation;
use super::super::drawing::Drawing;
use super::super::other_turns::OtherTurns;
use super::super::thought::{Divided, Thoughts};
use super::super::{Bill, Progress, Thought};
use super::begun::Following;
use super::reply::Ending;
use super::tokens::Piece;
use crate::engine::fusion::segment::SegmentRule;

/// Roughly how many characters a token has, if the server's own tokens are not visible.
const TOKEN_CHARACTERS: usize = 5;

/// How a reply without its thoughts becomes a draft.
#[derive(Debug, Clone)]
pub(super) enum Filter {
    Following(Following),
    /// In the plain form: another turn may start, which ends the answer.
    Plain {
        others: OtherTurns,
        another: bool,
    },
    Told {
        continuation: Continuation,
        /// Nothing is accepted yet, so the model was asked for its whole answer.
        whole: bool,
    },
}

/// The end of a reply, as the draft sees it.
#[expect(clippy::struct_excessive_bools, reason = "each is a finding of its own")]
pub(super) struct End {
    pub(super) ends: bool,
    pub(super) logprob: Option<f32>,
    pub(super) repeated: bool,
    pub(super) thought: Thought,
    /// Whether the last thought was never closed.
    pub(super) unclosed: bool,
    /// Whether a thought had started in the prompt.
    pub(super) opened_in_prompt: bool,
}

/// A draft in progress.
pub(super) struct Work {
    rule: SegmentRule,
    /// Whether nothing of the answer is accepted yet.
    begins: bool,
    progress: Progress,
    beginning: (Filter, Thoughts),
    filter: Filter,
    thoughts: Thoughts,
    pub(super) drawing: Drawing,
    pub(super) complete: bool,
    /// Whether text came that the draft has no room for.
    overflows: bool,
}

impl Work {
    pub(super) fn new(filter: Filter, thoughts: Thoughts, rule: SegmentRule, begins: bool, progress: Progress) -> Self {
        Self {
            rule,
            begins,
            beginning: (filter.clone(), thoughts.clone()),
            filter,
            thoughts,
            drawing: Drawing::new(rule, progress.clone()),
            progress,
            complete: false,
            overflows: false,
        }
    }

    /// Starts over for another reply: what came of this one no longer counts.
    pub(super) fn again(mut self) -> Self {
        self.restart();
        let (_, thoughts) = &self.beginning;
        self.thoughts = thoughts.clone();
        self
    }

    /// Where the replies of the call are booked.
    pub(super) fn bill(&self) -> &Bill {
        self.progress.bill()
    }

    /// Whether the model is instructed in words to continue.
    pub(super) fn is_told(&self) -> bool {
        matches!(self.filter, Filter::Told { .. })
    }

    /// Whether nothing of the answer is accepted yet.
    pub(super) fn is_beginning(&self) -> bool {
        self.begins
    }

    /// Whether the rest of the reply no longer counts: the segment is complete, or another turn has started.
    pub(super) fn is_over(&self) -> bool {
        self.complete || matches!(self.filter, Filter::Plain { another: true, .. })
    }

    pub(super) async fn take(&mut self, pieces: Vec<Piece>) {
        for piece in pieces {
            let divided = self.thoughts.take((piece.text, piece.logprob));
            self.divided(divided).await;
        }
    }

    /// Processes what was held back; the draft ends only if all of it is part of the draft.
    pub(super) async fn end(&mut self, ending: &Ending) -> End {
        let thoughts = std::mem::replace(&mut self.thoughts, Thoughts::new_turn(""));
        let ended = thoughts.finish(ending.finish.ends());
        self.divided(ended.last).await;
        let filter = std::mem::replace(&mut self.filter, Filter::Following(Following::new("", "")));
        let end = End {
            ends: false,
            logprob: None,
            repeated: false,
            thought: ended.thought,
            unclosed: ended.unclosed,
            opened_in_prompt: ended.opened_in_prompt,
        };
        match filter {
            Filter::Following(following) => {
                self.add(following.finish()).await;
                End { ends: ending.finish.ends() && !self.overflows, logprob: ending.end_logprob, ..end }
            }
            Filter::Plain { mut others, another } => {
                if !another {
                    self.add(as_pieces(others.rest())).await;
                }
                let ends = (another || ending.finish.ends()) && !self.overflows;
                End { ends, logprob: ending.end_logprob.filter(|_| !another), ..end }
            }
            Filter::Told { continuation, whole } => {
                let finished = continuation.finish(ending.finish.of_instruction());
                self.add(as_tokens(&finished.rest)).await;
                let ends = finished.ends || (whole && ending.finish.ends());
                End { ends: ends && !self.overflows, repeated: finished.repeated, ..end }
            }
        }
    }

    /// Discards what was drawn. What was already streamed cannot be taken back before the draft is whole, so streaming stops.
    fn restart(&mut self) {
        let progress = if self.drawing.pieces() == 0 { self.progress.clone() } else { self.progress.quiet() };
        self.drawing = Drawing::new(self.rule, progress.clone());
        self.progress = progress;
        self.filter = self.beginning.0.clone();
        (self.complete, self.overflows) = (false, false);
    }

    async fn divided(&mut self, divided: Divided) {
        if divided.taken_back {
            self.restart();
        }
        for (text, logprob) in divided.pieces {
            let piece = Piece { text, logprob };
            let certain = match &mut self.filter {
                Filter::Following(following) => following.take(piece),
                Filter::Plain { others, another } => {
                    let (certain, ends) = others.take(vec![(piece.text, piece.logprob)]);
                    *another |= ends;
                    as_pieces(certain)
                }
                Filter::Told { continuation, .. } => as_tokens(&continuation.feed(&piece.text)),
            };
            self.add(certain).await;
        }
    }

    async fn add(&mut self, pieces: Vec<Piece>) {
        for piece in pieces {
            if self.complete {
                self.overflows |= !piece.text.is_empty();
            } else if !piece.text.is_empty() || piece.logprob.is_some() {
                self.complete = self.drawing.add(&piece.text, piece.logprob).await;
            }
        }
    }
}

fn as_pieces(pieces: Vec<(String, Option<f32>)>) -> Vec<Piece> {
    pieces.into_iter().map(|(text, logprob)| Piece { text, logprob }).collect()
}

/// A text in pieces of roughly a token each, for models whose tokens cannot be matched with what is left of their reply.
fn as_tokens(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut length = 0;
    let mut blank = true;
    for c in text.chars() {
        let begins = (c.is_whitespace() && !blank) || length >= TOKEN_CHARACTERS;
        if let Some(last) = pieces.last_mut().filter(|_| !begins) {
            last.text.push(c);
        } else {
            pieces.push(Piece { text: c.to_string(), logprob: None });
            length = 0;
        }
        (length, blank) = (length + 1, c.is_whitespace());
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(text: &str) -> Vec<String> {
        as_tokens(text).into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn words_are_about_a_token_and_long_ones_more() {
        assert_eq!(texts(" is in France"), [" is", " in", " Fran", "ce"]);
        assert_eq!(texts("\n\n- a"), ["\n\n-", " a"]);
        assert!(texts("").is_empty());
    }

    proptest! {
        #[test]
        fn cutting_into_tokens_loses_nothing(text in ".{0,40}") {
            prop_assert_eq!(texts(&text).concat(), text);
        }
    }
}
