//! One of the lengths: its name, its figures, and the answer by its authors.

use unicode_width::UnicodeWidthStr;

use super::super::super::answer::Answer;
use super::super::super::lengths::{Column, Stage};
use super::super::super::prose::{Line, Prose, Tone, blanks, wrap};
use super::super::super::transcript::{LETTERS, Span, Transcript};
use super::super::closing::{departures, limit};
use super::super::memo::lengths::{Kept, Look};
use super::super::usage::about_cost;
use super::super::{counted, duration};
use super::Facts;
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::run::Phase;
use crate::prompts::grade;

/// Columns before the text of the answer: letters and a bar.
const GUTTER: u16 = LETTERS as u16 + 1;

/// Columns of a name and its mark, where a line follows.
const HEAD: usize = 27;

/// The length's name, in brackets if it is marked, with a mark if it is in force.
pub(super) fn head(column: &Column, facts: &Facts, marked: bool, width: u16) -> Line {
    let name = column.length.name();
    let mut line = if marked { vec![(Tone::Key, display!("[{name}]"))] } else { vec![(Tone::Heading, display!(" {name} "))] };
    if column.length == facts.in_force {
        let mark = facts.glyphs.in_force();
        let words = display!(" {mark} in force");
        let fits = name.width() + 2 + words.width() <= usize::from(width);
        line.push((Tone::Strong, if fits { words } else { display!(" {mark} now") }));
    }
    line
}

/// The figures, a line each or more where there is no room.
pub(super) fn figures(column: &Column, kept: &mut Kept, width: u16) -> Prose {
    let mut prose = Prose::new();
    for (tone, text) in facts(column, kept) {
        wrap(&mut prose, vec![(Tone::Plain, blanks(1))], tone, &text, width.saturating_sub(1), 1);
    }
    prose
}

/// The length with how far it is and whether that is right, in a line.
pub(super) fn in_a_line(column: &Column, facts: &Facts, kept: &mut Kept, marked: bool) -> Line {
    let mut line = head(column, facts, marked, u16::MAX);
    let used: usize = line.iter().map(|(_, text)| text.width()).sum();
    line.push((Tone::Plain, blanks(HEAD.saturating_sub(used).max(1))));
    line.push(progress(column));
    line.extend(graded(column, kept).into_iter().flat_map(|graded| [(Tone::Dim, " · ".into()), graded]));
    line
}

/// What that line leaves out.
pub(super) fn rest_in_a_line(column: &Column, kept: &mut Kept) -> DisplayText {
    let texts: Vec<DisplayText> = took(column, kept).into_iter().map(|(_, text)| text).collect();
    DisplayText::joined(&texts, " · ")
}

fn facts(column: &Column, kept: &mut Kept) -> Vec<(Tone, DisplayText)> {
    std::iter::once(progress(column)).chain(took(column, kept)).chain(graded(column, kept)).collect()
}

/// What ended it, who left, and what it took.
fn took(column: &Column, kept: &mut Kept) -> Vec<(Tone, DisplayText)> {
    let mut facts = Vec::new();
    let Some(answer) = &column.answer else { return facts };
    let run = &answer.run;
    if let Phase::Finished(outcome) = &run.phase {
        facts.extend(limit(answer, outcome).map(|limit| (Tone::Warning, limit)));
    }
    facts.push((Tone::Plain, left(answer)));
    let tokens = kept.tokens(run);
    facts.push((Tone::Dim, display!("{} drafted", counted(tokens.drafted, "token"))));
    facts.push((Tone::Dim, display!("{} scored", counted(tokens.scored, "token"))));
    facts.extend(run.cost().map(|dollars| (Tone::Dim, about_cost(dollars, run.cost_is_guessed()))));
    facts
}

/// How far it is, and how long that took.
fn progress(column: &Column) -> (Tone, DisplayText) {
    let rounds = column.answer.as_ref().map_or(0, |answer| answer.rounds());
    let time = || column.answer.as_ref().map_or_else(DisplayText::new, |answer| duration(answer.run.t_ms));
    match &column.stage {
        Stage::Waiting => (Tone::Dim, "waits for its turn".into()),
        Stage::Playing => (Tone::Strong, display!("round {} · {}", rounds.max(1), time())),
        Stage::Over => (Tone::Strong, display!("{} · {}", counted(rounds, "round"), time())),
        Stage::Stopped if column.answer.is_none() => (Tone::Warning, "stopped before it started".into()),
        Stage::Stopped => (Tone::Warning, display!("stopped in round {}", rounds.max(1))),
        Stage::Failed(reason) => (Tone::Bad, display!("failed: {}", clean_line(reason))),
    }
}

/// Who left, and after which round.
fn left(answer: &Answer) -> DisplayText {
    let left: Vec<DisplayText> = departures(answer)
        .map(|departure| display!("{} after round {}", answer.letter(departure.member), departure.round))
        .collect();
    if left.is_empty() { "no member left".into() } else { display!("left: {}", DisplayText::joined(&left, ", ")) }
}

/// Whether the answer is right, where that is known and the answer is whole.
fn graded(column: &Column, kept: &mut Kept) -> Option<(Tone, DisplayText)> {
    let run = &column.answer.as_ref().filter(|_| column.stage == Stage::Over)?.run;
    let known = run.header.answers.len();
    if known == 0 {
        return None;
    }
    let found = kept.said(run).found;
    let tone = if found == known { Tone::Good } else { Tone::Bad };
    Some((tone, display!("{}", grade::in_words(found, known, run.is_whole()))))
}

/// The answer as the transcript shows it: the letters of those whose segments start on a line, a bar, the text in their colours.
pub(super) fn answer(column: &Column, facts: &Facts, kept: &mut Kept, width: u16) -> Prose {
    let Some(answer) = &column.answer else { return Prose::new() };
    let look = Look { width, authors: facts.authors, glyphs: facts.glyphs };
    let lines = kept.lines(&answer.run, look, |run| {
        let mut transcript = Transcript::default();
        transcript.resize(width.saturating_sub(GUTTER).max(1), 0);
        for (place, round) in run.rounds.iter().enumerate() {
            transcript.accept(round, 0, place);
        }
        (0..transcript.flow().lines()).map(|number| line(&transcript, answer, facts, number)).collect()
    });
    Prose::clone(&lines)
}

fn line(transcript: &Transcript, answer: &Answer, facts: &Facts, number: usize) -> Line {
    let mut line = gutter(transcript, answer, facts, number);
    let is_bar = |tag| matches!(transcript.span(tag), Some(Span::Bar { .. }));
    // At the start of a line the gutter has the bar already.
    for piece in transcript.flow().line(number).skip_while(|piece| is_bar(piece.tag)) {
        line.push(match transcript.span(piece.tag) {
            Some(Span::Bar { author, .. }) if facts.authors => (tone(author), facts.glyphs.segment_bar().into()),
            Some(Span::Bar { .. }) => (Tone::Plain, blanks(1)),
            Some(Span::Segment { author, .. }) if facts.authors => (tone(author), piece.text.into()),
            Some(Span::Segment { .. } | Span::Question | Span::Earlier) | None => (Tone::Plain, piece.text.into()),
        });
    }
    line
}

fn gutter(transcript: &Transcript, answer: &Answer, facts: &Facts, number: usize) -> Line {
    let letter = |author: Option<MemberIndex>| match author {
        Some(author) => DisplayText::from(answer.letter(author)),
        None => facts.glyphs.person().into(),
    };
    let Some(authors) = transcript.authors_on(number).filter(|_| facts.authors) else {
        return vec![(Tone::Plain, blanks(usize::from(GUTTER)))];
    };
    let mut line: Line = authors.starting.iter().map(|of| (tone(of.author), letter(of.author))).collect();
    line.push((Tone::Plain, blanks(LETTERS - line.len())));
    line.push((tone(authors.first.author), facts.glyphs.segment_bar().into()));
    line
}

fn tone(author: Option<MemberIndex>) -> Tone {
    author.map_or(Tone::Differs, |author| Tone::Member(author.0))
}
