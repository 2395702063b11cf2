//! Separates thoughts inside a reply's text from its answer while it streams.
//!
//! Owns where a thought starts and ends, in all the usual spellings ([`marks`]), however the text was split into pieces. The
//! member decides what to do with a thought, and with a draft that has nothing else.
//!
//! A thought counts only at the very start of a model's reply, or directly after another thought: an answer may be about such
//! tags. A model instructed in words to continue replies in a new turn each time, so each of its replies may start with one. A
//! reply that continues a started answer is not a new turn; but if the server made it one anyway, it starts with the tag, which
//! an answer hardly ever does unless it is about such tags, and then it has mentioned one before. An end without a start counts
//! only in a new turn, by the rule in [`lone`].

mod lone;
mod marks;

use marks::{FRAMES, MARKS};

use crate::engine::fusion::event::Thought;

/// A piece of text with its natural log-probability, if that is known and the piece is a whole token.
pub type Piece = (String, Option<f32>);

/// What is certain about a reply.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Divided {
    /// Whether everything returned before turned out to be a thought. At most once per reply.
    pub taken_back: bool,
    /// Parts of the answer.
    pub pieces: Vec<Piece>,
}

/// The end of a reply.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ended {
    /// What was still held back.
    pub last: Divided,
    /// All thoughts.
    pub thought: Thought,
    /// Whether the last thought was never closed.
    pub unclosed: bool,
    /// Whether a thought ended whose start was in the prompt.
    pub opened_in_prompt: bool,
    /// Pieces that thoughts and their tags took.
    pub tokens: usize,
}

/// Separates the thoughts of one reply.
#[derive(Debug, Clone)]
pub struct Thoughts {
    stage: Stage,
    /// Pieces that are not decided yet, and their text.
    held: Vec<Piece>,
    text: String,
    /// What was returned so far, as long as it may turn out to be a thought whose start was in the prompt.
    given: Option<String>,
    /// Whether an answer starts after a thought: no white space belongs before it.
    fresh: bool,
    opened_in_prompt: bool,
    thought: Thought,
    tokens: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// A thought may start here; `behind`: after another one.
    Beginning { behind: bool },
    /// In a thought that any of these ends.
    Inside(&'static [&'static str]),
    /// In text that becomes a thought if the end of one comes.
    Assumed,
    /// In the answer.
    Answer,
}

impl Thoughts {
    /// For a reply in a separate turn, which may continue with this accepted text.
    #[must_use]
    pub fn new_turn(accepted: &str) -> Self {
        if lone::ends_in_code(accepted) {
            return Self::within(Stage::Answer);
        }
        let given = (!mentions(accepted)).then(String::new);
        Self { given, fresh: accepted.is_empty(), ..Self::within(Stage::Beginning { behind: false }) }
    }

    /// For a reply in a separate turn by a model whose thoughts were seen to be opened in the prompt.
    #[must_use]
    pub fn opened(accepted: &str) -> Self {
        Self { fresh: accepted.is_empty(), ..Self::within(Stage::Assumed) }
    }

    /// For a reply that continues this text of a started answer.
    #[must_use]
    pub fn continued(accepted: &str) -> Self {
        if accepted.is_empty() {
            return Self::new_turn(accepted);
        }
        let may_begin = !lone::ends_in_code(accepted) && !mentions(accepted);
        Self::within(if may_begin { Stage::Beginning { behind: false } } else { Stage::Answer })
    }

    fn within(stage: Stage) -> Self {
        Self {
            stage,
            held: Vec::new(),
            text: String::new(),
            given: None,
            fresh: false,
            opened_in_prompt: false,
            thought: Thought::default(),
            tokens: 0,
        }
    }

    /// Whether the model is thinking, as far as can be seen.
    #[must_use]
    pub fn is_thinking(&self) -> bool {
        matches!(self.stage, Stage::Inside(_) | Stage::Assumed)
    }

    /// Takes the next piece.
    pub fn take(&mut self, piece: Piece) -> Divided {
        self.text.push_str(&piece.0);
        self.held.push(piece);
        let mut divided = Divided::default();
        while self.advance(false, &mut divided) {}
        divided
    }

    /// Ends the reply; `by_itself`: the model ended it, not a limit.
    #[must_use]
    pub fn finish(mut self, by_itself: bool) -> Ended {
        let mut last = Divided::default();
        while self.advance(true, &mut last) {}
        let mut unclosed = false;
        match self.stage {
            Stage::Answer | Stage::Beginning { behind: false } => last.pieces.extend(self.release(self.text.len())),
            Stage::Assumed if by_itself => last.pieces.extend(self.release(self.text.len())),
            Stage::Beginning { behind: true } => self.drop_first(self.text.len()),
            Stage::Inside(_) | Stage::Assumed => {
                unclosed = true;
                self.think(self.text.len(), self.text.len());
            }
        }
        Ended { last, thought: self.thought, unclosed, opened_in_prompt: self.opened_in_prompt, tokens: self.tokens }
    }

    /// Decides what can be decided; returns whether there is more to examine. `whole`: nothing follows.
    fn advance(&mut self, whole: bool, divided: &mut Divided) -> bool {
        let lower = self.text.to_ascii_lowercase();
        match self.stage {
            Stage::Beginning { behind } => self.begin(&lower, behind, whole),
            Stage::Inside(closes) => self.close(&lower, closes),
            Stage::Assumed => {
                let found = marks::first(&lower, marks::lone());
                if let Some((start, end)) = found {
                    self.think(start, end);
                    self.opened_in_prompt = true;
                    self.stage = Stage::Beginning { behind: true };
                }
                found.is_some()
            }
            Stage::Answer => self.answer(&lower, whole, divided),
        }
    }

    fn begin(&mut self, lower: &str, behind: bool, whole: bool) -> bool {
        let blank = lower.len() - lower.trim_start().len();
        let said = lower.get(blank..).unwrap_or_default();
        if let Some(frame) = FRAMES.iter().find(|frame| said.starts_with(**frame)) {
            self.drop_first(blank + frame.len());
            self.stage = Stage::Beginning { behind: true };
            return true;
        }
        if let Some(marks) = MARKS.iter().find(|marks| said.starts_with(marks.opens)) {
            self.drop_first(blank + marks.opens.len());
            self.stage = Stage::Inside(marks.closes);
            // What follows is text of another turn: a lone end in it is only mentioned.
            self.given = None;
            return true;
        }
        if !whole && marks::openings().any(|mark| mark.starts_with(said)) {
            return false;
        }
        if said.is_empty() {
            return false;
        }
        if behind {
            let blank = self.text.get(..blank).unwrap_or_default();
            let dropped = if self.fresh { blank.len() } else { blank.rfind('\n').map_or(0, |at| at + 1) };
            self.release(dropped);
        }
        self.stage = Stage::Answer;
        true
    }

    fn close(&mut self, lower: &str, closes: &'static [&'static str]) -> bool {
        let found = marks::first(lower, closes.iter().copied());
        if let Some((start, end)) = found {
            self.think(start, end);
            self.stage = Stage::Beginning { behind: true };
        } else {
            let safe = marks::begun(lower, closes.iter().copied());
            self.think(safe, safe);
        }
        found.is_some()
    }

    fn answer(&mut self, lower: &str, whole: bool, divided: &mut Divided) -> bool {
        let Some(given) = &self.given else {
            divided.pieces.extend(self.release(self.text.len()));
            return false;
        };
        let found = marks::first(lower, marks::lone());
        let opened = marks::first(lower, marks::openings());
        if opened.is_some_and(|(opens, _)| found.is_none_or(|(closes, _)| opens < closes)) {
            self.given = None;
            return true;
        }
        let Some((start, end)) = found else {
            let safe = if whole { lower.len() } else { marks::begun(lower, marks::lone().chain(marks::openings())) };
            self.give(safe, divided);
            return false;
        };
        let after = self.text.get(end..).unwrap_or_default();
        if !whole && after.chars().count() < lone::LOOKED_AT && !after.starts_with('\n') {
            self.give(start, divided);
            return false;
        }
        let before = format!("{given}{}", self.text.get(..start).unwrap_or_default());
        if !lone::ends_thought(&before, after) {
            self.given = None;
            return true;
        }
        *divided = Divided { taken_back: true, pieces: Vec::new() };
        self.thought.push(given);
        self.think(start, end);
        (self.given, self.opened_in_prompt) = (None, true);
        self.stage = Stage::Beginning { behind: true };
        true
    }

    /// Releases the first bytes of what is held.
    fn give(&mut self, bytes: usize, divided: &mut Divided) {
        let pieces = self.release(bytes);
        if let Some(given) = &mut self.given {
            given.extend(pieces.iter().map(|(text, _)| text.as_str()));
        }
        divided.pieces.extend(pieces);
    }

    /// Records the first bytes of what is held as a thought, and drops everything up to `dropped`.
    fn think(&mut self, bytes: usize, dropped: usize) {
        self.thought.push(self.text.get(..bytes).unwrap_or_default());
        self.drop_first(dropped);
    }

    fn drop_first(&mut self, bytes: usize) {
        self.tokens += self.release(bytes).len();
    }

    /// Takes the first bytes off what is held. A piece that extends beyond is cut, and both parts lose its log-probability.
    fn release(&mut self, bytes: usize) -> Vec<Piece> {
        let mut room = bytes;
        let mut taken = 0;
        let all = bytes >= self.text.len();
        for (text, _) in &self.held {
            if text.len() > room || (room == 0 && !all) {
                break;
            }
            room -= text.len();
            taken += 1;
        }
        let mut released: Vec<Piece> = self.held.drain(..taken).collect();
        if let Some((text, logprob)) = self.held.first_mut().filter(|_| room > 0) {
            let rest = text.split_off(room);
            *logprob = None;
            released.push((std::mem::replace(text, rest), None));
        }
        self.text.drain(..bytes.min(self.text.len()));
        released
    }
}

/// Whether a text is about thoughts: it contains the start or the end of one.
fn mentions(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let closes = MARKS.iter().flat_map(|marks| marks.closes.iter().copied());
    marks::first(&lower, marks::openings().chain(closes)).is_some()
}

#[cfg(test)]
mod tests;
