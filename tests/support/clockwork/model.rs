//! The stand-in for a model: a text that it writes, a text that it prefers, and a vocabulary that grows.
//!
//! Owns tokens and log-probabilities, which depend only on positions: token number k of an answer is what the model writes there,
//! whatever came before. So a run is the same every time, and its result is known in advance.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Where an answer starts in the template's output.
pub const ANSWER: &str = "<answer>";
const ANSWER_ID: u32 = 1;
/// The token that ends a turn.
pub const END_ID: u32 = 2;
/// The first token of the vocabulary that is text.
const FIRST_ID: u32 = 16;

/// Natural log-probability of what a model prefers, of anything else, and of the end in the wrong place.
pub const LIKED: f64 = -0.1;
const OTHER: f64 = -3.0;
const END_TOO_EARLY: f64 = -6.0;

/// A text by its tokens.
#[derive(Debug, Clone)]
pub enum Tune {
    /// These tokens, then the end.
    Text(Vec<String>),
    /// ` a0; a1; a2;` forever, one token each; the letter tells which member counts. Each is a whole word, so that no segment is
    /// cut back.
    Counting(char),
}

impl Tune {
    /// A text; every word with the space before it is a token.
    pub fn text(text: &str) -> Self {
        Self::Text(split(text).into_iter().map(str::to_owned).collect())
    }

    /// The token at a position; `None` if the answer ends.
    fn token(&self, place: usize) -> Option<String> {
        match self {
            Self::Text(tokens) => tokens.get(place).cloned(),
            Self::Counting(letter) => Some(format!(" {letter}{place};")),
        }
    }
}

/// What a model writes and prefers.
#[derive(Debug)]
pub struct Model {
    says: Tune,
    likes: Tune,
    vocabulary: Mutex<Vocabulary>,
}

#[derive(Debug, Default)]
struct Vocabulary {
    texts: Vec<String>,
    ids: HashMap<String, u32>,
}

impl Model {
    /// A model that writes one text and, as a verifier, prefers another.
    pub fn new(says: Tune, likes: Tune) -> Self {
        Self { says, likes, vocabulary: Mutex::default() }
    }

    /// The tokens of a text. The mark of an answer only has its meaning if `special`.
    pub fn tokens(&self, text: &str, special: bool) -> Vec<u32> {
        let mut ids = Vec::new();
        let parts: Vec<&str> = if special { text.split(ANSWER).collect() } else { vec![text] };
        for (number, part) in parts.into_iter().enumerate() {
            if number > 0 {
                ids.push(ANSWER_ID);
            }
            ids.extend(split(part).into_iter().map(|piece| self.id(piece)));
        }
        ids
    }

    /// The token of a piece of text.
    fn id(&self, piece: &str) -> u32 {
        let mut vocabulary = self.vocabulary.lock().unwrap_or_else(PoisonError::into_inner);
        let next = FIRST_ID + vocabulary.texts.len() as u32;
        if let Some(id) = vocabulary.ids.get(piece) {
            return *id;
        }
        vocabulary.ids.insert(piece.to_owned(), next);
        vocabulary.texts.push(piece.to_owned());
        next
    }

    /// The text of a token; empty for those that are not text.
    pub fn text(&self, id: u32) -> String {
        let vocabulary = self.vocabulary.lock().unwrap_or_else(PoisonError::into_inner);
        let place = id.checked_sub(FIRST_ID).map(|place| place as usize);
        place.and_then(|place| vocabulary.texts.get(place)).cloned().unwrap_or_default()
    }

    /// What the model writes at a position of the answer; the end if it has no more.
    pub fn says(&self, place: usize) -> u32 {
        self.says.token(place).map_or(END_ID, |text| self.id(&text))
    }

    /// Natural log-probability of a token at a position of the answer.
    pub fn logprob(&self, place: usize, id: u32) -> f64 {
        match self.likes.token(place) {
            None if id == END_ID => LIKED,
            Some(liked) if id != END_ID && self.text(id) == liked => LIKED,
            _ if id == END_ID => END_TOO_EARLY,
            None | Some(_) => OTHER,
        }
    }
}

/// How many tokens of an answer are there already.
pub fn place(prompt: &[u32]) -> usize {
    prompt.iter().rev().take_while(|id| **id != ANSWER_ID).count()
}

/// The pieces of a text: every word with the white space before it.
fn split(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
        let end = rest[word..].find(char::is_whitespace).map_or(rest.len(), |end| word + end);
        let (piece, tail) = rest.split_at(end);
        pieces.push(piece);
        rest = tail;
    }
    pieces
}
