//! The answer, each segment in its author's colour and lettered, with its round beside it for whoever points at it.

use super::page::Page;
use crate::clean::{DisplayText, clean, clean_line};
use crate::export::figure::{self, shortened};
use crate::export::report::{CandidateReport, Report, RoundReport, Segment, Who};
use crate::export::words;

/// The answer; `longest` are the characters of a candidate in a popup.
pub(super) fn answer(page: &mut Page, report: &Report, longest: usize) {
    page.markup("<p class=\"legend\">Point at a segment, or move to it with the tab key, to see its round. Written by:");
    for member in report.members.iter().filter(|member| member.segments > 0) {
        page.markup(" <span class=\"").member(member.name.place).markup("\"><b>").text(&DisplayText::from(member.name.letter()));
        page.markup("</b> ").text(&clean_line(&member.name.name)).markup("</span>");
    }
    if report.segments.iter().any(|segment| !segment.by_hand().is_empty()) {
        page.markup(" <span>(<b>+</b>: a person had a hand in it)</span>");
    }
    page.markup("</p>\n<div class=\"said answer\" lang=\"\">");
    for (segment, round) in report.segments.iter().zip(&report.rounds) {
        page.markup("<span class=\"s\"><a");
        if let Some(author) = &segment.author {
            page.markup(" class=\"").member(author.place).markup("\"");
        }
        page.markup(" href=\"#r").number(round.number).own().markup("\">").text(&clean(&segment.text));
        if clean_line(&segment.text).is_empty() {
            page.markup(if segment.ends { "[end]" } else { "[space]" });
        }
        page.markup("<sup>").text(&words::letters(segment)).markup("</sup></a>");
        popup(page, segment, round, longest);
        page.markup("</span>");
    }
    page.markup("</div>\n");
}

fn popup(page: &mut Page, segment: &Segment, round: &RoundReport, longest: usize) {
    page.markup("<span class=\"p\"><b>Round ").number(round.number);
    let verdict = words::verdict(round);
    page.markup(if verdict.is_empty() { "" } else { ": " }).text(&verdict).markup("</b>");
    if !segment.by_hand().is_empty() {
        page.markup("\n<span>").markup(segment.by_hand()).markup("</span>");
    }
    for candidate in &round.candidates {
        page.markup("\n<span><b class=\"").member(first_author(candidate)).markup("\">").text(&letters(candidate));
        page.markup("</b> ").text(&figure::score(candidate.score)).markup(" ");
        page.text(&shortened(&words::text(&candidate.text, candidate.ends), longest)).markup("</span>");
    }
    page.markup("</span>");
}

/// The letters of a candidate's authors, with a mark where it was accepted.
pub(super) fn letters(candidate: &CandidateReport) -> DisplayText {
    candidate.authors.iter().map(Who::letter).chain(candidate.accepted.then_some('✓')).map(DisplayText::from).collect()
}

/// Whose colour a candidate has.
pub(super) fn first_author(candidate: &CandidateReport) -> usize {
    candidate.authors.first().map_or(0, |author| author.place)
}
