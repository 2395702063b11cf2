//! How much of a reply's start repeats the accepted text: the longest end of the text that the reply starts with.
//!
//! White space does not count, since replies rarely repeat it exactly. Short repetitions are normal language ("ha ha") and stay.

/// A repetition may start within this many characters of the end of the accepted text, or at the start of the text.
const WINDOW: usize = 200;
/// The minimum visible characters for any repetition to count.
const LONG: usize = 8;
/// The minimum visible characters for a repetition of the whole text, in whole words, to count.
const WHOLE: usize = 4;
/// The minimum visible characters for a reply that is all of the text and ends with it to count as a repetition.
const ALL: usize = 2;
/// The minimum visible characters for a reply that ends before the accepted text does to count as a repetition.
const CONTAINED: usize = 20;

/// A comparison in progress.
#[derive(Debug, Clone)]
pub(super) struct Overlap {
    /// The visible characters of the accepted text, each with whether white space or the start precedes it.
    accepted: Vec<(char, bool)>,
    /// Possible starts of a repetition that match so far.
    alive: Vec<usize>,
    /// The reply's visible characters so far.
    matched: usize,
    /// Repetitions that reached the end of the accepted text, shortest first: their visible characters, and the end of each in
    /// the reply in bytes.
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

    /// Takes a character of the reply, which ends before byte `end`; returns whether more may still match.
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

    /// The end in the reply, in bytes, of the longest repetition that counts.
    pub(super) fn repeated(&self, reply: &str) -> Option<usize> {
        let counts = |&(length, end): &(usize, usize)| {
            let within_word = reply.get(end..).and_then(|rest| rest.chars().next()).is_some_and(char::is_alphanumeric);
            length >= LONG || (!within_word && self.is_phrase(length))
        };
        self.complete.iter().rev().find(|complete| counts(complete)).map(|(_, end)| *end)
    }

    /// Whether a whole reply is contained in the accepted text: it started over, and was cut off before it came to the end.
    pub(super) fn contained(&self) -> bool {
        let enough = |start: &usize| self.matched >= if *start == 0 { LONG } else { CONTAINED };
        self.alive.iter().any(enough)
    }

    /// Whether the reply up to this byte repeats all of the accepted text.
    pub(super) fn is_all(&self, reply: &str, end: usize) -> bool {
        let visible = reply.get(..end).unwrap_or_default().chars().filter(|c| !c.is_whitespace()).count();
        visible == self.accepted.len()
    }

    /// Whether a whole reply is all of the accepted text, except for these marks at its end.
    pub(super) fn is_all_but(&self, marks: &[char]) -> bool {
        let left = self.accepted.get(self.matched..).unwrap_or_default();
        self.matched >= ALL && self.alive.contains(&0) && left.iter().all(|(c, _)| marks.contains(c))
    }

    /// Whether the last visible characters are at least two different words, or the whole text if it does not repeat itself.
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
