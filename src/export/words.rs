//! Facts of a report in words, the same in every format that people read. Text of models in them is cleaned, not escaped.

use super::figure::{self, counted};
use super::report::{Changed, Departure, Report, RoundReport, Segment, Who};
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::engine::fusion::event::{Role, about};

/// What stands for a candidate without text.
pub(super) const EMPTY: &str = "(the answer ends here)";

/// A candidate's or segment's text on one line.
pub(super) fn text(text: &str, ends: bool) -> DisplayText {
    let line = clean_line(text);
    if line.is_empty() && ends { EMPTY.into() } else { line }
}

/// The run in a sentence.
pub(super) fn lead(report: &Report) -> DisplayText {
    let rounds = counted(report.rounds.len(), "round");
    let members = counted(report.members.len(), "member");
    let steered = if report.steered { " This run was steered: a person intervened." } else { "" };
    display!("{members} wrote one answer together in {rounds}: {}.{steered}", report.ending())
}

/// Facts about the run as a whole: a name and what it is.
pub(super) fn facts(report: &Report) -> Vec<(&'static str, DisplayText)> {
    let summary = &report.summary;
    let mut facts = vec![
        ("Ended", clean_line(&report.ending())),
        ("Rounds", display!("{} ({} unanimous)", summary.rounds, summary.unanimous_rounds)),
        ("Tokens", display!("{}", summary.tokens)),
        ("Drafts", display!("{} ({} saved)", summary.draft_calls, summary.draft_calls_saved)),
        ("Scorings", display!("{} ({} saved)", summary.score_calls, summary.score_calls_saved)),
        ("Time", figure::duration(summary.elapsed_ms)),
    ];
    facts.extend(summary.cost.map(|cost| ("Cost", display!("{}{}", about(summary.cost_is_guessed()), figure::dollars(cost)))));
    if !report.expected.is_empty() {
        facts.push(("Right answer", clean_line(&report.expected.join(" … "))));
    }
    facts.push(("Steered", if report.steered { "steered: a person intervened".into() } else { "no".into() }));
    facts.extend(report.unfinished_round.map(|round| ("Left out", display!("round {round}, which was not finished"))));
    if report.other_segments > 0 {
        let count = counted(report.other_segments, "segment");
        facts.push(("Other branches", display!("{count} that are not part of this answer")));
    }
    facts.push(("Seed", display!("{}", report.seed)));
    facts.push(("Program", display!("SpecFuse {}", clean_line(&report.program))));
    facts
}

/// Who wrote a segment: letters and names.
pub(super) fn authors(segment: &Segment) -> DisplayText {
    if segment.author.is_none() {
        return "by hand".into();
    }
    let names: Vec<DisplayText> =
        segment.authors.iter().map(|author| display!("{} {}", author.letter(), clean_line(&author.name))).collect();
    DisplayText::joined(&names, ", ")
}

/// The letters of a segment's authors, the credited one first; a plus for the user.
pub(super) fn letters(segment: &Segment) -> DisplayText {
    let Some(author) = &segment.author else { return "+".into() };
    let others = segment.authors.iter().filter(|other| *other != author);
    std::iter::once(author.letter()).chain(others.map(Who::letter)).map(DisplayText::from).collect()
}

/// How clear a round was: margin and agreement.
pub(super) fn verdict(round: &RoundReport) -> DisplayText {
    let mut parts = Vec::new();
    if round.unanimous {
        parts.push(match round.candidates.first().map_or(0, |candidate| candidate.authors.len()) {
            1 => "the only candidate".into(),
            _ => "unanimous".into(),
        });
    }
    parts.extend(round.margin.map(|margin| display!("{} ahead", figure::score(Some(margin)))));
    parts.extend(agreement(round).map(|agreement| display!("{agreement} agree")));
    DisplayText::joined(&parts, ", ")
}

/// How many verifiers agree, of how many.
pub(super) fn agreement(round: &RoundReport) -> Option<DisplayText> {
    round.agreement.map(|agreement| display!("{} of {}", agreement.agree, agreement.of))
}

/// What happened in a round beside the vote, each a phrase.
pub(super) fn happenings(report: &Report, round: &RoundReport) -> Vec<DisplayText> {
    let segment = report.segment(round.number);
    let mut told: Vec<DisplayText> =
        segment.map(Segment::by_hand).filter(|by_hand| !by_hand.is_empty()).map(DisplayText::from).into_iter().collect();
    told.extend(round.changed.iter().map(changed));
    told.extend(round.set_aside.iter().map(|aside| {
        let authors: Vec<DisplayText> = aside.authors.iter().map(|author| clean_line(&author.name)).collect();
        display!("{}'s draft was set aside: it repeats {}", DisplayText::joined(&authors, " and "), aside.repeats.in_words())
    }));
    told.extend(round.ahead.as_ref().map(|ahead| {
        let drafter = clean_line(&ahead.drafter.name);
        display!("{drafter} drafted ahead: {} of {} kept", ahead.kept_tokens, figure::counted(ahead.tokens, "token"))
    }));
    if let Some(end) = round.end.filter(|_| round.end_decided) {
        told.push(display!("the members put the end of the answer here at {end:.2}"));
    }
    told.extend(round.failures.iter().map(|failure| {
        display!("{} failed to {}: {}", clean_line(&failure.member.name), failure.doing, clean_line(&failure.error))
    }));
    told.extend(report.exits.iter().filter(|exit| exit.round == round.number).map(departure));
    told
}

/// That a member left, and why.
pub(super) fn departure(departure: &Departure) -> DisplayText {
    let name = clean_line(&departure.member.name);
    let reason = clean_line(&departure.reason);
    let back = departure.returned.map_or_else(DisplayText::new, |round| display!("; brought back after round {round}"));
    let left = if departure.round == 0 { "took no part" } else { "left" };
    display!("{name} {left} ({reason}){back}")
}

/// That a member left, when, and why.
pub(super) fn dated_departure(exit: &Departure) -> DisplayText {
    let told = departure(exit);
    if exit.round == 0 { told } else { display!("round {}: {told}", exit.round) }
}

/// Every time a member left.
pub(super) fn departures_of(report: &Report, member: &Who) -> DisplayText {
    let of_it = report.exits.iter().filter(|exit| exit.member == *member);
    DisplayText::joined(&of_it.map(dated_departure).collect::<Vec<_>>(), "; ")
}

/// A knob that changed.
pub(super) fn changed(changed: &Changed) -> DisplayText {
    display!("{} {} → {}", changed.name, changed.from, changed.to)
}

/// What a member does.
pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Auto | Role::Both => "drafts, verifies",
        Role::Draft => "drafts",
        Role::Verify => "verifies",
    }
}
