//! Fused against single: the run compared with its strongest member, in words and round by round.

use super::super::answer::Answer;
use super::super::prose::{Line, Prose, Tone, fitted, line, wrap};
use super::compared::{difference, summary};
use super::figure;
use crate::display;
use crate::engine::fusion::single::{Against, Fate, Single};
use crate::playground::state::action::Context;
use crate::playground::state::pages::view::{self, Body, View};

/// The page.
pub const VIEW: View = View {
    title: "fused against the best single member",
    width: 96,
    height: view::whole,
    context: Context::Keys,
    hints: |_| view::BY_ROUND,
    body: Body::Lines(|of| prose(of.shown.single, of.shown.answer, of.shown.round.map(|round| round.number), of.width)),
    next: None,
};

/// The comparison of all rounds, in lines of this many columns; `looked_at` is the number of the round that is marked.
#[must_use]
pub fn prose(single: Option<&Single>, answer: &Answer, looked_at: Option<usize>, width: u16) -> Prose {
    let mut prose = Prose::new();
    let Some(single) = single else {
        wrap(&mut prose, Vec::new(), Tone::Dim, "nothing to compare yet: no two members' candidates were scored", width, 0);
        return prose;
    };
    for sentence in summary(single, answer) {
        wrap(&mut prose, Vec::new(), Tone::Plain, &sentence, width, 0);
    }
    let note = "each candidate continues the fused text: what the member would have written alone nobody knows";
    wrap(&mut prose, Vec::new(), Tone::Dim, note, width, 0);
    prose.push(Vec::new());
    let strongest = fitted(answer.name(single.strongest), 8);
    prose.push(line(Tone::Heading, display!("  round  accepted        score  {strongest}   ahead")));
    prose.extend(single.rounds.iter().map(|round| row(round, answer, looked_at == Some(round.number))));
    prose
}

fn row(round: &Against, answer: &Answer, marked: bool) -> Line {
    let number = |score: Option<f64>| score.map_or_else(|| "-".into(), figure);
    let (tone, author) = match round.author {
        Some(author) => (Tone::Member(author.0), display!("{} {}", answer.letter(author), answer.name(author))),
        None => (Tone::Dim, "a person".into()),
    };
    let (meaning, words) = match round.fate {
        Fate::Accepted => (Tone::Dim, "its own"),
        Fate::PassedOver => (Tone::Plain, "another's"),
        Fate::Missing => (Tone::Plain, "another's: it had none"),
        Fate::ByHand => (Tone::Warning, "changed by hand"),
    };
    let mark = if marked { '>' } else { ' ' };
    vec![
        (Tone::Dim, display!("{mark}{:>6}  ", round.number)),
        (tone, fitted(&author, 14)),
        (Tone::Strong, display!("{:>7}", number(round.accepted))),
        (Tone::Plain, display!("{:>10}", number(round.single))),
        (Tone::Plain, display!("{:>8}", number(difference(round)))),
        (meaning, display!("  {words}")),
    ]
}
