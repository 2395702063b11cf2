//! How the verifiers read the winner and the runner-up, token by token.

use super::super::chance;
use super::Subject;
use crate::clean::{Cleaner, DisplayText, clean, clean_line};
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::reading::{ReadToken, Reading, TokenText, reading};

/// A verifier's reading of a candidate, fit to show.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// Who.
    pub verifier: MemberIndex,
    /// Whether it drafted it.
    pub own: bool,
    /// Its score under the rule in force, before normalisation.
    pub score: Option<f64>,
    /// Each token with its probability: its text where that is known, else the probability as a number.
    pub tokens: Vec<(DisplayText, f64)>,
    /// Whether the texts are known.
    pub known: bool,
    /// The least probable token in words, with its probability.
    pub least: Option<(DisplayText, f64)>,
}

/// How a candidate was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Readings {
    /// The candidate, counted from the best.
    pub place: usize,
    /// Whether it is the one that was accepted, or that leads.
    pub wins: bool,
    /// Every verifier that told its tokens' probabilities.
    pub read: Vec<Read>,
}

/// The winner, then the best of the others.
pub(super) fn readings(subject: &Subject<'_>) -> Vec<Readings> {
    let place_of = |column: usize| subject.order().iter().position(|other| *other == column);
    let winner = subject.winner.and_then(place_of);
    let runner_up = (0..subject.order().len()).find(|place| Some(*place) != winner);
    let both = [winner.map(|place| (place, true)), runner_up.map(|place| (place, false))];
    both.into_iter()
        .flatten()
        .map(|(place, wins)| Readings { place, wins, read: reads(subject, subject.order()[place]) })
        .collect()
}

fn reads(subject: &Subject<'_>, column: usize) -> Vec<Read> {
    let candidate = &subject.matrix.candidates[column];
    let read = |verifier: &MemberIndex| {
        let reading = reading(&subject.answer.run.members, subject.round, *verifier, candidate)?;
        let known = reading.knows_texts();
        let mut cleaner = Cleaner::default();
        let mut shown = |token: &ReadToken| match &token.text {
            TokenText::Known(text) => without_breaks(&cleaner.push(text)),
            TokenText::End => " [end]".into(),
            TokenText::Unknown => display!("{} ", chance(token.probability())),
        };
        Some(Read {
            verifier: *verifier,
            own: candidate.authors.contains(verifier),
            score: reading.score(subject.round.params.scoring, candidate.characters),
            tokens: reading.tokens.iter().map(|token| (shown(token), token.probability())).collect(),
            known,
            least: reading.least().map(|(place, token)| (in_words(&reading, place, token, &candidate.text), token.probability())),
        })
    };
    subject.matrix.verifiers.iter().filter_map(read).collect()
}

/// A token as a sentence names it. Where nobody knows what it is, its place counts, and the word that stands about there.
fn in_words(reading: &Reading, place: usize, token: &ReadToken, text: &str) -> DisplayText {
    match &token.text {
        TokenText::End => "the end".into(),
        TokenText::Unknown => {
            let count = reading.tokens.iter().filter(|token| token.text != TokenText::End).count();
            let near =
                word_near(text, place, count).map_or_else(DisplayText::new, |word| display!(", near `{}`", clean_line(word)));
            display!("token {} of {count}{near}", place + 1)
        }
        TokenText::Known(text) if text.is_empty() => "a part of a character".into(),
        TokenText::Known(text) if text.trim().is_empty() && text.contains('\n') => "a line break".into(),
        TokenText::Known(text) => display!("`{}`", without_breaks(&clean(text))),
    }
}

fn without_breaks(text: &DisplayText) -> DisplayText {
    display!("{}", text.replace('\n', " "))
}

/// The word about where token `place` of `count` stands, if tokens are of about the same length.
fn word_near(text: &str, place: usize, count: usize) -> Option<&str> {
    let middle = (place as f64 + 0.5) / count.max(1) as f64 * text.len() as f64;
    let mut end = 0;
    let words = text.split_inclusive(char::is_whitespace).map(|piece| {
        let begin = end;
        end += piece.len();
        (begin as f64, end as f64, piece.trim_end())
    });
    let distance = |(begin, end, _): &(f64, f64, &str)| (begin - middle).max(middle - end).max(0.0);
    let words = words.filter(|(_, _, word)| !word.is_empty());
    words.min_by(|one, other| distance(one).total_cmp(&distance(other))).map(|(_, _, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_near_a_token_is_where_it_stands() {
        let text = " The capital of Japan is Bern.";
        assert_eq!([0, 3, 9].map(|place| word_near(text, place, 10)), [Some("The"), Some("capital"), Some("Bern.")]);
        assert_eq!(word_near("", 0, 0), None);
        assert_eq!(word_near(" \n", 4, 2), None);
    }
}
