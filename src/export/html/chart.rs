//! The exit chart as a drawing: each member's retention over the rounds, and the threshold that it is compared with.

use super::page::Page;
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::export::figure;
use crate::export::report::{Report, StandingReport};
use crate::export::words;

/// The drawing's size, and the margins around the lines: left, top, right, bottom.
const SIZE: (f64, f64) = (800.0, 260.0);
const MARGIN: (f64, f64, f64, f64) = (44.0, 12.0, 44.0, 28.0);

/// Where values are in the drawing.
struct Scale {
    last: usize,
    top: f64,
}

impl Scale {
    fn place(&self, round: usize, value: f64) -> (f64, f64) {
        let (left, top, right, bottom) = MARGIN;
        let steps = self.last.saturating_sub(1).max(1) as f64;
        let across = round as f64 / steps * (SIZE.0 - left - right);
        let up = (value / self.top).clamp(0.0, 1.0) * (SIZE.1 - top - bottom);
        (left + across, SIZE.1 - bottom - up)
    }
}

/// The chart, and in words who left.
pub(super) fn chart(page: &mut Page, report: &Report) {
    let standings = || report.rounds.iter().flat_map(|round| &round.standings);
    let values = standings().flat_map(|standing| [standing.retention, standing.threshold]).filter(|value| value.is_finite());
    let top = values.fold(0.0, f64::max);
    if top > 0.0 {
        let scale = Scale { last: report.rounds.len(), top };
        drawing(page, report, &scale);
    } else {
        page.markup("<p>No retention was recorded.</p>\n");
    }
    if report.exits.is_empty() {
        page.markup("<p>Nobody left.</p>\n");
        return;
    }
    page.markup("<ul>\n");
    for exit in &report.exits {
        page.markup("<li>").text(&words::dated_departure(exit)).markup("</li>\n");
    }
    page.markup("</ul>\n");
}

fn drawing(page: &mut Page, report: &Report, scale: &Scale) {
    page.markup("<svg class=\"chart\" viewBox=\"0 0 800 260\" role=\"img\" aria-labelledby=\"").id("chart-title");
    page.markup(" ").id("chart-text").markup("\">\n<title id=\"").id("chart-title").markup("\">");
    page.markup("Retention of each member by round</title>\n<desc id=\"").id("chart-text").markup("\">");
    page.text(&in_words(report)).markup("</desc>\n");
    axes(page, report, scale);
    let threshold = |round: usize| report.rounds[round].standings.first().map(|standing| standing.threshold);
    lines(page, report, scale, "<polyline class=\"threshold\" points=\"", None, threshold);
    for (place, member) in report.members.iter().enumerate() {
        let retention = |round: usize| standing(report, round, place).map(|standing| standing.retention);
        lines(page, report, scale, "<polyline class=\"", Some(place), retention);
        let last = (0..report.rounds.len()).rev().find_map(|round| Some((round, retention(round)?)));
        if let Some((round, value)) = last {
            let (x, y) = scale.place(round, value);
            // Members that end close to each other stand side by side.
            label(page, (x + 4.0 + 9.0 * (place % 4) as f64, y + 4.0), "start", Some(place));
            page.text(&DisplayText::from(member.name.letter())).markup("</text>\n");
        }
    }
    page.markup("</svg>\n");
}

fn standing(report: &Report, round: usize, place: usize) -> Option<&StandingReport> {
    report.rounds[round].standings.iter().find(|standing| standing.member.place == place)
}

/// A line, broken where there is no value. A line of a single round is a dot.
fn lines(
    page: &mut Page,
    report: &Report,
    scale: &Scale,
    begin: &'static str,
    member: Option<usize>,
    value: impl Fn(usize) -> Option<f64>,
) {
    let mut open = false;
    for round in 0..=report.rounds.len() {
        let now = (round < report.rounds.len()).then(|| value(round)).flatten().filter(|value| value.is_finite());
        match (now, open) {
            (Some(value), false) => {
                page.markup(begin);
                if let Some(place) = member {
                    page.member(place).markup("\" points=\"");
                }
                let (x, y) = scale.place(round, value);
                page.place((x - 0.5, y)).markup(" ").place((x, y));
            }
            (Some(value), true) => {
                page.markup(" ").place(scale.place(round, value));
            }
            (None, true) => {
                page.markup("\"/>\n");
            }
            (None, false) => {}
        }
        open = now.is_some();
    }
}

fn axes(page: &mut Page, report: &Report, scale: &Scale) {
    let last = report.rounds.len().saturating_sub(1);
    page.markup("<polyline class=\"axis\" points=\"").place(scale.place(0, scale.top)).markup(" ").place(scale.place(0, 0.0));
    page.markup(" ").place(scale.place(last, 0.0)).markup("\"/>\n");
    for value in [0.0, scale.top] {
        let (x, y) = scale.place(0, value);
        label(page, (x - 6.0, y + 4.0), "end", None);
        page.text(&figure::score(Some(value))).markup("</text>\n");
    }
    let numbers: Vec<usize> = report.rounds.iter().map(|round| round.number).collect();
    for (place, number) in [(0, numbers.first()), (last, numbers.last())] {
        if let Some(number) = number {
            let (x, y) = scale.place(place, 0.0);
            label(page, (x, y + 18.0), "middle", None);
            page.number(*number).markup("</text>\n");
        }
    }
}

fn label(page: &mut Page, place: (f64, f64), anchor: &'static str, member: Option<usize>) {
    page.markup("<text transform=\"translate(").place(place).markup(")\" text-anchor=\"").markup(anchor).markup("\"");
    if let Some(place) = member {
        page.markup(" class=\"").member(place).markup("\"");
    }
    page.markup(">");
}

/// What the lines say, for those who do not see them.
fn in_words(report: &Report) -> DisplayText {
    let last = |place: usize| (0..report.rounds.len()).rev().find_map(|round| Some((round, standing(report, round, place)?)));
    let told = report.members.iter().enumerate().filter_map(|(place, member)| {
        let (round, standing) = last(place)?;
        let number = report.rounds[round].number;
        let (retention, threshold) = (figure::score(Some(standing.retention)), figure::score(Some(standing.threshold)));
        let (letter, name) = (member.name.letter(), clean_line(&member.name.name));
        Some(display!("{letter} {name}: {retention} after round {number}, threshold {threshold}"))
    });
    display!("The dashed line is the threshold. {}.", DisplayText::joined(&told.collect::<Vec<_>>(), "; "))
}
