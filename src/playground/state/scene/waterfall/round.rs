//! One round in time.

use super::super::super::answer::Answer;
use super::super::super::glyphs::Glyphs;
use super::super::super::prose::{Line, Prose, Tone, blanks, line, wrap};
use super::super::{counted, duration, percent};
use super::bars::Bar;
use super::stretch::Stretch;
use super::{HEAD, TAIL, bar_columns, label, legend, share};
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::run::{Call, CallEnd, DraftState, Round, Work};
use crate::engine::fusion::skipped::{cancelled, skipped};
use crate::engine::fusion::timing::{Busy, RoundTiming, Step, round_timing, rows};

const KINDS: [Stretch; 6] =
    [Stretch::FirstToken, Stretch::Drafting, Stretch::Scoring, Stretch::Failed, Stretch::Cancelled, Stretch::Waiting];

/// The round looked at, in lines of this many columns.
#[must_use]
pub fn round_page(answer: &Answer, round: Option<&Round>, glyphs: Glyphs, width: u16) -> Prose {
    let mut prose = Prose::new();
    let Some(round) = round else {
        prose.push(line(Tone::Dim, "no round yet"));
        return prose;
    };
    let timing = round_timing(round, answer.run.members.len());
    prose.push(line(Tone::Heading, display!("round {}: {}", round.number, duration(timing.total_ms()))));
    let open = round.drafts.iter().filter(|draft| matches!(draft, DraftState::Open(_))).count();
    if round.accepted.is_none() {
        let text = display!("the round is open; shown are the calls that have ended ({} to come)", counted(open, "draft"));
        wrap(&mut prose, Vec::new(), Tone::Dim, &text, width, 0);
    }
    if !round.calls.is_empty() {
        bars(&mut prose, answer, round, &timing, glyphs, width);
        legend(&mut prose, &KINDS, "capital letters (T D S F): what the round waited for", glyphs, width);
        path(&mut prose, answer, round, &timing, width);
        members(&mut prose, answer, &timing, width);
    }
    spared(&mut prose, answer, round, width);
    prose
}

fn bars(prose: &mut Prose, answer: &Answer, round: &Round, timing: &RoundTiming, glyphs: Glyphs, width: u16) {
    let columns = bar_columns(width);
    let end = duration(timing.total_ms());
    prose.push(line(Tone::Dim, display!("{}0{end:>rest$} at work", " ".repeat(HEAD), rest = columns - 1)));
    let mut before = None;
    for (member, calls) in rows(round) {
        let mut bar = Bar::new(columns, timing.from_ms, timing.total_ms());
        for place in &calls {
            if let Some(call) = round.calls.get(*place) {
                bar.call(call, timing.is_critical(*place));
            }
        }
        // A member's further rows hold what it did at the same time.
        let first = before != Some(member);
        before = Some(member);
        let head = if first { label(answer, member) } else { (Tone::Dim, blanks(HEAD)) };
        let mut line: Line = vec![head];
        line.extend(bar.line(Tone::Member(member.0), glyphs));
        let busy = timing.members.get(member.0).filter(|_| first);
        let at_work = busy.map_or_else(DisplayText::new, |busy| percent(busy.at_work_ms(), timing.total_ms()));
        line.push((Tone::Dim, display!("{at_work:>TAIL$}")));
        prose.push(line);
    }
}

/// What the round waited for, call by call.
fn path(prose: &mut Prose, answer: &Answer, round: &Round, timing: &RoundTiming, width: u16) {
    prose.push(Vec::new());
    prose.push(line(Tone::Heading, "critical path: what decided when the round ended"));
    for step in &timing.path {
        let call = step.call.and_then(|call| round.calls.get(call));
        let from = display!("  {:>7} to {:<7} ", duration(step.from_ms - timing.from_ms), duration(step.to_ms - timing.from_ms));
        let (tone, text) = match call {
            Some(call) => (Tone::Member(call.member.0), waited_for(answer, call, step, timing)),
            None => (Tone::Dim, display!("no call that was waited for, {}", share(step.length_ms(), timing.total_ms()))),
        };
        wrap(prose, vec![(Tone::Dim, from)], tone, &text, width, 21);
    }
}

fn waited_for(answer: &Answer, call: &Call, step: &Step, timing: &RoundTiming) -> DisplayText {
    let work = match (call.work, call.end) {
        (Work::Draft { .. }, CallEnd::Failed) => "drafted and failed".into(),
        (Work::Score { .. }, CallEnd::Failed) => "scored and failed".into(),
        (Work::Draft { first_token_ms: Some(first) }, CallEnd::Answered | CallEnd::Cancelled) => {
            display!("drafted (first token after {})", duration(first))
        }
        (Work::Draft { first_token_ms: None }, CallEnd::Answered | CallEnd::Cancelled) => "drafted".into(),
        (Work::Score { candidates }, CallEnd::Answered | CallEnd::Cancelled) => {
            display!("scored {}", counted(candidates, "candidate"))
        }
    };
    display!("{} {work}, {}", answer.name(call.member), share(step.length_ms(), timing.total_ms()))
}

/// Each member's time in words.
fn members(prose: &mut Prose, answer: &Answer, timing: &RoundTiming, width: u16) {
    prose.push(Vec::new());
    prose.push(line(Tone::Heading, "what each member did"));
    for (place, busy) in timing.members.iter().enumerate() {
        let head = vec![label(answer, MemberIndex(place))];
        wrap(prose, head, Tone::Plain, &in_words(busy, timing.total_ms()), width, HEAD as u16);
    }
}

fn in_words(busy: &Busy, total_ms: f64) -> DisplayText {
    let parts = [
        ("to the first token", busy.first_token_ms),
        ("drafting", busy.drafting_ms),
        ("scoring", busy.scoring_ms),
        ("failed", busy.failed_ms),
        ("dropped", busy.cancelled_ms),
        ("waiting", busy.waiting_ms),
    ];
    let told = parts.iter().filter(|(_, length)| *length >= 0.5 || *length >= total_ms / 100.0 && *length > 0.0);
    let told: Vec<_> = told.map(|(what, length)| display!("{what} {}", share(*length, total_ms))).collect();
    DisplayText::joined(&told, ", ")
}

/// What was not asked for, and why.
fn spared(prose: &mut Prose, answer: &Answer, round: &Round, width: u16) {
    let skipped = skipped(&answer.run, round);
    let scorings = |count: usize| counted(count, "scoring");
    let whose = if round.candidates().len() == 1 && round.arrived.len() > 1 {
        "all drafts were the same"
    } else {
        "there was only one candidate"
    };
    let away = match (skipped.away_drafts, skipped.away) {
        (0, 0) => None,
        (drafts, scores) => Some(display!("{} and {} of members that were away", counted(drafts, "draft"), scorings(scores))),
    };
    let kinds = [
        (skipped.own, "of a verifier's own draft"),
        (skipped.lazy, "that lazy drafting does without: one member alone judges, as it goes on from the other's draft"),
        (skipped.equal, "of drafts equal to another"),
        (skipped.undrafted, "of drafts that failed or are still to come"),
        (skipped.dropped, "that nobody waits for any more, or that are still to come"),
    ];
    let told = kinds.iter().filter(|(count, _)| *count > 0);
    let mut parts: Vec<DisplayText> = told.map(|(count, what)| display!("{} {what}", scorings(*count))).collect();
    if skipped.unanimous > 0 {
        parts.insert(0, display!("{}, because {whose}", scorings(skipped.unanimous)));
    }
    parts.extend(away);
    prose.push(Vec::new());
    prose.push(line(Tone::Heading, "skipped"));
    let made = display!("{} of {} that there could be were made", skipped.made, scorings(skipped.all()));
    wrap(prose, Vec::new(), Tone::Plain, &made, width, 0);
    for part in &parts {
        wrap(prose, vec![(Tone::Dim, "  - ".into())], Tone::Plain, part, width, 4);
    }
    match cancelled(round) {
        (0, 0) => {}
        (drafts, scores) => {
            let text = display!("dropped on the way: {} and {}", counted(drafts, "draft"), scorings(scores));
            wrap(prose, Vec::new(), Tone::Plain, &text, width, 0);
        }
    }
}
