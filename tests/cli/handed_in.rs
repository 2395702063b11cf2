//! Files of every kind as other programs save them: read the same, or reported with the line if they are something else.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use specfuse::engine::trace::{self, Journal};

use super::{Home, PROMPTS, err, fails, out, prompts};

/// The ways in which programs save the same text.
fn saved(text: &str) -> [Vec<u8>; 4] {
    [
        format!("\u{feff}{text}").into_bytes(),
        text.replace('\n', "\r\n").into_bytes(),
        text.trim_end().as_bytes().to_vec(),
        format!("\u{feff}\n{}\n \t\n", text.replace('\n', "  \n\n")).into_bytes(),
    ]
}

fn latin(text: &str) -> Vec<u8> {
    text.chars().map(|character| character as u8).collect()
}

fn wide(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn prompts_are_read_whatever_saved_them() {
    let home = Home::new();
    let path = home.path().join("prompts.jsonl");
    let eval = || home.run(&["eval", "--json", "--fused-only", "--seed", "1", path.to_str().unwrap()]);
    let array = format!("[\n{}\n]\n", PROMPTS.trim_end().replace('\n', ",\n"));
    for bytes in saved(PROMPTS).into_iter().chain([array.into_bytes()]) {
        fs::write(&path, &bytes).unwrap();
        let output = eval();
        let report: serde_json::Value = serde_json::from_str(&out(&output)).unwrap_or_default();
        assert_eq!(report["fused"]["right"], 3, "{} {}", String::from_utf8_lossy(&bytes), err(&output));
    }
    fs::write(&path, latin("\n{\"prompt\": \"Größe?\", \"answers\": [\"5\"]}\n")).unwrap();
    fails(&eval(), 2, &["prompts.jsonl: line 2: byte 0xf6 at offset 15", "Latin-1", "UTF-8"]);
    fs::write(&path, wide(PROMPTS)).unwrap();
    fails(&eval(), 2, &["prompts.jsonl: line 1", "UTF-16", "offset 0"]);
}

#[test]
fn a_trace_is_read_whatever_saved_it() {
    let home = Home::new();
    home.run(&["run", "-q", "--seed", "1", "What is the capital of Japan?"]);
    let kept = fs::read_to_string(&home.traces()[0]).unwrap();
    let path = home.path().join("copy.jsonl");
    let export = || home.run(&["export", path.to_str().unwrap(), "--to", "md"]);
    fs::write(&path, &kept).unwrap();
    let expected = out(&export());
    assert!(expected.contains("Tokyo"), "{expected}");
    for bytes in saved(&kept) {
        fs::write(&path, &bytes).unwrap();
        let output = export();
        assert_eq!((out(&output), err(&output)), (expected.clone(), String::new()), "{}", String::from_utf8_lossy(&bytes[..80]));
    }
    fs::write(&path, wide(&kept)).unwrap();
    fails(&export(), 2, &["copy.jsonl", "UTF-16", "offset 0"]);
    fs::write(&path, b"\x1f\x8b\x08\0\0\0\0\0").unwrap();
    fails(&export(), 2, &["copy.jsonl", "gzip", "unpack"]);
}

#[test]
fn a_trace_without_its_last_line_end_goes_on_in_a_line_of_its_own() {
    let home = Home::new();
    home.run(&["run", "-q", "--seed", "1", "What is the capital of Japan?"]);
    let path = home.traces().remove(0);
    let text = fs::read_to_string(&path).unwrap();
    let events = text.lines().count();
    for cut in [text.trim_end(), &text[..text.len() - 3]] {
        fs::write(&path, cut).unwrap();
        let (trace, mut journal) = Journal::reopen(&path).unwrap();
        journal.append(trace.records.last().unwrap()).unwrap();
        journal.flush().unwrap();
        let again = trace::read(&path).unwrap();
        assert_eq!((again.records.len(), again.torn_bytes), (trace.records.len() + 1, 0));
        assert!(trace.records.len() >= events - 1);
    }
}

#[test]
fn the_configuration_is_read_whatever_saved_it() {
    let home = Home::new();
    let path = home.path().join("my.toml");
    let run = || home.run(&["run", "--json", "--no-trace", "--config", path.to_str().unwrap(), "Hello!"]);
    for bytes in saved("[parameters]\nsegment = 'tokens'\nsegment-tokens = 4\n") {
        fs::write(&path, &bytes).unwrap();
        let output = run();
        let header: serde_json::Value = serde_json::from_str(out(&output).lines().next().unwrap_or_default()).unwrap_or_default();
        assert_eq!(header["params"]["segment-tokens"], 4, "{} {}", String::from_utf8_lossy(&bytes), err(&output));
    }
    fs::write(&path, latin("# Größe\n[parameters]\n")).unwrap();
    fails(&run(), 2, &["my.toml: line 1: byte 0xf6 at offset 4", "Latin-1"]);
    fs::write(&path, wide("[parameters]\n")).unwrap();
    fails(&run(), 2, &["my.toml: line 1", "UTF-16"]);
    fs::write(&path, "\u{feff}\r\n\r\n[parameters]\r\nmax-rounds = 0\r\n").unwrap();
    fails(&run(), 2, &["my.toml", "max-rounds", "line 4"]);
}

#[test]
fn standard_input_is_read_whatever_wrote_it() {
    let home = Home::new();
    let asked = |bytes: &[u8]| {
        let mut child = home
            .command(&["run", "--json", "--no-trace", "--max-rounds", "1", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(bytes).unwrap();
        child.wait_with_output().unwrap()
    };
    for text in ["Hello!\nAnd you?\n", "\u{feff}Hello!\r\nAnd you?\r\n", "Hello!\rAnd you?", "\u{feff}Hello!\nAnd you?\n\n"] {
        let output = asked(text.as_bytes());
        let header: serde_json::Value = serde_json::from_str(out(&output).lines().next().unwrap()).unwrap();
        assert_eq!(header["conversation"][0]["content"], "Hello!\nAnd you?", "{text:?}");
    }
    fails(&asked(&wide("Hello!")), 2, &["standard input: line 1", "UTF-16"]);
    fails(&asked(&latin("Grüße\n")), 2, &["standard input: line 1: byte 0xfc at offset 2", "Latin-1"]);
    fails(&asked(b"Hello\0\n"), 2, &["standard input: line 1", "no text", "offset 5"]);
}

#[test]
fn every_mistake_in_a_file_has_one_line_the_files() {
    let home = Home::new();
    for (text, line) in [
        ("{\"prompt\": \"a\", \"answers\": [\"b\"]}\r\n\r\n{\"prompt\": 5}\r\n", "line 3: "),
        ("[\n{\"prompt\": \"a\", \"answers\": [\"b\"]},\n{\"prompt\":\n5}\n]\n", "line 4: "),
        ("[\n\n{\"prompt\": \"a\"}]\n", "line 3: "),
    ] {
        let file = prompts(&home, text);
        let output = home.run(&["eval", &file]);
        fails(&output, 2, &["prompts.jsonl", line]);
        assert_eq!(err(&output).matches("line ").count(), 1, "{}", err(&output));
    }
}
