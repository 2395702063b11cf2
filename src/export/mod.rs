//! A run as a document to take away: Markdown, a web page, JSON.
//!
//! Owns what is told of a run ([`report`]) and how each format tells it. All formats are made from one report, so they cannot
//! disagree. What models wrote is text in every format: nothing of it is ever markup, let alone code. The picture of the screen
//! is not made here but by `playground::view::picture`, since a document knows nothing of screens.

mod figure;
mod html;
mod json;
mod markdown;
mod outline;
pub mod report;
mod save;
mod words;

pub use save::{Existing, ExportError, save};

use crate::engine::fusion::choice::{Choice, choice};
use crate::engine::fusion::run::Run;
use report::Report;

choice! {
    /// The kinds of document, each by the usual ending of its files.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Format {
        /// For reading, quoting and issue trackers.
        Markdown = "md",
        /// One self-contained page without scripts.
        Html = "html",
        /// For programs: see [`Report`].
        Json = "json",
    }
}

impl Format {
    /// The format that a file of this ending has, whatever its case.
    #[must_use]
    pub fn of_ending(ending: &str) -> Option<Self> {
        match ending.to_lowercase().as_str() {
            "markdown" => Some(Self::Markdown),
            "htm" => Some(Self::Html),
            name => Self::from_name(name),
        }
    }
}

/// The whole document.
///
/// # Errors
/// [`ExportError::NoSegment`] when nothing was accepted yet; [`ExportError::Json`] when the report is not expressible as JSON.
pub fn render(run: &Run, format: Format) -> Result<String, ExportError> {
    let report = Report::of(run);
    if report.rounds.is_empty() {
        return Err(ExportError::NoSegment);
    }
    match format {
        Format::Markdown => Ok(markdown::markdown(&report)),
        Format::Html => Ok(html::html(&report)),
        Format::Json => json::json(&report),
    }
}

/// One document of several runs: those of each conversation one after the other. JSON becomes a list. Runs without a segment are
/// left out.
///
/// # Errors
/// As [`render`]; [`ExportError::NoSegment`] when nothing was accepted in any run.
pub fn render_all(conversations: &[Vec<Run>], format: Format) -> Result<String, ExportError> {
    let told = |run: &Run| Some(Report::of(run)).filter(|report| !report.rounds.is_empty());
    let reports: Vec<Vec<Option<Report>>> = conversations.iter().map(|runs| runs.iter().map(told).collect()).collect();
    let all: Vec<&Report> = reports.iter().flatten().flatten().collect();
    match (all.as_slice(), format) {
        ([], _) => Err(ExportError::NoSegment),
        ([report], Format::Markdown) if is_single(conversations) => Ok(markdown::markdown(report)),
        ([report], Format::Html) if is_single(conversations) => Ok(html::html(report)),
        ([report], Format::Json) if is_single(conversations) => json::json(report),
        (_, Format::Markdown) => Ok(markdown::several(&reports)),
        (_, Format::Html) => Ok(html::several(&reports)),
        (_, Format::Json) => json::several(&all),
    }
}

fn is_single(conversations: &[Vec<Run>]) -> bool {
    matches!(conversations, [runs] if runs.len() == 1)
}
