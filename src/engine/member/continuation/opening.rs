//! The start of a reply: which part is not the continuation, and whether a space is missing before the rest.
//!
//! In order: remove chatter and wrappers (`preambles`), then repeated text (`overlap`), then restore a lost space (`spacing`).
//! Each character is examined once when it arrives, so that the same characters always give the same decision.

use super::overlap::Overlap;
use super::preambles::{Preamble, Scene};
use super::spacing::{WORD_AWAITED, may_be_lost, space_lost};

/// The most characters in quotation marks that are held back.
const LONGEST_QUOTATION: usize = 600;
/// A preamble must show within this many bytes, including white space.
const LONGEST_PREAMBLE: usize = 400;

/// Marks that close a sentence: a reply that repeats the answer may have one more or one fewer of them.
const CLOSING: &[char] = &['.', '!', '?', '…', '。', '！', '？', '"', '”', '»', ')'];

/// The start of a reply, until it is decided.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a finding of its own")]
pub(super) struct Opening {
    accepted: String,
    scene: Scene,
    stage: Stage,
    /// The text that the stage is examining.
    held: String,
    /// Whether an interjection was removed.
    announced: bool,
    in_fence: bool,
    repeated: bool,
    /// Whether all of the accepted text was repeated, with at most one added mark that closes a sentence.
    repeated_whole: bool,
}

/// What is being decided.
#[derive(Debug, Clone)]
enum Stage {
    /// Whether it starts with chatter or a wrapper.
    Preambles,
    /// Whether quotation marks surround everything. Counts characters; `closed` once one was closed.
    Quotation { mark: char, characters: usize, closed: bool },
    /// Whether it repeats accepted text.
    Repeating(Box<Overlap>),
    /// Whether a space was lost before it.
    Joining,
    /// All that follows is text.
    Decided,
}

/// The outcome at the end of a reply.
#[derive(Debug, PartialEq)]
pub(super) struct Opened {
    pub text: String,
    pub in_fence: bool,
    /// Whether the reply only repeated text.
    pub repeated: bool,
    /// Whether the reply only repeated all of the accepted text, apart from marks that close a sentence.
    pub repeated_whole: bool,
}

impl Opening {
    pub(super) fn new(accepted: &str) -> Self {
        // Before the first segment there is nothing to repeat, and whatever a model starts with is its answer.
        let stage = if accepted.is_empty() { Stage::Decided } else { Stage::Preambles };
        let scene = Scene::new(accepted);
        let accepted = accepted.to_owned();
        Self {
            accepted,
            scene,
            stage,
            held: String::new(),
            announced: false,
            in_fence: false,
            repeated: false,
            repeated_whole: false,
        }
    }

    /// Whether the text is in a code fence that was removed.
    pub(super) fn in_fence(&self) -> bool {
        self.in_fence
    }

    /// Takes a character and returns the text that is decided by now.
    pub(super) fn push(&mut self, c: char) -> String {
        if matches!(self.stage, Stage::Decided) && !self.repeated && !self.repeated_whole {
            return c.to_string();
        }
        let mut text = String::new();
        // What one stage releases goes to the next one, character by character.
        let mut waiting = vec![c];
        while let Some(c) = waiting.pop() {
            let passed = self.advance(c, &mut text);
            waiting.extend(passed.chars().rev());
        }
        text
    }

    /// Ends the reply; `cut_off`: the model did not end it.
    pub(super) fn finish(&mut self, cut_off: bool) -> Opened {
        let mut text = String::new();
        // Every iteration leaves a stage or shortens what is held.
        while !matches!(self.stage, Stage::Decided) {
            let passed = self.conclude(cut_off, &mut text);
            for c in passed.chars() {
                text.push_str(&self.push(c));
            }
        }
        let repeated = self.repeated && text.trim().is_empty();
        Opened {
            text: if repeated { String::new() } else { text },
            in_fence: self.in_fence,
            repeated,
            repeated_whole: self.repeated_whole,
        }
    }

    /// Examines one more character. Returns what the next stage has to examine; decided text goes to `text`.
    fn advance(&mut self, c: char, text: &mut String) -> String {
        if matches!(self.stage, Stage::Decided) {
            self.repeated &= c.is_whitespace();
            self.repeated_whole &= c.is_whitespace() || CLOSING.contains(&c);
            text.push(c);
            return String::new();
        }
        self.held.push(c);
        match &mut self.stage {
            Stage::Preambles => self.lead(false),
            Stage::Quotation { mark, characters, closed } => {
                *characters += 1;
                let goes_on = *closed && !c.is_whitespace();
                *closed |= c == *mark && *characters > 1;
                if goes_on || *characters > LONGEST_QUOTATION { self.compare() } else { String::new() }
            }
            Stage::Repeating(overlap) => {
                if overlap.push(c, self.held.len()) {
                    String::new()
                } else {
                    self.take_off_repeated()
                }
            }
            Stage::Joining => {
                let characters = self.held.chars().count();
                let first = characters == 1 && may_be_lost(&self.accepted, c);
                let in_word = characters > 1 && characters < WORD_AWAITED && c.is_alphanumeric();
                if first || in_word { String::new() } else { self.join(text) }
            }
            Stage::Decided => String::new(),
        }
    }

    /// Decides the stage with what there is.
    fn conclude(&mut self, cut_off: bool, text: &mut String) -> String {
        match &self.stage {
            Stage::Preambles => self.lead(true),
            Stage::Quotation { mark, closed, .. } => {
                let (mark, closed) = (*mark, *closed);
                self.unquote(mark, closed, cut_off)
            }
            Stage::Repeating(overlap) if overlap.is_all_but(CLOSING) => {
                (self.repeated, self.repeated_whole) = (true, true);
                self.held.clear();
                self.stage = Stage::Decided;
                String::new()
            }
            Stage::Repeating(overlap) if overlap.contained() && overlap.repeated(&self.held).is_none() => {
                self.repeated = true;
                self.held.clear();
                self.stage = Stage::Decided;
                String::new()
            }
            Stage::Repeating(_) => self.take_off_repeated(),
            Stage::Joining => self.join(text),
            Stage::Decided => String::new(),
        }
    }

    fn lead(&mut self, whole: bool) -> String {
        let bytes = match self.scene.preamble(&self.held, whole, self.announced) {
            Preamble::Unknown if self.held.len() > LONGEST_PREAMBLE => return self.compare(),
            Preamble::Unknown => return String::new(),
            Preamble::None => return self.compare(),
            Preamble::Quotation(mark) => {
                self.stage = Stage::Quotation { mark, characters: 1, closed: false };
                return String::new();
            }
            Preamble::Chatter(bytes) => bytes,
            Preamble::Interjection(bytes) => {
                self.announced = true;
                bytes
            }
            Preamble::Fence(bytes) => {
                // One is enough: what follows is code.
                self.in_fence = true;
                self.scene.in_fence = true;
                bytes
            }
        };
        let held = std::mem::take(&mut self.held);
        held.get(bytes..).unwrap_or_default().to_owned()
    }

    /// There is no (further) preamble: compares what is held with the accepted text.
    fn compare(&mut self) -> String {
        self.stage = Stage::Repeating(Box::new(Overlap::new(&self.accepted)));
        std::mem::take(&mut self.held)
    }

    /// Handles a reply that ended within quotation marks: removes them if they surround everything.
    fn unquote(&mut self, mark: char, closed: bool, cut_off: bool) -> String {
        let said = self.held.trim_start();
        let inner = said.char_indices().nth(1).and_then(|(start, _)| said.get(start..)).unwrap_or_default().to_owned();
        let around = if closed {
            inner.trim_end().strip_suffix(mark).map(str::to_owned)
        } else {
            // The closing mark may have been cut off.
            (cut_off && (inner.starts_with(' ') || self.repeats(&inner))).then_some(inner)
        };
        if let Some(inner) = around {
            self.held = inner;
        }
        self.compare()
    }

    fn repeats(&self, reply: &str) -> bool {
        let mut overlap = Overlap::new(&self.accepted);
        let mut end = 0;
        let alive = reply.chars().all(|c| {
            end += c.len_utf8();
            overlap.push(c, end)
        });
        overlap.repeated(reply).is_some() || (alive && overlap.contained())
    }

    fn take_off_repeated(&mut self) -> String {
        let held = std::mem::take(&mut self.held);
        let Stage::Repeating(overlap) = &self.stage else { return held };
        let Some(end) = overlap.repeated(&held) else {
            self.stage = Stage::Joining;
            return held;
        };
        self.repeated_whole = overlap.is_all(&held, end);
        self.stage = Stage::Decided;
        self.repeated = true;
        let rest = held.get(end..).unwrap_or_default();
        without_space_that_is_there(&self.accepted, rest).to_owned()
    }

    fn join(&mut self, text: &mut String) -> String {
        let held = std::mem::take(&mut self.held);
        let word: String = held.chars().take_while(|c| c.is_alphanumeric()).collect();
        if space_lost(&self.accepted, &self.scene, &word) {
            text.push(' ');
        }
        self.stage = Stage::Decided;
        held
    }
}

/// What follows a repetition, without leading white space that the accepted text already ends with.
fn without_space_that_is_there<'a>(accepted: &str, rest: &'a str) -> &'a str {
    let space = accepted.get(accepted.trim_end().len()..).unwrap_or_default();
    if let Some(rest) = rest.strip_prefix(space) {
        return rest;
    }
    // Spaces at the end of a line carry no meaning.
    let rest = rest.trim_start_matches(' ');
    space.matches('\n').fold(rest, |rest, line_break| rest.strip_prefix(line_break).unwrap_or(rest))
}
