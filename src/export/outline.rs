//! How the reports of several runs follow each other in one document.

use super::report::Report;
use crate::clean::DisplayText;
use crate::display;

/// A part of a document of several runs.
pub(super) struct Part<'a> {
    /// Its heading.
    pub(super) title: DisplayText,
    /// The level of the heading: 2 or 3.
    pub(super) level: usize,
    /// The run; a conversation of several has only a heading of its own.
    pub(super) report: Option<&'a Report>,
    /// Whether what was said before its question is in the part ahead of it.
    pub(super) follows: bool,
}

/// What the document is called.
pub(super) fn title(conversations: &[Vec<Option<Report>>]) -> DisplayText {
    match conversations.len() {
        1 => "A SpecFuse conversation".into(),
        runs => display!("{runs} SpecFuse runs"),
    }
}

/// The parts. Runs that are left out keep their numbers, which are those of `--run`.
pub(super) fn parts(conversations: &[Vec<Option<Report>>]) -> Vec<Part<'_>> {
    let of = conversations.len();
    let mut parts = Vec::new();
    for (place, reports) in conversations.iter().enumerate() {
        if reports.iter().all(Option::is_none) {
            continue;
        }
        let title = display!("Run {} of {of}", place + 1);
        if let [Some(report)] = reports.as_slice() {
            parts.push(Part { title, level: 2, report: Some(report), follows: false });
            continue;
        }
        if of > 1 {
            parts.push(Part { title: display!("{title}: a conversation"), level: 2, report: None, follows: false });
        }
        let answers = reports.len();
        for (place, report) in reports.iter().enumerate() {
            let Some(report) = report else { continue };
            let title = display!("Answer {} of {answers}", place + 1);
            parts.push(Part { title, level: if of > 1 { 3 } else { 2 }, report: Some(report), follows: place > 0 });
        }
    }
    parts
}
