//! How much of a reply's start repeats the accepted text: the longest end of the text that the reply starts with.
//!
//! White space does not count, since replies rarely repeat it exactly. Short repetitions are language ("ha ha") and stay.

/// Characters at the end of the accepted text in which a repetition may start; besides, it may start where the text does.
const WINDOW: usize = 200;
/// Visible characters from which any repetition counts.
const LONG: usize = 8;
/// Visible characters from which a repetition of the whole text counts, in whole words.
const WHOLE: usize = 4;
/// Visible characters from which a reply counts as repetition that is all of the text and ends with it.
const ALL: usize = 2;
/// Visible characters from which a reply counts as repetition that ends before the accepted text does.
const CONTAINED: usize = 20;

/// A comparison under way.
#[derive(Debug, Clone)]
pub(super) struct Overlap {
    /// The visible characters of the accepted text, and whether white space or the start is before each.
    accepted: Vec<(char, bool)>,
    /// Where in it a repetition may have started that matches so far.
    alive: Vec<usize>,
    /// Visible characters of the reply.
    matched: usize,
    /// Repetitions that reached the end of the accepted text, shortest first: their visible characters, and the byte of the
    /// reply after them.
    complete: Vec<(usize, usize)>,
}

impl Overlap {
    pub(super) fn new(accepted: &str) -> Self {
        let characters = accepted.chars().count();
        let mut visible = Vec::new();
        let (mut after_space, mut window) = (true, None);
        for (place, c) in accepted.chars().enumerate() {
            if place + WINDOW >= characters {
                window.get_or_insert(visible.len());
            }
            if !c.is_whitespace() {
                visible.push((c, after_space));
            }
            after_space = c.is_whitespace();
        }
        let alive = std::iter::once(0).chain(window.unwrap_or(0).max(1)..visible.len()).collect();
        Self { accepted: visible, alive, matched: 0, complete: Vec::new() }
    }

    /// Takes a character of the reply, which ends before byte `end`, and says whether more may still match.
    pub(super) fn push(&mut self, c: char, end: usize) -> bool {
        if c.is_whitespace() {
            return true;
        }
        let (accepted, matched) = (&self.accepted, self.matched);
        self.alive.retain(|start| accepted.get(start + matched).is_some_and(|(expected, _)| *expected == c));
        self.matched += 1;
        if self.alive.iter().any(|start| start + self.matched == self.accepted.len()) {
            self.complete.push((self.matched, end));
        }
        !self.alive.is_empty()
    }

    /// The byte of the reply after the longest repetition that counts.
    pub(super) fn repeated(&self, reply: &str) -> Option<usize> {
        let counts = |&(length, end): &(usize, usize)| {
            let within_word = reply.get(end..).and_then(|rest| rest.chars().next()).is_some_and(char::is_alphanumeric);
            length >= LONG || (!within_word && self.is_phrase(length))
        };
        self.complete.iter().rev().find(|complete| counts(complete)).map(|(_, end)| *end)
    }

    /// Whether a whole reply lies within the accepted text: it started again, and was cut off before it came to the end.
    pub(super) fn contained(&self) -> bool {
        let enough = |start: &usize| self.matched >= if *start == 0 { LONG } else { CONTAINED };
        self.alive.iter().any(enough)
    }

    /// Whether the reply up to this byte repeats all of the accepted text.
    pub(super) fn is_all(&self, reply: &str, end: usize) -> bool {
        let visible = reply.get(..end).unwrap_or_default().chars().filter(|c| !c.is_whitespace()).count();
        visible == self.accepted.len()
    }

    /// Whether a whole reply is all of the accepted text, but for marks of these at its end.
    pub(super) fn is_all_but(&self, marks: &[char]) -> bool {
        let left = self.accepted.get(self.matched..).unwrap_or_default();
        self.matched >= ALL && self.alive.contains(&0) && left.iter().all(|(c, _)| marks.contains(c))
    }

    /// Whether the last visible characters are two different words or more, or the whole text and no repetition in itself.
    fn is_phrase(&self, length: usize) -> bool {
        let start = self.accepted.len().saturating_sub(length);
        let end = self.accepted.get(start..).unwrap_or_default();
        let mut words: Vec<String> = Vec::new();
        for (c, begins) in end {
            match words.last_mut() {
                Some(word) if !begins => word.push(*c),
                _ => words.push(c.to_string()),
            }
        }
        let differ = words.iter().any(|word| words.first() != Some(word));
        let begins_word = end.first().is_some_and(|(_, begins)| *begins);
        let whole = start == 0 && length >= WHOLE && words.len() == 1;
        begins_word && (differ || whole)
    }
}
