//! `specfuse export` as the user uses it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use specfuse::engine::fusion::conversation::{Role, Turn};
use specfuse::engine::fusion::event::{Event, Record};
use specfuse::engine::fusion::run::Run;
use specfuse::engine::trace::Lines;

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
    let mut numbered = Lines::default();
    let mut text = Vec::new();
    for record in records {
        numbered.write(record, &mut text).unwrap();
    }
    String::from_utf8(text).unwrap()
}

fn home(trace: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("run.jsonl"), trace).unwrap();
    home
}

#[test]
fn every_format_comes_on_standard_output_or_in_a_file() {
    let home = home(&lines(&recorded()));
    for (format, begins) in
        [("md", "# A SpecFuse run"), ("html", "<!doctype html>"), ("json", "{\n"), ("svg", "<svg "), ("cast", "{\"version\":2,")]
    {
        let printed = out(&export(home.path(), &["run.jsonl", "--to", format]));
        assert!(printed.starts_with(begins) && printed.contains("Tokyo"), "{format}");
        let file = format!("run.{format}");
        assert_eq!(out(&export(home.path(), &["run.jsonl", "--to", format, "--output", &file])), "");
        assert_eq!(fs::read_to_string(home.path().join(file)).unwrap(), printed);
    }
}

/// A run with this question, after these turns, with the answer of the recorded one.
fn asking(before: &[Turn], question: &str) -> Vec<Record> {
    let mut records = recorded();
    if let Event::RunStarted(header) = &mut records[0].event {
        header.conversation.turns = before.to_vec();
        header.conversation.turns.push(Turn { role: Role::User, content: question.to_owned() });
    }
    records
}

/// The two runs of a conversation.
fn conversation() -> [Vec<Record>; 2] {
    let turn = |role, content: String| Turn { role, content };
    let first = asking(&[], "First question?");
    let answer = Run::from_records(&first).unwrap().answer();
    let said = [turn(Role::User, "First question?".to_owned()), turn(Role::Assistant, answer)];
    [first, asking(&said, "Second question?")]
}

#[test]
fn several_runs_of_a_file_are_told_as_several_and_a_conversation_as_one() {
    let [first, second] = conversation();
    let other = asking(&[], "Something else?");
    let alone = {
        let home = home(&lines(&first));
        let export = |format| out(&self::export(home.path(), &["run.jsonl", "--to", format]));
        (export("md"), export("json"))
    };
    let talk = home(&lines(&[first.clone(), second.clone()].concat()));
    let export = |format: &str| out(&self::export(talk.path(), &["run.jsonl", "--to", format]));
    let markdown = export("md");
    let headings: Vec<&str> = markdown.lines().filter(|line| line.starts_with('#') && !line.starts_with("### ")).collect();
    assert_eq!(headings, ["# A SpecFuse conversation", "## Answer 1 of 2", "## Answer 2 of 2"]);
    assert_eq!(markdown.matches("First question?").count(), 1, "what was said is not said again");
    let reports: serde_json::Value = serde_json::from_str(&export("json")).unwrap();
    assert_eq!(reports.as_array().map(Vec::len), Some(2));
    assert_eq!(reports[0], serde_json::from_str::<serde_json::Value>(&alone.1).unwrap(), "the figures are each run's own");
    assert_eq!((&reports[0]["summary"], &reports[0]["question"]), (&reports[1]["summary"], &"First question?".into()));
    let page = parse(&export("html"));
    let mut ids: Vec<&str> = page.all().iter().filter_map(|element| element.attribute("id")).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id is there twice");
    for link in page.all().iter().filter_map(|element| element.attribute("href")) {
        assert!(link.strip_prefix('#').is_some_and(|id| ids.contains(&id)), "{link}");
    }
    assert!(export("svg").contains("Second question?"));
    let three = home(&lines(&[first, second, other].concat()));
    let export = |arguments: &[&str]| self::export(three.path(), &[&["run.jsonl", "--to"], arguments].concat());
    let markdown = out(&export(&["md"]));
    let headings: Vec<&str> = markdown.lines().filter(|line| line.starts_with('#') && line.contains(" of ")).collect();
    assert_eq!(headings, ["## Run 1 of 2: a conversation", "### Answer 1 of 2", "### Answer 2 of 2", "## Run 2 of 2"]);
    let picture = export(&["svg"]);
    let said = String::from_utf8_lossy(&picture.stderr).into_owned();
    assert!(said.contains("the file holds 2 runs: this is run 2, `--run N` chooses another"), "{said}");
    assert!(out(&picture).contains("Something else?"));
    assert!(out(&export(&["svg", "--run", "1"])).contains("Second question?"));
    assert!(out(&export(&["md", "--run", "2"])).starts_with("# A SpecFuse run\n"));
    fails(&export(&["md", "--run", "3"]), &["run.jsonl", "there is no run 3", "2 runs"]);
}

#[test]
fn a_lost_line_is_told_and_the_rest_exported() {
    let whole = lines(&recorded());
    let lost: String = whole.split_inclusive('\n').enumerate().filter(|(place, _)| *place != 4).map(|(_, line)| line).collect();
    for (trace, said) in [
        (lost, "before line 5 an event is missing (number 5)"),
        (whole.replacen('\n', "\nnonsense\n", 1), "line 2 is not an event"),
    ] {
        let home = home(&trace);
        let output = export(home.path(), &["run.jsonl", "--to", "json"]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains("run.jsonl") && told.contains(said), "{told}");
        assert!(out(&output).contains("Tokyo"));
    }
}

#[test]
fn the_ending_of_the_file_says_what_it_becomes() {
    let home = home(&lines(&recorded()));
    let export = |arguments: &[&str]| self::export(home.path(), &[&["run.jsonl"], arguments].concat());
    for (file, begins) in [
        ("a.md", "# A"),
        ("a.markdown", "# A"),
        ("b.HTML", "<!doctype html>"),
        ("b.htm", "<!doctype html>"),
        ("c.json", "{"),
        ("d.svg", "<svg "),
        ("e.cast", "{\"version\":2,\"width\":100,\"height\":30,"),
    ] {
        out(&export(&["-o", file]));
        assert!(fs::read_to_string(home.path().join(file)).unwrap().starts_with(begins), "{file}");
    }
    out(&export(&["-o", "notes.txt", "--to", "md"]));
    assert_eq!(out(&export(&[])), out(&export(&["--to", "md"])));
    assert!(fs::read_to_string(home.path().join("notes.txt")).unwrap().starts_with("# A SpecFuse run"));
    for (arguments, said) in [
        (&["-o", "x.svg", "--to", "md"][..], &["--to md", "x.svg", "contradict"][..]),
        (&["-o", "x.svg", "--to", "cast"], &["--to cast", "x.svg", "contradict"]),
        (&["-o", "x.pdf"], &["x.pdf", "md, html, json, svg, cast", "--to"]),
        (&["-o", "x"], &["the ending of x", "--to"]),
    ] {
        fails(&export(arguments), said);
    }
    assert!(!home.path().join("x.svg").exists());
}

#[test]
fn pictures_and_films_have_a_size_a_theme_and_a_speed_and_documents_have_not() {
    let home = home(&lines(&recorded()));
    let export = |arguments: &[&str]| self::export(home.path(), &[&["run.jsonl"], arguments].concat());
    assert_eq!(out(&export(&["-o", "moves.svg", "--to", "svg-animation", "--size", "80x24"])), "");
    let moves = fs::read_to_string(home.path().join("moves.svg")).unwrap();
    assert!(moves.contains("@keyframes") && moves.contains("viewBox=\"0 0 672 432\""), "{}", &moves[..200]);
    let picture = |arguments: &[&str]| out(&export(&[&["--to", "svg"], arguments].concat()));
    assert!(picture(&["--size", "60x16"]).contains("viewBox=\"0 0 504 288\""));
    assert!(picture(&["--theme", "light"]).contains("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"));
    let cast = |arguments: &[&str]| out(&export(&[&["--to", "cast"], arguments].concat()));
    let length = |cast: &str| cast.lines().last().unwrap()[1..].split(',').next().unwrap().parse::<f64>().unwrap();
    assert!((length(&cast(&["--speed", "2"])) * 2.0 - length(&cast(&[]))).abs() < 0.5);
    for (arguments, said) in [
        (&["--size", "80x24"][..], &["--size is for", "svg-animation", "md does not"][..]),
        (&["--to", "html", "--theme", "light"], &["--theme is for", "html does not"]),
        (&["--to", "svg", "--speed", "2"], &["--speed is for films", "svg-animation"]),
        (&["--to", "cast", "--size", "80"], &["columns and rows", "60x16"]),
        (&["--to", "cast", "--speed", "99"], &["0.25", "16"]),
        (&["--to", "cast", "--theme", "drak"], &["--theme", "drak", "dark"]),
    ] {
        fails(&export(arguments), said);
    }
}

#[test]
fn traces_that_are_kept_are_found_by_name_and_the_newest_as_last() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".local/share/specfuse/traces");
    let export = |name: &str| self::export(home.path(), &[name, "--to", "md"]);
    fails(&export("last"), &["there is no trace yet", "specfuse/traces"]);
    fails(&export("nowhere.jsonl"), &["there is no trace `nowhere.jsonl`", "specfuse/traces", "no trace is kept there yet"]);
    fs::create_dir_all(&folder).unwrap();
    for (name, question, seconds) in [("1-1-0", "Older?", 10), ("0-1-0", "Newer?", 20)] {
        let path = folder.join(format!("{name}.trace.jsonl"));
        fs::write(&path, lines(&asking(&[], question))).unwrap();
        let when = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        fs::File::options().write(true).open(&path).unwrap().set_modified(when).unwrap();
    }
    for (name, question) in [("last", "Newer?"), ("1-1-0", "Older?"), ("1-1-0.trace.jsonl", "Older?")] {
        assert!(out(&export(name)).contains(question), "{name}");
    }
    fails(&export("2-1-0"), &["there is no trace `2-1-0`", "specfuse/traces", "`last` is the first of them"]);
    fails(&export("./1-1-0.trace.jsonl"), &["there is no trace `./1-1-0.trace.jsonl`"]);
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
    for format in ["md", "html", "json", "svg", "svg-animation", "cast"] {
        fails(&export(home.path(), &["run.jsonl", "--to", format]), &["run.jsonl", "no segment was accepted"]);
    }
}
