//! What the command prints, and its messages about mistakes.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde_json::Value;
use specfuse::engine::fusion::run::Run;
use specfuse::engine::trace;

use super::support::{Home, cells, err, out, traces};

const GRID: &[&str] = &["--segment-tokens", "3,20", "--exit-threshold", "0,0.5", "--results", "kept"];

fn with<'a>(further: &[&'a str]) -> Vec<&'a str> {
    GRID.iter().chain(further).copied().collect()
}

#[test]
fn the_table_compares_the_settings_and_marks_the_best() {
    let home = Home::new();
    let output = home.run(GRID);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let table = out(&output);
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].trim_start().starts_with("segment-tokens  exit-threshold  right  accuracy"), "{table}");
    assert_eq!(lines.iter().filter(|line| line.starts_with('*')).count(), 1, "{table}");
    assert_eq!(lines[1..5].iter().filter(|line| line.contains("/3 ")).count(), 4, "{table}");
    assert!(lines[6].starts_with("best: segment-tokens "), "{table}");
    let said = err(&output);
    assert!(said.contains("`segment` is set to tokens") && said.contains("results and traces in kept"), "{said}");
}

#[test]
fn every_cell_leaves_its_run_as_a_trace_that_can_be_opened() {
    let home = Home::new();
    home.run(GRID);
    let folder = home.path().join("kept");
    let (cells, traces) = (cells(&folder), traces(&folder));
    assert_eq!((cells.len(), traces.len()), (12, 12));
    let mut seeds = HashMap::new();
    for (_, cell) in cells {
        let path = folder.join("traces").join(cell["trace"].as_str().unwrap());
        let run = Run::from_records(&trace::read(&path).unwrap().records).unwrap();
        assert_eq!(cell["setting"]["segment-tokens"], run.params.segment_tokens, "{}", path.display());
        assert_eq!(cell["setting"]["exit-threshold"], run.params.exit_threshold);
        assert_eq!(cell["seed"], run.header.seed);
        let seed = seeds.entry(cell["prompt"].as_u64().unwrap()).or_insert(run.header.seed);
        assert_eq!(*seed, run.header.seed, "a prompt is played with one seed in every setting");
        assert_eq!(cell["tokens"], run.tokens());
    }
    assert_eq!(seeds.values().collect::<HashSet<_>>().len(), 3, "and every prompt with its own");
}

/// The output of a sweep, without its times.
fn json(home: &Home, arguments: &[&str]) -> Value {
    let output = home.run(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let mut value: Value = serde_json::from_str(&out(&output)).unwrap();
    for setting in value["settings"].as_array_mut().unwrap() {
        assert!(setting.as_object_mut().unwrap().remove("elapsed_ms").unwrap().as_f64().unwrap() > 0.0);
    }
    value
}

#[test]
fn how_many_are_played_at_a_time_changes_nothing_but_times() {
    let home = Home::new();
    let of = |jobs, folder| {
        let grid = ["--segment-tokens", "3,20", "--exit-threshold", "0,0.5", "--json", "--no-traces", "--seed", "9"];
        json(&home, &[&grid[..], &["--jobs", jobs, "--results", folder]].concat())
    };
    let one = of("1", "one");
    assert_eq!(one, of("2", "two"));
    assert_eq!(one, of("3", "three"));
    assert_eq!(one["settings"].as_array().unwrap().len(), 4);
    assert!(traces(&home.path().join("one")).is_empty());
}

#[test]
fn the_csv_has_a_line_a_setting() {
    let home = Home::new();
    let text = out(&home.run(&with(&["--csv", "--limit", "1", "--no-traces"])));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5, "{text}");
    assert!(lines[0].starts_with("segment-tokens,exit-threshold,answers,") && lines[1].starts_with("3,0,1,1,"), "{text}");
}

#[test]
fn prompts_without_answers_are_compared_by_score_or_not_at_all() {
    let home = Home::new();
    home.write("{\"prompt\": \"What is the capital of Japan?\"}\n");
    let text = out(&home.run(&["--segment-tokens", "3,5", "--no-traces"]));
    assert!(!text.contains("accuracy  ") && text.contains("best: segment-tokens") && text.contains("mean score"), "{text}");
    let text = out(&home.run(&["--scoring", "geometric,mean-prob", "--no-traces"]));
    assert!(text.contains("no best can be told") && text.contains("scoring") && !text.contains('*'), "{text}");
}

/// The code is 2, the reason is reported, and nothing was started.
fn refused(home: &Home, arguments: &[&str], said: &[&str]) {
    let output = home.run(arguments);
    let text = err(&output);
    assert_eq!((output.status.code(), out(&output).as_str()), (Some(2), ""), "{text}");
    assert!(said.iter().all(|part| text.contains(part)) && !text.contains("panicked"), "{text}");
}

#[test]
fn mistakes_are_told_before_anything_is_played() {
    let home = Home::new();
    refused(&home, &["--segment-tokens", "3,999"], &["`segment-tokens` is 999", "from 1 to 200"]);
    refused(&home, &["--segment-tokens", "3,,5"], &["segment-tokens", "empty place"]);
    refused(&home, &["--segment-tokens="], &["segment-tokens", "empty place"]);
    refused(&home, &["--segment-toks", "3,5"], &["--segment-toks", "--segment-tokens"]);
    refused(&home, &[], &["nothing is swept"]);
    refused(&home, &["--segment-tokens", "3"], &["nothing is swept"]);
    refused(&home, &["--exit", "off", "--exit-threshold", "0,0.5"], &["`exit-threshold` changes nothing while `exit` is off"]);
    refused(&home, &["--no-exit", "--exit-threshold", "0,0.5"], &["`exit` is off"]);
    refused(&home, &["--segment", "words", "--segment-tokens", "3,5"], &["`segment` is words", "--segment tokens"]);
    refused(&home, &["--segment-words", "1..100", "--max-tokens", "1..100"], &["30000 answers", "--yes", "--limit"]);
    assert!(!home.path().join(".local").exists());
}

#[test]
fn a_broken_file_of_prompts_is_told_with_the_line() {
    let home = Home::new();
    home.write("{\"prompt\": \"a\"}\n\n{\"prompt\": 5}\n");
    refused(&home, &["--segment-tokens", "3,5"], &["prompts.jsonl", "line 3"]);
    home.write("\n");
    refused(&home, &["--segment-tokens", "3,5"], &["no prompt"]);
    std::fs::remove_file(home.path().join("prompts.jsonl")).unwrap();
    refused(&home, &["--segment-tokens", "3,5"], &["prompts.jsonl"]);
}

#[test]
fn a_folder_with_another_sweep_is_refused_until_it_is_thrown_away() {
    let home = Home::new();
    let grid = ["--segment-tokens", "3,5", "--limit", "1", "--results", "kept"];
    assert_eq!(home.run(&grid).status.code(), Some(0));
    let other = [&grid[..], &["--seed", "2"]].concat();
    refused(&home, &other, &["another sweep", "the seed is 1 there, 2 here", "--fresh"]);
    let output = home.run(&[&other[..], &["--fresh"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert_eq!(cells(&home.path().join("kept")).len(), 2);
}

#[test]
fn without_a_named_folder_each_sweep_has_one_of_its_own() {
    let home = Home::new();
    for seed in ["1", "2", "1"] {
        home.run(&["--segment-tokens", "3,5", "--limit", "1", "--no-traces", "--seed", seed]);
    }
    let sweeps: Vec<_> = std::fs::read_dir(home.path().join(".local/share/specfuse/sweeps")).unwrap().collect();
    assert_eq!(sweeps.len(), 2);
    for folder in sweeps {
        assert_eq!(cells(Path::new(&folder.unwrap().path())).len(), 2);
    }
}
