//! The report as Markdown, in the common dialect (`CommonMark`) with tables.
//!
//! The question and the answer stand in fenced blocks, byte for byte but for what [`crate::clean`] takes out, so that they can
//! be copied; a model's own Markdown is shown, not applied.

mod escape;

use std::fmt::Write as _;

use escape::{Markdown, block, inline};

use super::figure;
use super::outline;
use super::report::{Report, RoundReport, Segment};
use super::words;
use crate::clean::{DisplayStr, DisplayText, clean, clean_line};
use crate::display;
use crate::engine::fusion::conversation::Role;

/// The whole document.
pub(super) fn markdown(report: &Report) -> String {
    let mut out = Document::default();
    out.heading(1, "A SpecFuse run");
    body(&mut out, report, false);
    out.text
}

/// One document of several runs.
pub(super) fn several(conversations: &[Vec<Option<Report>>]) -> String {
    let mut out = Document::default();
    out.heading(1, &outline::title(conversations));
    for part in outline::parts(conversations) {
        out.depth = 0;
        out.heading(part.level, &part.title);
        out.depth = part.level - 1;
        if let Some(report) = part.report {
            body(&mut out, report, part.follows);
        }
    }
    out.text
}

/// Everything that is told of a run; `follows` another whose part tells what was said before.
fn body(out: &mut Document, report: &Report, follows: bool) {
    if report.steered {
        out.line("**This run was steered:** a person intervened.\n");
    }
    if !follows {
        earlier(out, report);
    }
    out.heading(2, "Question");
    out.line(block(&clean(&report.question)));
    out.heading(2, "Answer");
    out.line(block(&clean(&report.answer)));
    out.heading(2, "Who wrote what");
    provenance(out, report);
    out.heading(2, "Rounds");
    rounds(out, report);
    out.heading(2, "Members");
    members(out, report);
    out.heading(2, "Settings");
    settings(out, report);
    out.heading(2, "Figures");
    out.table(&["What", "How much"], words::facts(report).into_iter().map(|(name, fact)| vec![name.into(), inline(&fact)]));
    warnings(out, report);
}

/// A Markdown text that grows block by block.
#[derive(Default)]
struct Document {
    text: String,
    /// How many levels deeper than they say headings are.
    depth: usize,
}

impl Document {
    fn line(&mut self, line: impl Into<Markdown>) {
        let _ = writeln!(self.text, "{}", line.into());
    }

    fn heading<'a>(&mut self, level: usize, title: impl Into<DisplayStr<'a>>) {
        let _ = writeln!(self.text, "{} {}\n", "#".repeat(level + self.depth), inline(title));
    }

    fn table(&mut self, head: &[&'static str], rows: impl IntoIterator<Item = Vec<Markdown>>) {
        let _ = writeln!(self.text, "| {} |\n|{}", head.join(" | "), " --- |".repeat(head.len()));
        for row in rows {
            self.text.extend(row.iter().flat_map(|cell| ["| ".to_owned(), format!("{cell} ")]));
            self.text.push_str("|\n");
        }
        self.line("");
    }
}

fn earlier(out: &mut Document, report: &Report) {
    for turn in &report.earlier {
        out.heading(
            2,
            match turn.role {
                Role::System => "Instructions",
                Role::User => "Earlier question",
                Role::Assistant => "Earlier answer",
            },
        );
        out.line(block(&clean(&turn.content)));
    }
}

fn provenance(out: &mut Document, report: &Report) {
    let row = |segment: &Segment| {
        vec![
            Markdown::number(segment.round),
            inline(&words::letters(segment)),
            inline(&words::authors(segment)),
            segment.by_hand().into(),
            inline(&words::text(&segment.text, segment.ends)),
        ]
    };
    out.table(&["Round", "Mark", "Written by", "By hand", "Text"], report.segments.iter().map(row));
}

fn rounds(out: &mut Document, report: &Report) {
    let row = |round: &RoundReport| {
        let segment = report.segment(round.number);
        let accepted = round.candidates.iter().find(|candidate| candidate.accepted);
        vec![
            Markdown::number(round.number),
            segment.map(|segment| inline(&words::authors(segment))).unwrap_or_default(),
            segment.map(|segment| inline(&words::text(&segment.text, segment.ends))).unwrap_or_default(),
            inline(&figure::score(accepted.and_then(|candidate| candidate.score))),
            inline(&figure::score(round.margin)),
            match words::agreement(round) {
                Some(agreement) => inline(&agreement),
                None => if round.unanimous { "unanimous" } else { figure::NONE }.into(),
            },
            inline(&DisplayText::joined(&words::happenings(report, round), "; ")),
        ]
    };
    out.table(&["Round", "Winner", "Text", "Score", "Ahead by", "Agree", "What else happened"], report.rounds.iter().map(row));
}

fn members(out: &mut Document, report: &Report) {
    let rows = report.members.iter().map(|member| {
        let left = words::departures_of(report, &member.name);
        vec![
            inline(&display!("{} {}", member.name.letter(), clean_line(&member.name.name))),
            inline(&clean_line(&member.kind)),
            inline(&clean_line(&member.model)),
            words::role(member.role).into(),
            Markdown::number(member.segments),
            Markdown::number(member.tokens),
            if left.is_empty() { figure::NONE.into() } else { inline(&left) },
        ]
    });
    out.table(&["Member", "Kind", "Model", "Role", "Segments", "Tokens", "Left"], rows);
}

fn settings(out: &mut Document, report: &Report) {
    if report.not_default.is_empty() {
        return out.line("Every knob had its default when the run began.\n");
    }
    let rows = report
        .not_default
        .iter()
        .map(|changed| vec![changed.name.into(), inline(&display!("{}", changed.to)), inline(&display!("{}", changed.from))]);
    out.table(&["Knob", "Value", "Default"], rows);
}

fn warnings(out: &mut Document, report: &Report) {
    if report.warnings.is_empty() {
        return;
    }
    out.heading(2, "Warnings");
    out.table(&["Warning"], report.warnings.iter().map(|warning| vec![inline(&clean_line(warning))]));
}
