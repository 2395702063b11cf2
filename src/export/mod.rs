//! A run as a document to take away: Markdown, a web page, JSON.
//!
//! Owns what is told of a run ([`report`]) and how each format tells it. All formats are made from one report, so they cannot
//! disagree. What models wrote is text in every format: nothing of it is ever markup, let alone code. The picture of the screen
//! is not made here but by `playground::view::picture`, since a document knows nothing of screens.

mod figure;
mod html;
mod json;
mod markdown;
pub mod report;
mod save;
mod words;

use std::path::Path;

pub use save::{Existing, ExportError, save};

use crate::engine::fusion::run::Run;
use report::Report;

/// How a run is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For reading, quoting and issue trackers.
    Markdown,
    /// One self-contained page without scripts.
    Html,
    /// For programs: see [`Report`].
    Json,
}

impl Format {
    /// Every format with its name, which is also the usual ending of a file's name.
    pub const NAMES: &'static [(Self, &'static str)] = &[(Self::Markdown, "md"), (Self::Html, "html"), (Self::Json, "json")];

    /// The format's name, as `--to` takes it and files end.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Html => "html",
            Self::Json => "json",
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

/// Writes the document to a new file; one that exists stays as it is.
///
/// # Errors
/// As [`render`] and [`save`].
pub fn write(run: &Run, format: Format, to: &Path) -> Result<(), ExportError> {
    save(&render(run, format)?, to, Existing::Keep)
}
