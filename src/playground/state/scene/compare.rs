//! Two branches of an answer, or two runs, side by side: round by round where they differ, and their figures.

use std::sync::Arc;

use unicode_width::UnicodeWidthStr;

use super::super::answer::Answer;
use super::super::branches;
use super::super::flow::Flow;
use super::super::overlay::Against;
use super::super::prose::{self, Line, Prose, Tone, blanks, line, wrap};
use super::usage::about_cost;
use super::{counted, duration, figure};
use crate::clean::{DisplayText, clean};
use crate::display;
use crate::engine::fusion::branch::Figures;
use crate::engine::fusion::difference::{Stretch, difference};
use crate::engine::fusion::params::{Choice, KNOBS, Params};
use crate::engine::fusion::run::Round;
use crate::playground::state::action::Context;
use crate::playground::state::pages::view::{self, Body, View};
use crate::prompts::grade;

/// The page.
pub const VIEW: View = View {
    title: "side by side",
    width: 160,
    height: view::whole,
    context: Context::Keys,
    hints: |_| view::READING,
    body: Body::Lines(|of| match &of.shown.state.looking.against {
        Some(against) => prose(of.shown.answer, against, of.width),
        None => Prose::new(),
    }),
    next: None,
};

/// Columns between the two sides.
const GAP: &str = " | ";
/// Columns of a figure's name.
const NAMES: usize = 22;

/// One of the two.
struct Side<'a> {
    answer: &'a Answer,
    title: DisplayText,
    rounds: Vec<Arc<Round>>,
}

/// What is shown of the answer that is read and of what it is compared with.
#[must_use]
pub fn prose(answer: &Answer, against: &Against, width: u16) -> Prose {
    let here = answer.run.tree.head();
    let left = Side {
        answer,
        title: display!("this branch: {}", branches::named(answer, here)),
        rounds: answer.run.rounds.iter().filter(|round| round.accepted.is_some()).cloned().collect(),
    };
    let (right, common) = match against {
        Against::Branch(end) => {
            let title = display!("the other: {}", branches::named(answer, *end));
            (Side { answer, title, rounds: answer.run.tree.rounds(*end) }, branches::fork(answer, here, *end))
        }
        Against::Recorded(recorded) => {
            let rounds = recorded.answer.run.rounds.iter().filter(|round| round.accepted.is_some()).cloned().collect();
            (Side { answer: &recorded.answer, title: recorded.file.clone(), rounds }, 0)
        }
    };
    let mut prose = Prose::new();
    if common > 0 {
        let shared: DisplayText = left.rounds[..common].iter().map(text).collect();
        let head = vec![(Tone::Dim, display!("{} in common: ", counted(common, "round")))];
        wrap(&mut prose, head, Tone::Plain, shared.as_display().trim_start(), width, 2);
        prose.push(Vec::new());
    }
    if left.rounds.iter().map(text).collect::<DisplayText>() == right.rounds.iter().map(text).collect::<DisplayText>() {
        prose.extend([line(Tone::Warning, "identical: both answers say the same, word for word"), Vec::new()]);
    }
    let column = usize::from(width).saturating_sub(GAP.len()) / 2;
    prose.push(beside(
        vec![(Tone::Heading, shortened(&left.title, column))],
        vec![(Tone::Heading, shortened(&right.title, column))],
        column,
    ));
    rounds(&mut prose, &left, &right, common, column);
    let legend = vec![(Tone::Differs, "underlined".into()), (Tone::Dim, ": what the other side does not have there".into())];
    prose.extend([Vec::new(), legend, Vec::new()]);
    prose.extend(figures(&left, &right, width));
    prose
}

/// The text of a round as it is shown.
fn text(round: &Arc<Round>) -> DisplayText {
    round.accepted.as_ref().map(|accepted| clean(&accepted.text)).unwrap_or_default()
}

fn shortened(text: &DisplayText, columns: usize) -> DisplayText {
    let mut used = 0;
    let fitting = text.chars().take_while(|character| {
        used += character.to_string().width();
        used <= columns
    });
    text.as_display().first_chars(fitting.count()).into()
}

fn rounds(prose: &mut Prose, left: &Side<'_>, right: &Side<'_>, common: usize, column: usize) {
    let texts = |side: &Side<'_>| -> Vec<DisplayText> { side.rounds.iter().skip(common).map(text).collect() };
    let (lefts, rights) = (texts(left), texts(right));
    let (left_stretches, right_stretches) = difference(&lefts.concat(), &rights.concat());
    let (mut left_cells, mut right_cells) = (by_round(&lefts, &left_stretches), by_round(&rights, &right_stretches));
    let count = left_cells.len().max(right_cells.len());
    left_cells.resize(count, Vec::new());
    right_cells.resize(count, Vec::new());
    for (place, (one, other)) in left_cells.iter().zip(&right_cells).enumerate() {
        let one = cell(left, common + place, one, column);
        let other = cell(right, common + place, other, column);
        let rows = one.len().max(other.len());
        let (mut one, mut other) = (one.into_iter(), other.into_iter());
        for _ in 0..rows {
            prose.push(beside(one.next().unwrap_or_default(), other.next().unwrap_or_default(), column));
        }
    }
}

/// Stretches parted where the rounds' texts end.
fn by_round(texts: &[DisplayText], stretches: &[Stretch]) -> Vec<Vec<Stretch>> {
    let mut waiting = stretches.iter().cloned();
    let mut current: Option<Stretch> = None;
    let take = |text: &DisplayText| {
        let mut room = text.len();
        let mut parts = Vec::new();
        while room > 0 {
            let Some(mut stretch) = current.take().or_else(|| waiting.next()) else { break };
            if stretch.text.len() > room && stretch.text.is_char_boundary(room) {
                let rest = stretch.text.split_off(room);
                current = Some(Stretch { text: rest, differs: stretch.differs });
            }
            room = room.saturating_sub(stretch.text.len());
            parts.push(stretch);
        }
        parts
    };
    texts.iter().map(take).collect()
}

/// A round in one column: its number and author, then its text with what differs marked.
fn cell(side: &Side<'_>, place: usize, stretches: &[Stretch], column: usize) -> Vec<Line> {
    let Some(accepted) = side.rounds.get(place).and_then(|round| round.accepted.as_ref()) else { return Vec::new() };
    let author = match accepted.author {
        Some(author) => (Tone::Member(author.0), side.answer.letter(author).into()),
        None => (Tone::Strong, "@".into()),
    };
    let head = vec![(Tone::Dim, display!("{:>3} ", place + 1)), author, (Tone::Plain, " ".into())];
    let mut flow = Flow::new(column.saturating_sub(6).max(1) as u16);
    for (tag, stretch) in stretches.iter().enumerate() {
        let text = if tag == 0 { stretch.text.trim_start() } else { &stretch.text };
        flow.push(&clean(text), tag as u32);
    }
    let tone = |tag: u32| match stretches.get(tag as usize) {
        Some(stretch) if stretch.differs => Tone::Differs,
        Some(_) | None => Tone::Plain,
    };
    let end = if accepted.ends { " (end)" } else { "" };
    let mut lines: Vec<Line> = (0..flow.lines().max(1))
        .map(|number| {
            let mut line = if number == 0 { head.clone() } else { vec![(Tone::Plain, blanks(6))] };
            if number < flow.lines() {
                line.extend(flow.line(number).map(|piece| (tone(piece.tag), piece.text.into())));
            }
            line
        })
        .collect();
    if let Some(last) = lines.last_mut()
        && flow.is_empty()
    {
        last.push((Tone::Dim, end.trim_start().into()));
    }
    lines
}

/// Two lines beside each other.
fn beside(left: Line, right: Line, column: usize) -> Line {
    prose::beside([left, right], column, GAP)
}

fn figures(left: &Side<'_>, right: &Side<'_>, width: u16) -> Prose {
    let (one, other) = (Figures::of(&left.answer.run, &left.rounds), Figures::of(&right.answer.run, &right.rounds));
    let mut rows: Vec<(DisplayText, DisplayText, DisplayText)> = Vec::new();
    let mut row = |name: &'static str, of: &dyn Fn(&Figures) -> DisplayText| rows.push((name.into(), of(&one), of(&other)));
    row("rounds", &|figures| display!("{}{}", figures.rounds, if figures.ended { "" } else { ", not finished" }));
    row("of them unanimous", &|figures| display!("{}", figures.unanimous));
    if one.steered + other.steered > 0 {
        row("of them steered", &|figures| display!("{}", figures.steered));
    }
    let known = [left, right].into_iter().map(|side| &side.answer.run.header.answers).find(|answers| !answers.is_empty());
    if let Some(answers) = known {
        let graded = |side: &Side<'_>, figures: &Figures| {
            let text: String =
                side.rounds.iter().filter_map(|round| round.accepted.as_ref()).map(|accepted| &*accepted.text).collect();
            display!("{}", grade::in_words(grade::found(&text, answers), answers.len(), figures.ended))
        };
        rows.push(("as the answers go".into(), graded(left, &one), graded(right, &other)));
    }
    let mut row = |name: &'static str, of: &dyn Fn(&Figures) -> DisplayText| rows.push((name.into(), of(&one), of(&other)));
    row("tokens", &|figures| display!("{}", figures.tokens));
    row("mean score", &|figures| {
        let rule = figures.rule.map_or("several rules", Choice::name);
        figures.mean_score.map_or_else(|| "-".into(), |score| display!("{} ({rule})", figure(score)))
    });
    row("calls", &|figures| display!("{} drafts, {} scorings", figures.drafts, figures.scores));
    row("time worked", &|figures| duration(figures.worked_ms));
    if one.cost.is_some() || other.cost.is_some() {
        row("cost", &|figures| figures.cost.map_or_else(|| "-".into(), |cost| about_cost(cost, figures.cost_is_guessed)));
    }
    if one.rule != other.rule {
        rows.push((DisplayText::new(), "scores of different rules".into(), "cannot be held together".into()));
    }
    authors(&mut rows, (left, &one), (right, &other));
    knobs(&mut rows, left, right);
    let mut prose = vec![line(Tone::Heading, "figures")];
    let column = usize::from(width).saturating_sub(NAMES + GAP.len()) / 2;
    prose.extend(rows.into_iter().map(|(name, one, other)| {
        let tone = if one == other { Tone::Plain } else { Tone::Strong };
        let mut whole = vec![(Tone::Dim, display!("{:<NAMES$}", shortened(&name, NAMES - 1)))];
        whole.extend(beside(vec![(tone, shortened(&one, column))], vec![(tone, shortened(&other, column))], column));
        whole
    }));
    prose
}

/// Segments by author, for every name that either run has.
fn authors(rows: &mut Vec<(DisplayText, DisplayText, DisplayText)>, left: (&Side<'_>, &Figures), right: (&Side<'_>, &Figures)) {
    let mut names: Vec<&str> = Vec::new();
    for label in left.0.answer.labels.iter().chain(&right.0.answer.labels) {
        if !names.contains(&label.name.as_str()) {
            names.push(&label.name);
        }
    }
    let count = |(side, figures): (&Side<'_>, &Figures), name: &str| {
        let place = side.answer.labels.iter().position(|label| label.name == name)?;
        figures.segments.get(place).copied()
    };
    for name in names {
        let (one, other) = (count(left, name), count(right, name));
        if one.unwrap_or(0) + other.unwrap_or(0) > 0 {
            let shown = |count: Option<usize>| count.map_or_else(|| "-".into(), |count| display!("{count}"));
            rows.push((display!("segments of {name}"), shown(one), shown(other)));
        }
    }
}

/// The knobs in which the last rounds differ.
fn knobs(rows: &mut Vec<(DisplayText, DisplayText, DisplayText)>, left: &Side<'_>, right: &Side<'_>) {
    let params = |side: &Side<'_>| -> Arc<Params> {
        side.rounds.last().map_or_else(|| Arc::clone(&side.answer.run.params), |round| Arc::clone(&round.params))
    };
    let (one, other) = (params(left), params(right));
    for knob in KNOBS {
        let (one, other) = ((knob.get)(&one), (knob.get)(&other));
        if one != other {
            rows.push((knob.name.into(), display!("{one}"), display!("{other}")));
        }
    }
}
