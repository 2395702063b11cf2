//! Facts of a report in words, the same in every format that people read. Text of models in them is cleaned, not escaped.

use super::figure::{self, counted};
use super::report::{Changed, Departure, Report, RoundReport, Segment, Who};
use crate::clean::clean_line;
use crate::engine::fusion::event::{Role, about};

/// What stands for a candidate without text.
pub(super) const EMPTY: &str = "(the answer ends here)";

/// A candidate's or segment's text on one line.
pub(super) fn text(text: &str, ends: bool) -> String {
    let line = clean_line(text);
    if line.is_empty() && ends { EMPTY.to_owned() } else { line }
}

/// The run in a sentence.
pub(super) fn lead(report: &Report) -> String {
    let rounds = counted(report.rounds.len(), "round");
    let members = counted(report.members.len(), "member");
    let steered = if report.steered { " This run was steered: a person intervened." } else { "" };
    format!("{members} wrote one answer together in {rounds}: {}.{steered}", report.ending())
}

/// Facts about the run as a whole: a name and what it is.
pub(super) fn facts(report: &Report) -> Vec<(&'static str, String)> {
    let summary = &report.summary;
    let mut facts = vec![
        ("Ended", clean_line(&report.ending())),
        ("Rounds", format!("{} ({} unanimous)", summary.rounds, summary.unanimous_rounds)),
        ("Tokens", summary.tokens.to_string()),
        ("Drafts", format!("{} ({} saved)", summary.draft_calls, summary.draft_calls_saved)),
        ("Scorings", format!("{} ({} saved)", summary.score_calls, summary.score_calls_saved)),
        ("Time", figure::duration(summary.elapsed_ms)),
    ];
    facts.extend(summary.cost.map(|cost| ("Cost", format!("{}{}", about(summary.cost_is_guessed()), figure::dollars(cost)))));
    if !report.expected.is_empty() {
        facts.push(("Right answer", clean_line(&report.expected.join(" … "))));
    }
    facts.push(("Steered", if report.steered { "steered: a person intervened".to_owned() } else { "no".to_owned() }));
    facts.extend(report.unfinished_round.map(|round| ("Left out", format!("round {round}, which was not finished"))));
    if report.other_segments > 0 {
        let count = counted(report.other_segments, "segment");
        facts.push(("Other branches", format!("{count} that are not part of this answer")));
    }
    facts.push(("Seed", report.seed.to_string()));
    facts.push(("Program", format!("SpecFuse {}", clean_line(&report.program))));
    facts
}

/// Who wrote a segment: letters and names.
pub(super) fn authors(segment: &Segment) -> String {
    if segment.author.is_none() {
        return "by hand".to_owned();
    }
    let names: Vec<String> =
        segment.authors.iter().map(|author| format!("{} {}", author.letter(), clean_line(&author.name))).collect();
    names.join(", ")
}

/// The letters of a segment's authors, the credited one first; a plus for the user.
pub(super) fn letters(segment: &Segment) -> String {
    let Some(author) = &segment.author else { return "+".to_owned() };
    let others = segment.authors.iter().filter(|other| *other != author);
    std::iter::once(author.letter()).chain(others.map(Who::letter)).collect()
}

/// How clear a round was: margin and agreement.
pub(super) fn verdict(round: &RoundReport) -> String {
    let mut parts = Vec::new();
    if round.unanimous {
        parts.push(match round.candidates.first().map_or(0, |candidate| candidate.authors.len()) {
            1 => "the only candidate".to_owned(),
            _ => "unanimous".to_owned(),
        });
    }
    parts.extend(round.margin.map(|margin| format!("{} ahead", figure::score(Some(margin)))));
    parts.extend(agreement(round).map(|agreement| format!("{agreement} agree")));
    parts.join(", ")
}

/// How many verifiers agree, of how many.
pub(super) fn agreement(round: &RoundReport) -> Option<String> {
    round.agreement.map(|agreement| format!("{} of {}", agreement.agree, agreement.of))
}

/// What happened in a round beside the vote, each a phrase.
pub(super) fn happenings(report: &Report, round: &RoundReport) -> Vec<String> {
    let segment = report.segment(round.number);
    let mut told: Vec<String> =
        segment.map(Segment::by_hand).filter(|by_hand| !by_hand.is_empty()).map(str::to_owned).into_iter().collect();
    told.extend(round.changed.iter().map(changed));
    told.extend(round.set_aside.iter().map(|aside| {
        let authors: Vec<String> = aside.authors.iter().map(|author| clean_line(&author.name)).collect();
        format!("{}'s draft was set aside: it repeats {}", authors.join(" and "), aside.repeats.in_words())
    }));
    told.extend(round.ahead.as_ref().map(|ahead| {
        let drafter = clean_line(&ahead.drafter.name);
        format!("{drafter} drafted ahead: {} of {} kept", ahead.kept_tokens, figure::counted(ahead.tokens, "token"))
    }));
    if let Some(end) = round.end.filter(|_| round.end_decided) {
        told.push(format!("the members put the end of the answer here at {end:.2}"));
    }
    told.extend(round.failures.iter().map(|failure| {
        format!("{} failed to {}: {}", clean_line(&failure.member.name), failure.doing, clean_line(&failure.error))
    }));
    told.extend(report.exits.iter().filter(|exit| exit.round == round.number).map(departure));
    told
}

/// That a member left, and why.
pub(super) fn departure(departure: &Departure) -> String {
    let name = clean_line(&departure.member.name);
    let reason = clean_line(&departure.reason);
    let back = departure.returned.map_or_else(String::new, |round| format!("; brought back after round {round}"));
    let left = if departure.round == 0 { "took no part" } else { "left" };
    format!("{name} {left} ({reason}){back}")
}

/// That a member left, when, and why.
pub(super) fn dated_departure(exit: &Departure) -> String {
    let told = departure(exit);
    if exit.round == 0 { told } else { format!("round {}: {told}", exit.round) }
}

/// Every time a member left.
pub(super) fn departures_of(report: &Report, member: &Who) -> String {
    let of_it = report.exits.iter().filter(|exit| exit.member == *member);
    of_it.map(dated_departure).collect::<Vec<_>>().join("; ")
}

/// A knob that changed.
pub(super) fn changed(changed: &Changed) -> String {
    format!("{} {} → {}", changed.name, changed.from, changed.to)
}

/// What a member does.
pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Auto | Role::Both => "drafts, verifies",
        Role::Draft => "drafts",
        Role::Verify => "verifies",
    }
}
