//! A file of prompts that changes between two sweeps: what is finished stays, and only what is new is played.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use super::support::{Home, PROMPTS, cells, err, out, traces};

const GRID: &[&str] = &["--segment-tokens", "3,20", "--results", "kept", "--json"];

fn line((prompt, answers): &(&str, &[&str])) -> String {
    serde_json::json!({ "prompt": prompt, "answers": answers }).to_string()
}

fn lines() -> Vec<String> {
    PROMPTS.iter().map(line).collect()
}

/// The sweep's standard error, and how many cells it played.
fn swept(home: &Home) -> (String, usize) {
    let folder = home.path().join("kept");
    let before = cells(&folder).len();
    let output = home.run(GRID);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    (err(&output), cells(&folder).len() - before)
}

#[test]
fn a_file_that_is_saved_otherwise_is_played_no_further() {
    let home = Home::new();
    assert_eq!(swept(&home).1, 6);
    let lines = lines();
    let reordered = lines.iter().map(|line| {
        let value: Value = serde_json::from_str(line).unwrap();
        format!("{{\"id\": 7, \"answers\": {}, \"experts\": [], \"prompt\": {}}}", value["answers"], value["prompt"])
    });
    let reordered: Vec<String> = reordered.collect();
    for text in [
        format!("\u{feff}{}\r\n", lines.join("\r\n")),
        format!("\n\n{}  \n\n", lines.join(" \n \n")),
        reordered.join("\n"),
        format!("[\n  {}\n]\n", reordered.join(",\n  ")),
        lines.iter().rev().cloned().collect::<Vec<_>>().join("\n"),
    ] {
        home.write(&text);
        let (said, played) = swept(&home);
        assert_eq!(played, 0, "{text}");
        assert!(said.contains("6 of 6 answers are there from before\n"), "{said}");
    }
}

#[test]
fn only_what_is_new_or_changed_is_played_and_the_figures_are_those_of_a_sweep_from_the_beginning() {
    let home = Home::new();
    swept(&home);
    let mut lines = lines();
    lines.insert(0, line(&("What is the capital of Kenya?", &["Nairobi"])));
    home.write(&lines.join("\n"));
    let (said, played) = swept(&home);
    assert_eq!(played, 2, "{said}");
    assert!(said.contains("6 of 8 answers are there from before; 2 to play: 1 new prompt (number 1)"), "{said}");

    lines[2] = line(&("What is 28 plus 48?", &["76"]));
    lines.remove(3);
    home.write(&lines.join("\n"));
    let (said, played) = swept(&home);
    assert_eq!(played, 2, "{said}");
    assert!(said.contains("4 of 6 answers are there from before; 2 to play: 1 changed prompt (number 3)"), "{said}");
    assert!(said.contains("results of 2 other prompts stay there"), "{said}");

    let figures = |folder: &str| {
        let grid = ["--segment-tokens", "3,20", "--results", folder, "--json"];
        let mut value: Value = serde_json::from_str(&out(&home.run(&grid))).unwrap();
        for setting in value["settings"].as_array_mut().unwrap() {
            setting.as_object_mut().unwrap().remove("elapsed_ms");
        }
        value
    };
    assert_eq!(figures("kept"), figures("new"));
    // Not only the figures: each kept trace is the one that a new sweep writes, except for its times.
    let seeds = |folder: &str| -> BTreeMap<String, u64> {
        let of = |path: &std::path::PathBuf| {
            let header: Value = serde_json::from_str(fs::read_to_string(path).unwrap().lines().next().unwrap()).unwrap();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), header["seed"].as_u64().unwrap())
        };
        traces(&home.path().join(folder)).iter().map(of).collect()
    };
    let (kept, new) = (seeds("kept"), seeds("new"));
    assert_eq!((kept.len(), new.len()), (10, 6));
    assert!(new.iter().all(|(name, seed)| kept.get(name) == Some(seed)));
}

#[test]
fn two_equal_prompts_are_two_and_one_of_them_can_go() {
    let home = Home::new();
    let one = line(&PROMPTS[0]);
    home.write(&format!("{one}\n{one}\n"));
    assert_eq!(swept(&home).1, 4);
    assert_eq!(traces(&home.path().join("kept")).len(), 4);
    home.write(&one);
    let (said, played) = swept(&home);
    assert_eq!(played, 0, "{said}");
    home.write(&format!("{one}\n{one}\n{one}\n"));
    let (said, played) = swept(&home);
    assert_eq!(played, 2, "{said}");
}

#[test]
fn without_a_named_folder_a_longer_file_goes_on_where_the_shorter_one_stopped() {
    let home = Home::new();
    let grid = ["--segment-tokens", "3,20", "--no-traces"];
    home.run(&grid);
    home.write(&(lines().join("\r\n") + "\r\n" + &line(&("What is the capital of Kenya?", &["Nairobi"]))));
    let said = err(&home.run(&grid));
    assert!(said.contains("6 of 8 answers are there from before; 2 to play: 1 new prompt (number 4)"), "{said}");
    let said = err(&home.run(&["--segment-tokens", "3,20", "--no-traces", "--fresh"]));
    assert!(!said.contains("from before"), "{said}");
}
