//! The report as one JSON object.

use super::ExportError;
use super::report::Report;

/// The report, indented, with a line feed at the end.
pub(super) fn json(report: &Report) -> Result<String, ExportError> {
    let mut text = serde_json::to_string_pretty(report).map_err(ExportError::Json)?;
    text.push('\n');
    Ok(text)
}
