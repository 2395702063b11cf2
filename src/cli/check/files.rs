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
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::engine::member::model_file::available::Memory;
    use crate::engine::member::model_file::header::ModelHeader;
    use crate::engine::member::model_file::sample::Sample;

    fn model(name: &str, path: &str, gigabytes: u64) -> FoundModel {
        let (head, length) = Sample::model(1).head();
        let header = ModelHeader::of("x", &head, length).unwrap();
        let (name, path) = (name.to_owned(), PathBuf::from(path));
        let bytes = gigabytes * 1_000_000_000;
        FoundModel { name, path, whose: "Ollama".into(), bytes, parameters: gigabytes * 1_500_000_000, header, problem: None }
    }

    fn finding() -> Finding {
        let mut broken = FoundModel { header: None, parameters: 0, ..model("broken", "/m/broken.gguf", 1) };
        broken.problem = Some("its download has not ended".to_owned());
        let long = "a-model-with-a-name-that-is-longer-than-the-table-is-wide-Q4_K_M";
        let models = vec![
            model("llama3.2:1b", "/o/blobs/sha256-00", 1),
            model(long, &format!("/my models/{long}.gguf"), 70),
            broken,
            model("odd", "/m/\u{1b}.gguf", 8),
        ];
        Finding { models, memory: Some(Memory { available: 9_800_000_000, total: 16_000_000_000 }), notes: Vec::new() }
    }

    #[test]
    fn files_stand_in_columns_with_what_one_types() {
        let text = table(&finding(), Some(80));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "model files on this machine (9.8 GB of memory are free):");
        assert_eq!(lines[1], "model                      size   needs  memory   stored  params  kind   context");
        assert_eq!(lines[2], "llama3.2:1b              1.0 GB  1.1 GB  fits     Q4_K_M   1.5 B  qwen2    32768");
        assert_eq!(lines[3], "    --model llama3.2:1b=/o/blobs/sha256-00");
        assert_eq!(lines[4], "\u{2026}e-table-is-wide-Q4_K_M   70 GB   70 GB  too big  Q4_K_M   105 B  qwen2    32768");
        assert!(lines[5].starts_with("    --model '/my models/a-model-") && lines[5].ends_with(".gguf'"), "{text}");
        assert_eq!(lines[6], "broken                   1.0 GB       -  -        -            -  -            -");
        assert_eq!(lines[7], "    cannot be used: its download has not ended");
        assert!(lines[9].contains("cannot be typed"), "{text}");
        assert!(table(&finding(), None).lines().nth(4).unwrap().starts_with("\u{2026}r-than-the-table-is-wide-Q4_K_M   70 GB"));
        assert_eq!(table(&Finding::default(), None), "");
    }

    #[test]
    fn what_one_types_is_one_word_to_a_shell() {
        if cfg!(unix) {
            for word in
                ["/m/a b.gguf", "/m/it's.gguf", "/m/$(x)`y`.gguf", "q:1b=/m/a.gguf", "/m/\u{e9}.gguf", "/m/a\\b.gguf", "/m/;&|*"]
            {
                let script = format!("printf %s {}", quoted(word));
                let output = std::process::Command::new("/bin/sh").args(["-c", &script]).output().unwrap();
                assert_eq!(String::from_utf8(output.stdout).unwrap(), word);
            }
        }
    }

    #[test]
    fn the_json_has_the_same() {
        let list = json(&finding());
        assert_eq!(
            (&list[0]["argument"], &list[0]["found"]["memory"]),
            (&json!("llama3.2:1b=/o/blobs/sha256-00"), &json!("fits"))
        );
        assert_eq!((&list[1]["found"]["memory"], &list[1]["found"]["quantisation"]), (&json!("too big"), &json!("Q4_K_M")));
        assert_eq!((&list[2]["fault"], &list[2]["found"]["parameters"]), (&json!("its download has not ended"), &Value::Null));
        assert!(list.iter().all(|entry| entry["reachable"].is_null()));
    }
}
