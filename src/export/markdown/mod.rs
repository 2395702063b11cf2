//! The report as Markdown, in the common dialect (`CommonMark`) with tables.
//!
//! The question and the answer stand in fenced blocks, byte for byte but for what [`crate::clean`] takes out, so that they can
//! be copied; a model's own Markdown is shown, not applied.

mod escape;

use escape::{block, inline};

use super::figure;
use super::outline;
use super::report::{Report, RoundReport, Segment};
use super::words;
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
    out.line(&block(&report.question));
    out.heading(2, "Answer");
    out.line(&block(&report.answer));
    out.heading(2, "Who wrote what");
    provenance(out, report);
    out.heading(2, "Rounds");
    rounds(out, report);
    out.heading(2, "Members");
    members(out, report);
    out.heading(2, "Settings");
    settings(out, report);
    out.heading(2, "Figures");
    out.table(&["What", "How much"], words::facts(report).into_iter().map(|(name, fact)| vec![name.to_owned(), inline(&fact)]));
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
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn heading(&mut self, level: usize, title: &str) {
        self.line(&format!("{} {title}\n", "#".repeat(level + self.depth)));
    }

    /// A table; its cells are escaped already.
    fn table(&mut self, head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
        self.line(&format!("| {} |", head.join(" | ")));
        self.line(&format!("|{}", " --- |".repeat(head.len())));
        for row in rows {
            self.line(&format!("| {} |", row.join(" | ")));
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
        out.line(&block(&turn.content));
    }
}

fn provenance(out: &mut Document, report: &Report) {
    let row = |segment: &Segment| {
        vec![
            segment.round.to_string(),
            words::letters(segment),
            inline(&words::authors(segment)),
            segment.by_hand().to_owned(),
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
            round.number.to_string(),
            segment.map(|segment| inline(&words::authors(segment))).unwrap_or_default(),
            segment.map(|segment| inline(&words::text(&segment.text, segment.ends))).unwrap_or_default(),
            figure::score(accepted.and_then(|candidate| candidate.score)),
            figure::score(round.margin),
            words::agreement(round).unwrap_or_else(|| (if round.unanimous { "unanimous" } else { figure::NONE }).to_owned()),
            inline(&words::happenings(report, round).join("; ")),
        ]
    };
    out.table(&["Round", "Winner", "Text", "Score", "Ahead by", "Agree", "What else happened"], report.rounds.iter().map(row));
}

fn members(out: &mut Document, report: &Report) {
    let rows = report.members.iter().map(|member| {
        let left = words::departures_of(report, &member.name);
        vec![
            format!("{} {}", member.name.letter(), inline(&member.name.name)),
            inline(&member.kind),
            inline(&member.model),
            words::role(member.role).to_owned(),
            member.segments.to_string(),
            member.tokens.to_string(),
            if left.is_empty() { figure::NONE.to_owned() } else { inline(&left) },
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
        .map(|changed| vec![changed.name.to_owned(), inline(&changed.to.to_string()), inline(&changed.from.to_string())]);
    out.table(&["Knob", "Value", "Default"], rows);
}

fn warnings(out: &mut Document, report: &Report) {
    if report.warnings.is_empty() {
        return;
    }
    out.heading(2, "Warnings");
    out.table(&["Warning"], report.warnings.iter().map(|warning| vec![inline(warning)]));
}
