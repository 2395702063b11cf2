//! The model files that this machine has, as a table for people and as JSON for programs.

use serde_json::{Value, json};

use super::table::{GAP, columns, padded, shortened};
use crate::clean::clean_line;
use crate::engine::member::model_file::memory::{Fit, bytes_in_words, parameters_in_words};
use crate::ensemble::found::{Finding, FoundModel};

const HEADS: [&str; COLUMNS] = ["model", "size", "needs", "memory", "stored", "params", "kind", "context"];
const COLUMNS: usize = 8;
/// Right-aligned columns.
const NUMBERS: [bool; COLUMNS] = [false, true, true, false, false, true, false, true];
/// The minimum width of a shown name.
const NARROWEST: usize = 12;
/// Columns before the words of a model's second line.
const INDENT: usize = 4;

type Row = [String; COLUMNS];

/// Each model with what is known of it, and below it its argument on the command line. On a terminal of this many columns
/// (`width`) long names are cut. Empty if nothing was found.
pub(super) fn table(finding: &Finding, width: Option<usize>) -> String {
    if finding.models.is_empty() {
        return String::new();
    }
    let rows: Vec<Row> = finding.models.iter().map(|model| row(model, finding)).collect();
    let heads = HEADS.map(str::to_owned);
    let mut widths = std::array::from_fn::<usize, COLUMNS, _>(|column| {
        rows.iter().chain([&heads]).map(|row| columns(&row[column])).max().unwrap_or_default()
    });
    let rest = widths[1..].iter().sum::<usize>() + GAP * (COLUMNS - 1);
    widths[0] = widths[0].min(width.map_or(usize::MAX, |width| width.saturating_sub(rest).max(NARROWEST)));
    let free = finding.memory.map(|memory| format!(" ({} of memory are free)", bytes_in_words(memory.available)));
    let mut text = format!("model files on this machine{}:\n{}", free.unwrap_or_default(), line(&heads, &widths));
    for (row, model) in rows.iter().zip(&finding.models) {
        text.push_str(&line(row, &widths));
        let second = match (&model.problem, model.argument()) {
            (Some(problem), _) => format!("cannot be used: {problem}"),
            (None, Some(argument)) => format!("--model {}", quoted(&argument)),
            (None, None) => "its path cannot be typed: rename the file, or choose it in the playground (`M`)".to_owned(),
        };
        text.extend([" ".repeat(INDENT).as_str(), &second, "\n"]);
    }
    text
}

fn line(row: &Row, widths: &[usize; COLUMNS]) -> String {
    let cells = row.iter().zip(widths).zip(NUMBERS).enumerate();
    let cells = cells.map(|(column, ((text, width), number))| {
        let text = if column == 0 { shortened(text, *width) } else { text.clone() };
        padded(&text, *width, number)
    });
    format!("{}\n", cells.collect::<Vec<_>>().join(&" ".repeat(GAP)).trim_end())
}

fn row(model: &FoundModel, finding: &Finding) -> Row {
    let header = model.header.as_ref();
    let unknown = || "-".to_owned();
    [
        shortened(&model.name, super::table::WIDEST),
        bytes_in_words(model.bytes),
        model.needed().map_or_else(unknown, bytes_in_words),
        model.fit(finding.memory).map_or_else(unknown, |fit| fit.word().to_owned()),
        header.and_then(|header| header.quantisation.clone()).unwrap_or_else(unknown),
        if model.parameters > 0 { parameters_in_words(model.parameters) } else { unknown() },
        header.map_or_else(unknown, |header| clean_line(&header.architecture).into()),
        header.and_then(|header| header.context_tokens).map_or_else(unknown, |tokens| tokens.to_string()),
    ]
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "_-./\\:=@%+,".contains(letter);
    if word.chars().all(|letter| is_plain(letter) && (letter != '\\' || cfg!(windows))) {
        word.to_owned()
    } else if cfg!(windows) {
        format!("\"{word}\"")
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// One JSON object per model file: like a member that was not probed, with what is known of the file in `found`.
pub(super) fn json(finding: &Finding) -> Vec<Value> {
    let one = |model: &FoundModel| {
        let header = model.header.as_ref();
        json!({
            "name": model.name,
            "address": model.path.display().to_string(),
            "argument": model.argument(),
            "reachable": null,
            "fault": model.problem,
            "found": {
                "in": model.whose,
                "bytes": model.bytes,
                "architecture": header.map(|header| &header.architecture),
                "quantisation": header.and_then(|header| header.quantisation.as_ref()),
                "parameters": header.map(|_| model.parameters),
                "context_tokens": header.and_then(|header| header.context_tokens),
                "chat_template": header.map(|header| header.chat_template.is_some()),
                "files": header.map(|header| header.parts),
                "needed_bytes": model.needed(),
                "available_bytes": finding.memory.map(|memory| memory.available),
                "memory": model.fit(finding.memory).map(Fit::word),
            },
        })
    };
    finding.models.iter().map(one).collect()
}

#[cfg(test)]
mod tests;
