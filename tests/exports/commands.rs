//! `specfuse export` as a person uses it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use specfuse::engine::fusion::event::Record;

use super::hostile;
use super::markup::parse;
use super::support::recorded;

fn export(home: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_specfuse"))
        .arg("export")
        .args(arguments)
        .env_clear()
        .env("HOME", home)
        .current_dir(home)
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn fails(output: &Output, said: &[&str]) {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{text}");
    for part in said {
        assert!(text.contains(part), "`{part}` is missing in: {text}");
    }
}

fn lines(records: &[Record]) -> String {
    records.iter().map(|record| serde_json::to_string(record).unwrap() + "\n").collect()
}

fn home(trace: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("run.jsonl"), trace).unwrap();
    home
}

#[test]
fn every_format_comes_on_standard_output_or_in_a_file() {
    let home = home(&lines(&recorded()));
    for (format, begins) in [("md", "# A SpecFuse run"), ("html", "<!doctype html>"), ("json", "{\n"), ("svg", "<svg ")] {
        let printed = out(&export(home.path(), &["run.jsonl", "--to", format]));
        assert!(printed.starts_with(begins) && printed.contains("Tokyo"), "{format}");
        let file = format!("run.{format}");
        assert_eq!(out(&export(home.path(), &["run.jsonl", "--to", format, "--output", &file])), "");
        assert_eq!(fs::read_to_string(home.path().join(file)).unwrap(), printed);
    }
}

#[test]
fn the_picture_of_a_hostile_run_is_well_formed_and_holds_nothing_but_text() {
    let texts: Vec<String> = hostile::ATTACKS.iter().map(|attack| (*attack).to_owned()).collect();
    let home = home(&lines(&hostile::records(&texts)));
    let picture = parse(&out(&export(home.path(), &["run.jsonl", "--to", "svg"])));
    let names: Vec<&str> = picture
        .all()
        .iter()
        .map(|element| element.name.as_str())
        .filter(|name| !["svg", "rect", "text"].contains(name))
        .collect();
    assert_eq!(names, [""; 0]);
    assert!(picture.text().contains("owned"), "the attacks are on the screen");
}

#[test]
fn a_file_that_is_there_is_kept_unless_it_is_to_be_replaced() {
    let home = home(&lines(&recorded()));
    let file = home.path().join("run.md");
    fs::write(&file, "mine").unwrap();
    let refused = export(home.path(), &["run.jsonl", "--to", "md", "--output", "run.md"]);
    fails(&refused, &["run.md", "there is such a file already", "another name", "--force"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    out(&export(home.path(), &["run.jsonl", "--to", "md", "--output", "run.md", "--force"]));
    assert!(fs::read_to_string(&file).unwrap().starts_with("# A SpecFuse run"));
    fails(
        &export(home.path(), &["run.jsonl", "--to", "md", "--output", "away/run.md"]),
        &["away/run.md", "there is no folder away"],
    );
    fails(&export(home.path(), &["run.jsonl", "--to", "md", "--output", "."]), &["this is a folder"]);
    fails(&export(home.path(), &["run.jsonl", "--to", "pdf"]), &["pdf", "md", "html", "json", "svg"]);
    fails(&export(home.path(), &["nowhere.jsonl", "--to", "md"]), &["nowhere.jsonl"]);
}

#[test]
fn what_is_whole_of_a_torn_trace_is_exported_and_the_rest_told() {
    let records = recorded();
    let accepted = records.iter().position(|record| record.round == 2).unwrap();
    let torn = lines(&records[..accepted + 3]) + "{\"t_ms\":1,\"rou";
    let home = home(&torn);
    let output = export(home.path(), &["run.jsonl", "--to", "md"]);
    let document = out(&output);
    assert!(document.contains("The capital of Japan is Tokyo."), "{document}");
    assert!(document.contains("not finished") && document.contains("round 2, which was not finished"), "{document}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("run.jsonl") && said.contains("cut off"), "{said}");
}

#[test]
fn a_trace_without_a_whole_round_says_so() {
    let records = recorded();
    let home = home(&lines(&records[..4]));
    for format in ["md", "html", "json", "svg"] {
        fails(&export(home.path(), &["run.jsonl", "--to", format]), &["run.jsonl", "no segment was accepted"]);
    }
}
