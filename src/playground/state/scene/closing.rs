//! The closing card: what came of a complete answer, in place of a round in which nothing happened but its end.
//!
//! One line a segment, with who wrote it, by which margin and whose vote decided; who wrote how much, who left, what was saved, and
//! how the strongest member compares. Lines only: [`view`](crate::playground::view) places them, and [`Answer::is_closed`] says when.

use unicode_width::UnicodeWidthStr;

use super::super::answer::Answer;
use super::super::glyphs::Glyphs;
use super::super::prose::{Line, Prose, Tone, blanks, fitted, line, wrap};
use super::matrix::{matrix, weights};
use super::usage::about_cost;
use super::{compared, counted, duration, figure};
use crate::clean::{DisplayStr, DisplayText, clean_line};
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::deciding::{Deciding, Votes};
use crate::engine::fusion::event::{ExitReason, Outcome};
use crate::engine::fusion::rate;
use crate::engine::fusion::run::{Departure, Phase, Round};
use crate::engine::fusion::single::Single;
use crate::prompts::grade;

/// Columns before the text of a segment: the author's letter, its bar, a blank.
const HEAD: usize = 3;
/// Columns of the number of a round.
const ROUND: usize = 7;
/// Columns of a margin.
const MARGIN: usize = 8;
/// Columns of whose vote decided.
const DECIDED: usize = 16;
/// Columns of the names of the facts below the segments.
const FACT: u16 = 12;
/// Columns around the bar of a share: the letter before it, a percentage behind.
const AROUND_SHARE: usize = 7;
/// Segments that stay on the card however low it is.
const FEWEST: usize = 3;

/// Keys that help when a limit ended an answer.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    pub tune: &'a str,
    pub go_on: &'a str,
    pub rewind: &'a str,
}

/// What decided a segment.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    tone: Tone,
    margin: Option<f64>,
    by: DisplayText,
}

/// What decided each segment of an answer, one a segment: the same however often the card is drawn.
#[must_use]
pub fn decisions(answer: &Answer) -> Vec<Decision> {
    written(answer).map(|round| decision(answer, round)).collect()
}

/// The card, in lines of this many columns; `height` is how many there is room for: then the segments between the first and the
/// last are counted instead.
#[must_use]
pub fn closing(
    answer: &Answer,
    decisions: &[Decision],
    single: Option<&Single>,
    (glyphs, keys): (Glyphs, Keys<'_>),
    (width, height): (u16, usize),
) -> Prose {
    let shortest = written(answer).count().min(FEWEST);
    let facts = facts(answer, single, (glyphs, keys), (width, height.saturating_sub(shortest + 2)));
    let room = height.saturating_sub(facts.len() + 2).max(FEWEST);
    let row = |(round, decision): (&Round, &Decision)| segment(answer, round, decision, glyphs, usize::from(width));
    let pairs = || written(answer).zip(decisions);
    let count = pairs().count();
    let mut prose = vec![header(usize::from(width))];
    if count <= room {
        prose.extend(pairs().map(row));
    } else {
        prose.extend(pairs().take(room - 2).map(row));
        prose.push(line(Tone::Dim, display!("   {} more segments", count + 1 - room)));
        prose.extend(pairs().last().map(row));
    }
    prose.push(Line::new());
    prose.extend(facts);
    prose
}

/// The rounds whose segment is in the answer.
fn written(answer: &Answer) -> impl Iterator<Item = &Round> {
    answer.run.rounds.iter().map(AsRef::as_ref).filter(|round| round.accepted.is_some() && !round.only_ends())
}

/// The members that wrote something that is in the answer.
fn authors(answer: &Answer) -> Vec<MemberIndex> {
    let wrote = |member: &MemberIndex| {
        written(answer).filter_map(|round| round.accepted.as_ref()).any(|accepted| accepted.author == Some(*member))
    };
    (0..answer.labels.len()).map(MemberIndex).filter(wrote).collect()
}

/// The absences at the end of the answer that the exit rule or a failure made, in the order in which they happened.
pub(super) fn departures(answer: &Answer) -> impl Iterator<Item = &Departure> {
    answer.run.departures().iter().filter(|departure| departure.returned.is_none() && departure.round > 0)
}

fn text_width(width: usize) -> usize {
    width.saturating_sub(HEAD + ROUND + MARGIN + DECIDED).max(10)
}

fn header(width: usize) -> Line {
    let mut header = blanks(HEAD + text_width(width));
    header.push(&right("round", ROUND));
    header.push(&right("won by", MARGIN));
    header.push("  mattered most");
    line(Tone::Dim, header)
}

fn segment(answer: &Answer, round: &Round, decision: &Decision, glyphs: Glyphs, width: usize) -> Line {
    let Some(accepted) = &round.accepted else { return Line::new() };
    let (tone, letter) = match accepted.author {
        Some(author) => (Tone::Member(author.0), answer.letter(author).into()),
        None => (Tone::Differs, DisplayText::from(glyphs.person())),
    };
    let text = clean_line(accepted.text.trim());
    vec![
        (tone, display!("{letter}{} ", glyphs.segment_bar())),
        (Tone::Plain, cut(&text, text_width(width), glyphs)),
        (Tone::Dim, right(&display!("{}", round.number), ROUND)),
        (Tone::Strong, right(&decision.margin.map_or_else(|| "-".into(), won_by), MARGIN)),
        (decision.tone, display!("  {}", cut(&decision.by, DECIDED - 2, glyphs))),
    ]
}

/// A margin, which is nothing only where there is none.
fn won_by(margin: f64) -> DisplayText {
    if margin == 0.0 {
        "a tie".into()
    } else if margin < 0.0005 {
        "<.001".into()
    } else {
        figure(margin)
    }
}

/// By how much a segment won, and what decided that.
fn decision(answer: &Answer, round: &Round) -> Decision {
    let by_hand =
        round.accepted.as_ref().and_then(|accepted| match (accepted.is_written(), accepted.edited, accepted.overridden) {
            (true, _, _) => Some("written by hand"),
            (false, true, _) => Some("edited by hand"),
            (false, false, true) => Some("chosen by hand"),
            (false, false, false) => None,
        });
    if let Some(words) = by_hand {
        return Decision { tone: Tone::Differs, margin: None, by: words.into() };
    }
    if round.ahead.is_some() {
        return Decision { tone: Tone::Dim, margin: None, by: "lazy drafting".into() };
    }
    if !round.is_contested() {
        let agreed = round.candidates().iter().any(|candidate| candidate.authors.len() > 1);
        return Decision { tone: Tone::Dim, margin: None, by: if agreed { "all agreed" } else { "one draft" }.into() };
    }
    let matrix = matrix(answer, round, &round.params);
    let of_members = weights(answer, round);
    let weights: Vec<f64> = matrix.verifiers.iter().map(|verifier| of_members.get(verifier.0).copied().unwrap_or(1.0)).collect();
    let votes =
        Votes { verifiers: &matrix.verifiers, candidates: &matrix.candidates, ranking: &matrix.ranking, weights: &weights };
    let (tone, by) = match Deciding::of(votes, |_| true).as_ref().and_then(Deciding::deciding_vote) {
        Some(vote) => {
            let own = if vote.own { " (own)" } else { "" };
            (Tone::Member(vote.verifier.0), display!("{}{own}", answer.name(vote.verifier)))
        }
        None => (Tone::Dim, "no single vote".into()),
    };
    Decision { tone, margin: matrix.ranking.margin, by }
}

/// What there is to say about the whole answer, each with its name; of the strongest member as much as these lines have room for.
fn facts(answer: &Answer, single: Option<&Single>, (glyphs, keys): (Glyphs, Keys<'_>), (width, lines): (u16, usize)) -> Prose {
    let mut prose = Prose::new();
    prose.push(shares(answer, glyphs, usize::from(width)));
    if let Some(way_on) = way_on(answer, keys) {
        fact(&mut prose, "stopped", Tone::Warning, &way_on, width);
    }
    let left: Vec<DisplayText> = departures(answer).map(|departure| left(answer, departure)).collect();
    if left.is_empty() {
        fact(&mut prose, "who left", Tone::Dim, &"nobody".into(), width);
    } else {
        fact(&mut prose, "who left", Tone::Plain, &DisplayText::joined(&left, "; "), width);
    }
    fact(&mut prose, "it took", Tone::Plain, &took(answer), width);
    let (made, saved) = (answer.run.calls, answer.run.calls_saved());
    let calls = display!(
        "{} ({} saved) and {} ({} saved)",
        counted(made.drafts, "draft"),
        saved.drafts,
        counted(made.scores, "score"),
        saved.scores
    );
    fact(&mut prose, "calls", Tone::Plain, &calls, width);
    if let Some((tone, grade)) = graded(answer) {
        fact(&mut prose, "graded", tone, &grade, width);
    }
    if let Some(single) = single {
        let sentences = compared::summary(single, answer);
        let saying = |sentences: &[DisplayText]| {
            let mut prose = prose.clone();
            fact(&mut prose, "strongest", Tone::Plain, &DisplayText::joined(sentences, "; "), width);
            prose
        };
        let longest_first = (1..=sentences.len()).rev().map(|count| saying(&sentences[..count]));
        prose = longest_first.into_iter().find(|all| all.len() <= lines).unwrap_or(prose);
    }
    prose
}

fn fact(prose: &mut Prose, name: &'static str, tone: Tone, text: &DisplayText, width: u16) {
    let head = vec![(Tone::Dim, fitted(name, usize::from(FACT)))];
    wrap(prose, head, tone, text, width, FACT);
}

/// Who wrote how much of it, as one bar.
fn shares(answer: &Answer, glyphs: Glyphs, width: usize) -> Line {
    let rounds = || answer.run.rounds.iter().filter_map(|round| round.accepted.as_ref());
    let all: usize = rounds().map(|accepted| accepted.tokens).fold(0, usize::saturating_add);
    let of = |author: Option<MemberIndex>| -> usize {
        rounds().filter(|accepted| accepted.author == author).map(|accepted| accepted.tokens).fold(0, usize::saturating_add)
    };
    let mut shares: Vec<(Tone, DisplayText, usize)> = authors(answer)
        .into_iter()
        .map(|author| (Tone::Member(author.0), DisplayText::from(answer.letter(author)), of(Some(author))))
        .collect();
    shares.push((Tone::Differs, glyphs.person().into(), of(None)));
    shares.retain(|(_, _, tokens)| *tokens > 0);
    let alike = alike(answer).map(|alike| display!(" {alike} too")).unwrap_or_default();
    let room = width.saturating_sub(usize::from(FACT) + AROUND_SHARE * shares.len() + alike.width()).min(48);
    let mut line = vec![(Tone::Dim, fitted("who wrote", usize::from(FACT)))];
    for (tone, letter, tokens) in shares {
        let share = tokens as f64 / all.max(1) as f64;
        let bar = glyphs.bar(1.0, ((share * room as f64).round() as u16).max(1));
        line.extend([(tone, display!("{letter}{bar}")), (Tone::Dim, display!(" {:.0}% ", 100.0 * share))]);
    }
    line.push((Tone::Dim, alike));
    line
}

/// How many of its segments others drafted in the same words as the one that is named; `None` where none was.
#[must_use]
pub fn alike(answer: &Answer) -> Option<DisplayText> {
    let shared = written(answer).filter(|round| round.accepted.as_ref().is_some_and(|accepted| accepted.authors.len() > 1));
    let (shared, all) = (shared.count(), written(answer).count());
    (shared > 0).then(|| display!("{shared} of {all} drafted alike by others"))
}

/// Which limit ended it, and how it can be continued.
fn way_on(answer: &Answer, Keys { tune, go_on, rewind }: Keys<'_>) -> Option<DisplayText> {
    let Phase::Finished(outcome) = &answer.run.phase else { return None };
    let limit = limit(answer, outcome)?;
    match outcome {
        Outcome::TokenLimit | Outcome::RoundLimit => Some(display!("{limit}: raise it with `{tune}`, then `{go_on}` goes on")),
        Outcome::ContextLimit => Some(display!("{limit}: `{rewind}` takes segments back")),
        Outcome::Answered | Outcome::Stopped | Outcome::NoMembers { .. } => None,
    }
}

/// Which limit ended an answer.
#[must_use]
pub fn limit(answer: &Answer, outcome: &Outcome) -> Option<DisplayText> {
    let params = &answer.run.params;
    match outcome {
        Outcome::TokenLimit => Some(display!("at max-tokens, {}", params.max_tokens)),
        Outcome::RoundLimit => Some(display!("at max-rounds, {}", params.max_rounds)),
        Outcome::ContextLimit => Some("the answer fills the context of the last member that could draft".into()),
        Outcome::Answered | Outcome::Stopped | Outcome::NoMembers { .. } => None,
    }
}

fn left(answer: &Answer, departure: &Departure) -> DisplayText {
    let (letter, name) = (answer.letter(departure.member), answer.name(departure.member));
    let reason = match &departure.reason {
        ExitReason::Retention { retention, threshold } => display!("{} under {}", figure(*retention), figure(*threshold)),
        other @ (ExitReason::Failures { .. }
        | ExitReason::Unusable { .. }
        | ExitReason::Late { .. }
        | ExitReason::NotReady
        | ExitReason::Excluded) => clean_line(&other.in_words()),
    };
    display!("{letter} {name} after round {}: {reason}", departure.round)
}

fn took(answer: &Answer) -> DisplayText {
    let run = &answer.run;
    let worked = answer.idle.worked_ms(run.t_ms);
    let mut parts = vec![duration(worked), counted(run.tokens(), "token")];
    parts.extend(rate::tokens_per_second(run.tokens(), worked).map(|rate| display!("{rate:.1}/s")));
    parts.push(counted(answer.rounds(), "round"));
    parts.extend(run.cost().map(|dollars| about_cost(dollars, run.cost_is_guessed())));
    parts.push(display!("seed\u{a0}{}", run.header.seed));
    DisplayText::joined(&parts, " · ")
}

/// Whether the answer is right, and how many right answers each member's own drafts hold, where the right answer is known.
fn graded(answer: &Answer) -> Option<(Tone, DisplayText)> {
    let run = &answer.run;
    let known = &run.header.answers;
    if known.is_empty() {
        return None;
    }
    let (found, of) = (grade::found(&run.answer(), known), known.len());
    let tone = match (found == of, run.is_whole()) {
        (true, _) => Tone::Good,
        (false, true) => Tone::Bad,
        (false, false) => Tone::Plain,
    };
    let own = |member: MemberIndex| -> usize {
        let drafts: Vec<&str> =
            run.rounds.iter().filter_map(|round| round.candidate_of(member)).map(|candidate| &*candidate.text).collect();
        let text = drafts.concat();
        known.iter().filter(|answer| grade::found(&text, std::slice::from_ref(answer)) == 1).count()
    };
    let drafters = (0..answer.labels.len()).filter(|place| answer.labels[*place].drafts).map(MemberIndex);
    let own: Vec<DisplayText> = drafters.map(|member| display!("{}\u{a0}{}", answer.letter(member), own(member))).collect();
    Some((
        tone,
        display!(
            "{}; in the drafts of one member alone: {}",
            grade::in_words(found, of, run.is_whole()),
            DisplayText::joined(&own, ", ")
        ),
    ))
}

/// A text at the right of its columns.
fn right<'a>(text: impl Into<DisplayStr<'a>>, columns: usize) -> DisplayText {
    let text = text.into();
    display!("{}{text}", blanks(columns.saturating_sub(text.width())))
}

/// A text in exactly this many columns, with a mark where it is cut.
pub(super) fn cut(text: &DisplayText, columns: usize, glyphs: Glyphs) -> DisplayText {
    if text.width() <= columns {
        return fitted(text, columns);
    }
    display!("{}{}", fitted(text, columns.saturating_sub(1)), glyphs.ellipsis())
}
