//! The figures of a sweep as a table for people, as CSV for spreadsheets and as JSON for programs.

use serde_json::{Map, Value as Json, json};

use super::figures::{Figures, best};
use super::grid::Grid;
use crate::engine::fusion::event::about;

/// Marks the best row.
const MARK: &str = "*";
/// Between two columns.
const GAP: &str = "  ";

/// A column of the table: its heading, whether it is shown, and its contents.
struct Column {
    head: &'static str,
    shown: fn(&Figures) -> bool,
    cell: fn(&Figures) -> String,
}

const COLUMNS: &[Column] = &[
    Column { head: "right", shown: |row| row.graded > 0, cell: |row| format!("{}/{}", row.right, row.graded) },
    Column {
        head: "accuracy",
        shown: |row| row.graded > 0,
        cell: |row| row.accuracy().map_or_else(unknown, |share| format!("{:.1}%", share * 100.0)),
    },
    Column {
        head: "score",
        shown: |row| row.score.is_some(),
        cell: |row| row.score.map_or_else(unknown, |score| format!("{score:.3}")),
    },
    Column { head: "rounds", shown: always, cell: |row| format!("{:.1}", row.rounds) },
    Column { head: "tokens", shown: always, cell: |row| format!("{:.1}", row.tokens) },
    Column { head: "calls", shown: always, cell: |row| row.calls().to_string() },
    Column { head: "active", shown: always, cell: |row| format!("{:.2}", row.mean_active) },
    Column { head: "ms", shown: always, cell: |row| format!("{:.0}", row.elapsed_ms) },
    Column {
        head: "cost",
        shown: |row| row.cost.is_some(),
        cell: |row| row.cost.map_or_else(unknown, |cost| format!("{}${cost:.4}", about(row.cost_is_guessed))),
    },
    Column { head: "failed", shown: |row| row.failures > 0, cell: |row| row.failures.to_string() },
];

fn always(_: &Figures) -> bool {
    true
}

fn unknown() -> String {
    "-".to_owned()
}

/// A table for people, the best row marked, and below it which one is best or why there is none. Rounds, tokens, active members
/// and milliseconds are means per answer; calls and cost are totals for the setting.
#[must_use]
pub fn table(grid: &Grid, figures: &[Figures]) -> String {
    let columns: Vec<&Column> = COLUMNS.iter().filter(|column| figures.iter().any(column.shown)).collect();
    let axes = grid.axes();
    let best = best(grid, figures);
    let heads = [""].into_iter().chain(axes.iter().map(|axis| axis.knob.name)).chain(columns.iter().map(|column| column.head));
    let mut rows: Vec<Vec<String>> = vec![heads.map(str::to_owned).collect()];
    for (setting, figures) in figures.iter().enumerate() {
        let mark = if best == Ok(setting) { MARK } else { "" };
        let values = grid.values(setting).into_iter().map(ToString::to_string);
        let cells = columns.iter().map(|column| (column.cell)(figures));
        rows.push([mark.to_owned()].into_iter().chain(values).chain(cells).collect());
    }
    let mut text = aligned(&rows);
    text.push('\n');
    text.push_str(&verdict(grid, figures));
    text.push('\n');
    text
}

/// Right-aligned columns, except for the mark.
fn aligned(rows: &[Vec<String>]) -> String {
    let count = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(String::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..count).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}")).collect();
        format!("{}\n", cells.join(GAP).trim_end())
    };
    rows.iter().map(line).collect()
}

/// Which setting is best, or why there is none, in a sentence.
#[must_use]
pub fn verdict(grid: &Grid, figures: &[Figures]) -> String {
    let setting = match best(grid, figures) {
        Ok(setting) => setting,
        Err(reason) => return reason.to_string(),
    };
    let name = grid.name(setting);
    match figures.get(setting) {
        Some(row) if row.graded > 0 => {
            format!(
                "best: {name} ({} of {} right, {} calls; of equals the one with fewer calls)",
                row.right,
                row.graded,
                row.calls()
            )
        }
        Some(Figures { score: Some(score), .. }) => {
            format!("best: {name} (mean score {score:.3}; no answers are known, so accuracy is not)")
        }
        Some(_) | None => format!("best: {name}"),
    }
}

/// The headings of the CSV after those of the axes.
const CSV: &str =
    "answers,graded,right,accuracy,score,rounds,tokens,draft_calls,score_calls,mean_active,elapsed_ms,cost,failures,best";

/// One line per setting with all figures, below a line of headings (RFC 4180); unknown values are empty.
#[must_use]
pub fn csv(grid: &Grid, figures: &[Figures]) -> String {
    let heads: Vec<&str> = grid.axes().iter().map(|axis| axis.knob.name).chain([CSV]).collect();
    let best = best(grid, figures).ok();
    let mut text = format!("{}\r\n", heads.join(","));
    for (setting, row) in figures.iter().enumerate() {
        let values = grid.values(setting).into_iter().map(|value| field(&value.to_string()));
        let number = |number: Option<f64>| number.map_or_else(String::new, |number| number.to_string());
        let figures = [
            row.answers.to_string(),
            row.graded.to_string(),
            row.right.to_string(),
            number(row.accuracy()),
            number(row.score),
            row.rounds.to_string(),
            row.tokens.to_string(),
            row.draft_calls.to_string(),
            row.score_calls.to_string(),
            row.mean_active.to_string(),
            row.elapsed_ms.to_string(),
            number(row.cost),
            row.failures.to_string(),
            (best == Some(setting)).to_string(),
        ];
        let line: Vec<String> = values.chain(figures).collect();
        text.push_str(&line.join(","));
        text.push_str("\r\n");
    }
    text
}

/// A field of a CSV file, quoted if necessary.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// One JSON object on a line: the axes, every setting with its figures, the number of the best.
#[must_use]
pub fn json(grid: &Grid, figures: &[Figures], seed: u64) -> String {
    let axes: Vec<Json> = grid.axes().iter().map(|axis| json!({ "knob": axis.knob.name, "values": axis.values })).collect();
    let settings: Vec<Json> = figures.iter().enumerate().map(|(setting, row)| one(grid, setting, row)).collect();
    let (best, reason) = match best(grid, figures) {
        Ok(setting) => (json!(setting), Json::Null),
        Err(reason) => (Json::Null, json!(reason.to_string())),
    };
    format!("{}\n", json!({ "seed": seed, "axes": axes, "settings": settings, "best": best, "no_best": reason }))
}

fn one(grid: &Grid, setting: usize, row: &Figures) -> Json {
    let values: Map<String, Json> =
        grid.axes().iter().zip(grid.values(setting)).map(|(axis, value)| (axis.knob.name.to_owned(), json!(value))).collect();
    json!({
        "setting": values,
        "answers": row.answers,
        "graded": row.graded,
        "right": row.right,
        "accuracy": row.accuracy(),
        "score": row.score,
        "rounds": row.rounds,
        "tokens": row.tokens,
        "draft_calls": row.draft_calls,
        "score_calls": row.score_calls,
        "mean_active": row.mean_active,
        "elapsed_ms": row.elapsed_ms,
        "cost": row.cost,
        "cost_is_guessed": row.cost_is_guessed,
        "failures": row.failures,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fusion::params::knob;
    use crate::sweep::grid::Axis;

    fn grid() -> Grid {
        let axis = |name, text| Axis::parse(knob(name).unwrap(), text).unwrap();
        Grid::new(vec![axis("segment-tokens", "3,20"), axis("exit-threshold", "0.5")]).unwrap()
    }

    fn row(right: usize, graded: usize) -> Figures {
        Figures {
            answers: 4,
            graded,
            right,
            score: Some(0.25),
            rounds: 2.5,
            tokens: 10.0,
            draft_calls: 30,
            score_calls: 12,
            mean_active: 3.5,
            elapsed_ms: 17.25,
            ..Figures::default()
        }
    }

    #[test]
    fn the_table_marks_the_best_row_and_leaves_out_what_nobody_knows() {
        let text = table(&grid(), &[row(3, 4), row(1, 4)]);
        let expected = "   segment-tokens  exit-threshold  right  accuracy  score  rounds  tokens  calls  active  ms\n\
                        *               3             0.5    3/4     75.0%  0.250     2.5    10.0     42    3.50  17\n\
                        \u{20}              20             0.5    1/4     25.0%  0.250     2.5    10.0     42    3.50  17\n\n\
                        best: segment-tokens 3, exit-threshold 0.5 (3 of 4 right, 42 calls; of equals the one with fewer calls)\n";
        assert_eq!(text, expected);
        let unknown = table(&grid(), &[row(0, 0), Figures { failures: 2, cost: Some(1.5), ..row(0, 0) }]);
        assert!(!unknown.contains("accuracy  ") && unknown.contains("$1.5000") && unknown.contains("failed"), "{unknown}");
        assert!(unknown.contains("mean score 0.250; no answers are known"), "{unknown}");
        assert!(table(&grid(), &[Figures::default(), Figures::default()]).contains("no best can be told"));
    }

    #[test]
    fn the_csv_has_every_figure_and_nothing_for_what_is_not_known() {
        let text = csv(&grid(), &[row(3, 4), row(0, 0)]);
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines[0], format!("segment-tokens,exit-threshold,{CSV}"));
        assert_eq!(lines[1], "3,0.5,4,4,3,0.75,0.25,2.5,10,30,12,3.5,17.25,,0,true");
        assert_eq!(lines[2], "20,0.5,4,0,0,,0.25,2.5,10,30,12,3.5,17.25,,0,false");
        assert_eq!((lines.len(), lines[3]), (4, ""));
        assert_eq!(field("a,\"b\""), "\"a,\"\"b\"\"\"");
    }

    #[test]
    fn the_json_says_the_same_and_which_is_best_or_why_none_is() {
        let value: Json = serde_json::from_str(&json(&grid(), &[row(3, 4), row(1, 4)], 7)).unwrap();
        assert_eq!((&value["seed"], &value["best"], &value["no_best"]), (&json!(7), &json!(0), &Json::Null));
        assert_eq!(value["axes"][0], json!({ "knob": "segment-tokens", "values": [3, 20] }));
        assert_eq!(value["settings"][1]["setting"], json!({ "segment-tokens": 20, "exit-threshold": 0.5 }));
        assert_eq!((&value["settings"][1]["accuracy"], &value["settings"][0]["right"]), (&json!(0.25), &json!(3)));
        let none: Json = serde_json::from_str(&json(&grid(), &[Figures::default(), Figures::default()], 7)).unwrap();
        assert!(none["best"].is_null() && none["no_best"].as_str().unwrap().contains("no answer is there"));
    }
}
