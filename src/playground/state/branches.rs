//! The branches of an answer as a list: what each is, and how much it has in common with the current one.

use super::answer::Answer;
use super::picker::{Choice, Item, Picker, PickerKind};
use super::scene::counted;
use super::scene::status::in_force;
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::engine::fusion::event::SegmentId;
use crate::prompts::grade;

/// How many characters of a branch's text are shown.
const LONGEST: usize = 120;

/// The ends of all branches, and the current segment if it is not one of them, in the order of the tree.
#[must_use]
pub fn ends(answer: &Answer) -> Vec<SegmentId> {
    let tree = &answer.run.tree;
    let mut ends = tree.leaves();
    if !ends.contains(&tree.head()) {
        ends.push(tree.head());
    }
    ends.sort_by_cached_key(|end| tree.path(*end));
    ends
}

/// The last round that two branches have in common; 0 is the question.
#[must_use]
pub fn fork(answer: &Answer, one: SegmentId, other: SegmentId) -> usize {
    let tree = &answer.run.tree;
    tree.path(one).iter().zip(&tree.path(other)).take_while(|(one, other)| one == other).count()
}

/// A branch in a few words.
#[must_use]
pub fn named(answer: &Answer, end: SegmentId) -> DisplayText {
    let tree = &answer.run.tree;
    let rounds = tree.path(end).len();
    match tree.node(end).and_then(|node| node.round.accepted.as_ref()) {
        Some(accepted) if accepted.ends => display!("{}, answered", counted(rounds, "round")),
        Some(_) => counted(rounds, "round"),
        None => "the question".into(),
    }
}

/// How much of a branch that is complete is right, where the right answers are known.
fn right(answer: &Answer, end: SegmentId) -> DisplayText {
    let known = &answer.run.header.answers;
    let rounds = answer.run.tree.rounds(end);
    let whole = rounds.last().and_then(|round| round.accepted.as_ref()).is_some_and(|accepted| accepted.ends);
    if known.is_empty() || !whole {
        return DisplayText::new();
    }
    let text: String = rounds.iter().filter_map(|round| round.accepted.as_ref()).map(|accepted| &*accepted.text).collect();
    display!("{}", grade::in_words(grade::found(&text, known), known.len(), true))
}

/// How many rounds of a branch the user decided.
fn steered(answer: &Answer, end: SegmentId) -> DisplayText {
    let rounds = answer.run.tree.rounds(end);
    let chosen = rounds.iter().filter(|round| round.accepted.as_ref().is_some_and(|accepted| accepted.overridden));
    match chosen.count() {
        0 => DisplayText::new(),
        count => display!("{count} by you"),
    }
}

/// The list of branches, or of those to compare with the current one.
#[must_use]
pub fn list(answer: &Answer, kind: PickerKind, choice: impl Fn(SegmentId) -> Choice) -> Vec<Item> {
    let tree = &answer.run.tree;
    let head = tree.head();
    let others = ends(answer).into_iter().filter(|end| kind == PickerKind::Branches || *end != head);
    others
        .map(|end| {
            let common = fork(answer, head, end);
            // What only this branch has; of the current one its end.
            let rounds = tree.rounds(end);
            let skipped = if end == head { rounds.len().saturating_sub(2) } else { common };
            let after = rounds.into_iter().skip(skipped).take(2);
            let text: String =
                after.filter_map(|round| round.accepted.as_ref().map(|accepted| accepted.text.to_string())).collect();
            let text = clean_line(&text);
            let text = text.as_display().first_chars(LONGEST);
            let knobs = tree.node(end).map_or_else(DisplayText::new, |node| in_force(&node.round.params));
            let mark = if end == head { "* " } else { "  " };
            let from = if end == head { "you are here".into() } else { display!("from round {} on", common + 1) };
            Item {
                columns: vec![right(answer, end), from, steered(answer, end), knobs],
                ..Item::new(display!("{mark}{}", named(answer, end)), text, choice(end))
            }
        })
        .collect()
}

/// The list of branches to go to.
#[must_use]
pub fn picker(answer: &Answer) -> Picker {
    Picker::new(PickerKind::Branches, list(answer, PickerKind::Branches, Choice::Branch))
}
