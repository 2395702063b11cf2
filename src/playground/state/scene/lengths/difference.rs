//! What differs between the lengths, in one sentence: whether they say the same, whether that is right, and what it took.

use std::sync::Arc;

use super::super::super::lengths::{Column, LengthComparison, Stage};
use super::super::super::prose::Tone;
use super::super::memo::lengths::{Kept, KeptLengths};
use super::super::{counted, listed};
use crate::clean::{DisplayText, clean};
use crate::display;

/// From how many times the rounds on the difference is worth saying.
const WORTH: f64 = 1.5;

/// A whole answer, as far as the sentence needs it.
#[derive(Debug, Clone)]
struct Whole {
    name: DisplayText,
    text: Arc<str>,
    /// Whether it is right, if that is known.
    right: Option<bool>,
    rounds: usize,
}

impl Whole {
    fn of(column: &Column, kept: &mut Kept) -> Option<Self> {
        let answer = column.answer.as_ref().filter(|_| column.stage == Stage::Over)?;
        let (said, known) = (kept.said(&answer.run), answer.run.header.answers.len());
        Some(Self {
            name: column.length.name(),
            right: (known > 0).then_some(said.found == known),
            text: Arc::clone(&said.text),
            rounds: answer.rounds(),
        })
    }
}

/// What differs, or how far the runs are.
pub(super) fn sentence(comparison: &LengthComparison, kept: &mut KeptLengths) -> (Tone, DisplayText) {
    if comparison.is_going() {
        let over = comparison.columns.iter().filter(|column| !column.is_going()).count();
        return (Tone::Dim, display!("{over} of {} done", counted(comparison.columns.len(), "run")));
    }
    let whole: Vec<Whole> = comparison.columns.iter().zip(kept).filter_map(|(column, kept)| Whole::of(column, kept)).collect();
    match whole.as_slice() {
        [] => (Tone::Warning, "no run has a whole answer".into()),
        [only] => (Tone::Warning, display!("only {} has a whole answer", only.name)),
        all => {
            let parts = [Some(said(all)), right(all), rounds(all)];
            (Tone::Good, DisplayText::joined(&parts.into_iter().flatten().collect::<Vec<_>>(), "; "))
        }
    }
}

/// Which of them say the same.
fn said(all: &[Whole]) -> DisplayText {
    let alike = |one: &Whole| all.iter().filter(|other| other.text == one.text).count();
    let shared: Vec<&Whole> = all.iter().filter(|one| alike(one) > 1).collect();
    let others: Vec<&Whole> = all.iter().filter(|one| alike(one) == 1).collect();
    match (shared.len(), others.as_slice()) {
        (0, _) => display!("{} give different answers", names(all.iter())),
        (_, []) if all.len() > 2 => "the same answer at every length".into(),
        (_, []) => display!("{} give the same answer", names(all.iter())),
        (_, others) => {
            display!("{} give the same answer, {} another", names(shared.iter().copied()), names(others.iter().copied()))
        }
    }
}

/// Which of them are right, where that is known.
fn right(all: &[Whole]) -> Option<DisplayText> {
    all.iter().all(|one| one.right.is_some()).then_some(())?;
    let right: Vec<&Whole> = all.iter().filter(|one| one.right == Some(true)).collect();
    Some(match right.as_slice() {
        [] => "none is right".into(),
        [only] => display!("only {} is right", only.name),
        several if several.len() == all.len() => "all are right".into(),
        several => display!("{} are right", names(several.iter().copied())),
    })
}

/// Which took how much more rounds.
fn rounds(all: &[Whole]) -> Option<DisplayText> {
    let most = all.iter().max_by_key(|one| one.rounds)?;
    let fewest = all.iter().min_by_key(|one| one.rounds)?;
    let times = most.rounds as f64 / fewest.rounds.max(1) as f64;
    Some(if most.rounds == fewest.rounds {
        "each took as many rounds".into()
    } else if times < WORTH {
        display!("{} to {} rounds", fewest.rounds, most.rounds)
    } else if times < 3.0 {
        display!("{} took {times:.1}× the rounds of {}", most.name, fewest.name)
    } else {
        display!("{} took {times:.0}× the rounds of {}", most.name, fewest.name)
    })
}

fn names<'a>(of: impl Iterator<Item = &'a Whole>) -> DisplayText {
    let names: Vec<&str> = of.map(|one| one.name.as_str()).collect();
    // They were made here, of plain letters.
    clean(&listed(&names))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(name: &str, text: &str, right: Option<bool>, rounds: usize) -> Whole {
        Whole { name: clean(name), text: text.into(), right, rounds }
    }

    #[test]
    fn what_is_said_alike_is_named_together() {
        let three = |texts: [&str; 3]| {
            let names = ["one sentence", "10 tokens", "3 tokens"];
            let all: Vec<Whole> = names.into_iter().zip(texts).map(|(name, text)| whole(name, text, None, 1)).collect();
            (said(&all).to_string(), said(&all[..2]).to_string())
        };
        assert_eq!(three(["a", "a", "a"]).0, "the same answer at every length");
        assert_eq!(three(["a", "a", "b"]).0, "one sentence and 10 tokens give the same answer, 3 tokens another");
        assert_eq!(three(["b", "a", "a"]).0, "10 tokens and 3 tokens give the same answer, one sentence another");
        assert_eq!(three(["a", "b", "c"]).0, "one sentence, 10 tokens and 3 tokens give different answers");
        assert_eq!(three(["a", "a", "b"]).1, "one sentence and 10 tokens give the same answer");
        assert_eq!(three(["a", "b", "b"]).1, "one sentence and 10 tokens give different answers");
    }

    #[test]
    fn who_is_right_is_said_only_if_it_is_known_of_each() {
        let told = |right: [Option<bool>; 3]| {
            let all: Vec<Whole> = ["A", "B", "C"].into_iter().zip(right).map(|(name, right)| whole(name, "", right, 1)).collect();
            self::right(&all).map(|text| text.to_string())
        };
        let (yes, no) = (Some(true), Some(false));
        assert_eq!(told([yes, yes, None]), None);
        assert_eq!(told([no, no, no]).unwrap(), "none is right");
        assert_eq!(told([no, yes, no]).unwrap(), "only B is right");
        assert_eq!(told([yes, no, yes]).unwrap(), "A and C are right");
        assert_eq!(told([yes, yes, yes]).unwrap(), "all are right");
    }

    #[test]
    fn rounds_are_compared_where_they_differ_much() {
        let told = |counts: [usize; 3]| {
            let all: Vec<Whole> =
                ["A", "B", "C"].into_iter().zip(counts).map(|(name, rounds)| whole(name, "", None, rounds)).collect();
            rounds(&all).unwrap().to_string()
        };
        assert_eq!(told([4, 4, 4]), "each took as many rounds");
        assert_eq!(told([4, 5, 5]), "4 to 5 rounds");
        assert_eq!(told([4, 6, 7]), "C took 1.8× the rounds of A");
        assert_eq!(told([4, 6, 16]), "C took 4× the rounds of A");
        assert_eq!(told([0, 6, 16]), "C took 16× the rounds of A", "a run without a round is no division by nothing");
    }
}
