//! The report as one JSON object, several as a list of them.

use serde::Serialize;

use super::ExportError;
use super::report::Report;

/// The report, indented, with a line feed at the end.
pub(super) fn json(report: &Report) -> Result<String, ExportError> {
    text(report)
}

/// Several reports as a list.
pub(super) fn several(reports: &[&Report]) -> Result<String, ExportError> {
    text(&reports)
}

fn text(value: &impl Serialize) -> Result<String, ExportError> {
    let mut text = serde_json::to_string_pretty(value).map_err(ExportError::Json)?;
    text.push('\n');
    Ok(text)
}
