//! The table of rounds: every candidate with every verifier's score, shaded by how good it is.

use super::answer::{first_author, letters};
use super::page::Page;
use crate::clean::{DisplayText, clean_line};
use crate::export::figure::{self, shortened};
use crate::export::report::{CandidateReport, Report, RoundReport, Segment, Verdict};
use crate::export::words;

/// The table; `longest` are the characters of a candidate.
pub(super) fn rounds(page: &mut Page, report: &Report, longest: usize) {
    let verifiers = verifiers(report);
    page.markup("<div class=\"wide\" role=\"region\" aria-labelledby=\"")
        .id("rounds")
        .markup("\" tabindex=\"0\">\n<table class=\"rounds\">\n");
    page.markup("<caption>The candidates of every round, best first; ✓ marks the accepted one. The lettered columns are each ");
    page.markup("verifier’s score: the stronger the shade, the better.</caption>\n<thead>\n<tr><th scope=\"col\">Round</th>");
    page.markup("<th scope=\"col\">By</th><th scope=\"col\">Candidate</th><th scope=\"col\">Fused score</th>");
    for place in &verifiers {
        let name = &report.members[*place].name;
        page.markup("<th scope=\"col\"><abbr title=\"").text(&clean_line(&name.name)).markup("\">");
        page.text(&DisplayText::from(name.letter())).markup("</abbr></th>");
    }
    page.markup("<th scope=\"col\">What happened</th></tr>\n</thead>\n");
    for (segment, round) in report.segments.iter().zip(&report.rounds) {
        body(page, report, (segment, round), &verifiers, longest);
    }
    page.markup("</table>\n</div>\n");
}

/// Members that verified in any round.
fn verifiers(report: &Report) -> Vec<usize> {
    let voted =
        |place: &usize| report.rounds.iter().any(|round| round.weights.iter().any(|weight| weight.verifier.place == *place));
    (0..report.members.len()).filter(voted).collect()
}

fn body(page: &mut Page, report: &Report, (segment, round): (&Segment, &RoundReport), verifiers: &[usize], longest: usize) {
    let foreign = !round.candidates.iter().any(|candidate| candidate.accepted);
    let rows = round.candidates.len() + usize::from(foreign);
    page.markup("<tbody id=\"r").number(round.number).own().markup("\">\n<tr><th scope=\"rowgroup\" rowspan=\"").number(rows);
    page.markup("\">").number(round.number).markup("</th>");
    let mut first = true;
    let mut end = |page: &mut Page| {
        if std::mem::take(&mut first) {
            notes(page, report, round, rows);
        }
        page.markup("</tr>\n");
    };
    if foreign {
        // What was accepted is nobody's candidate: the user edited or wrote it.
        page.markup("<th scope=\"row\">").text(&words::letters(segment)).markup("✓</th><td>");
        page.text(&shortened(&words::text(&segment.text, segment.ends), longest)).markup("</td><td>–</td>");
        for _ in verifiers {
            page.markup("<td></td>");
        }
        end(page);
    }
    for (place, candidate) in round.candidates.iter().enumerate() {
        if foreign || place > 0 {
            page.markup("<tr>");
        }
        row(page, candidate, verifiers, longest);
        end(page);
    }
    page.markup("</tbody>\n");
}

fn notes(page: &mut Page, report: &Report, round: &RoundReport, rows: usize) {
    page.markup("<td rowspan=\"").number(rows).markup("\">");
    let mut notes = vec![words::verdict(round)];
    notes.extend(words::happenings(report, round));
    notes.retain(|note| !note.is_empty());
    page.text(&DisplayText::joined(&notes, "; ")).markup("</td>");
}

fn row(page: &mut Page, candidate: &CandidateReport, verifiers: &[usize], longest: usize) {
    page.markup("<th scope=\"row\" class=\"").member(first_author(candidate)).markup("\">").text(&letters(candidate));
    page.markup("</th><td>").text(&shortened(&words::text(&candidate.text, candidate.ends), longest)).markup("</td><td>");
    page.text(&figure::score(candidate.score)).markup("</td>");
    for place in verifiers {
        match candidate.scores.iter().find(|verdict| verdict.verifier.place == *place) {
            None => page.markup("<td></td>"),
            Some(verdict) => cell(page, verdict),
        };
    }
}

fn cell<'a>(page: &'a mut Page, verdict: &Verdict) -> &'a mut Page {
    if verdict.score.is_none() {
        return page.markup(if verdict.failed { "<td>err</td>" } else { "<td>–</td>" });
    }
    page.markup("<td class=\"h").number(heat(verdict.share)).markup("\">").text(&figure::score(verdict.score)).markup("</td>")
}

/// One of five shades.
fn heat(share: f64) -> usize {
    [0.2, 0.4, 0.6, 0.8].iter().filter(|step| share >= **step).count()
}
