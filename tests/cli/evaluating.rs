//! `specfuse eval`: failures are distinguished from wrong answers, and how every answer ended is reported.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use serde_json::Value;

use super::{Home, PROMPTS, err, out, prompts};

/// An address without a listener: its port was free a moment ago.
fn nowhere() -> String {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    format!("gone=http://127.0.0.1:{port}")
}

fn atlas() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models/atlas.gguf").to_str().unwrap().to_owned()
}

#[test]
fn a_member_whose_calls_fail_has_failed_and_is_not_wrong() {
    let home = Home::new();
    let (file, atlas, gone) = (prompts(&home, PROMPTS), atlas(), nowhere());
    let details = home.path().join("details.jsonl");
    let members = ["--seed", "1", "--model", &atlas, "--model", &gone];
    let with = |further: &[&str]| home.run(&[&["eval"][..], &members, further, &[&file]].concat());

    let output = with(&["--json", "--details", details.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let report: Value = serde_json::from_str(&out(&output)).unwrap();
    let gone = &report["members"]["gone"];
    assert_eq!((&gone["total"], &gone["failed"], &gone["right"]), (&3.into(), &3.into(), &0.into()), "{report}");
    assert!(gone["accuracy"].is_null() && gone["reason"].as_str().unwrap().contains("127.0.0.1"), "{report}");
    let atlas = &report["members"]["atlas"];
    assert_eq!((&atlas["total"], &atlas["failed"], &atlas["failed_fused"]), (&3.into(), &0.into(), &0.into()));
    assert!(atlas["accuracy"].is_number() && atlas.get("reason").is_none(), "{report}");
    assert_eq!((&report["fused"]["failed"], &report["fused"]["total"]), (&0.into(), &3.into()));
    for line in fs::read_to_string(&details).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["alone"][0].is_string() && line["alone"][1].is_null(), "{line}");
        assert!(line["alone_failed"]["gone"].as_str().unwrap().contains("127.0.0.1"), "{line}");
        assert!(line["right"].is_boolean() && line["error"].is_null(), "{line}");
        let figures = &line["alone_figures"];
        assert!(figures[0]["member"] == "atlas" && figures[0]["right"].is_boolean() && figures[1].is_null(), "{line}");
    }

    let table = out(&with(&[]));
    let row = table.lines().find(|line| line.starts_with("gone ")).unwrap();
    assert!(row.contains(" - ") && !row.contains("0/"), "{table}");
    assert!(table.contains("gone: 3 of 3 answers alone") && table.contains("127.0.0.1"), "{table}");
    let fused_only: Value = serde_json::from_str(&out(&with(&["--json", "--fused-only"]))).unwrap();
    assert_eq!(fused_only["members"]["gone"]["total"], 0, "{fused_only}");
}

#[test]
fn a_fused_answer_that_failed_is_not_wrong_either() {
    let home = Home::new();
    let (file, gone) = (prompts(&home, PROMPTS), nowhere());
    let details = home.path().join("details.jsonl");
    // One is away, and the other only verifies.
    let judge = format!("judge={}/assets/models/atlas.gguf", env!("CARGO_MANIFEST_DIR"));
    let members = ["eval", "--model", &gone, "--model", &judge, "--role", "judge=verify"];
    let with = |further: &[&str]| home.run(&[&members, further, &[&file]].concat());
    let report: Value = serde_json::from_str(&out(&with(&["--json", "--details", details.to_str().unwrap()]))).unwrap();
    let fused = &report["fused"];
    assert_eq!((&fused["total"], &fused["failed"], &fused["right"]), (&3.into(), &3.into(), &0.into()), "{report}");
    assert!(fused["accuracy"].is_null() && fused["reason"].as_str().unwrap().contains("127.0.0.1"), "{report}");
    for line in fs::read_to_string(&details).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["right"].is_null() && line["error"].is_string() && line["outcome"].is_null(), "{line}");
    }
    let table = out(&with(&[]));
    assert!(table.contains("fused: 3 of 3 answers failed: "), "{table}");
}

#[test]
fn a_member_that_only_verifies_is_not_asked_alone() {
    let home = Home::new();
    let file = prompts(&home, PROMPTS);
    let report = out(&home.run(&["eval", "--json", "--seed", "1", "--role", "babble=verify", &file]));
    let report: Value = serde_json::from_str(&report).unwrap();
    let babble = &report["members"]["babble"];
    assert_eq!((&babble["total"], &babble["failed"], &babble["calls"]), (&0.into(), &0.into(), &0.into()), "{report}");
    assert!(babble["accuracy"].is_null(), "{report}");
}

#[test]
#[cfg(unix)]
fn the_details_are_private_and_known_to_be_impossible_before_anything_is_played() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let file = prompts(&home, PROMPTS);
    let details = home.path().join("details.jsonl");
    fs::write(&details, "from before").unwrap();
    fs::set_permissions(&details, fs::Permissions::from_mode(0o644)).unwrap();
    home.run(&["eval", "--fused-only", "--limit", "1", "--details", details.to_str().unwrap(), &file]);
    assert_eq!(fs::metadata(&details).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_to_string(&details).unwrap().lines().count(), 1);
    let output = home.run(&["eval", "--details", "/nowhere/at/all", &file]);
    super::fails(&output, 2, &["--details", "/nowhere/at/all"]);
    assert_eq!(out(&output), "");
}

#[test]
fn how_the_answers_ended_and_what_they_took_is_reported() {
    let home = Home::new();
    let file = prompts(&home, PROMPTS);
    let details = home.path().join("details.jsonl");
    let with = |further: &[&str]| home.run(&[&["eval", "--seed", "1"], further, &[&file]].concat());
    let options = ["--json", "--details", details.to_str().unwrap(), "--max-rounds", "1"];
    let report: Value = serde_json::from_str(&out(&with(&options))).unwrap();
    let lines = fs::read_to_string(&details).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let sum = |key: &str| lines.iter().map(|line| line[key].as_u64().unwrap()).sum::<u64>();
    let fused = &report["fused"];
    assert_eq!(lines[0]["outcome"], "round_limit", "two questions take two sentences: {}", lines[0]);
    let limited = lines.iter().filter(|line| line["outcome"] == "round_limit").count();
    assert_eq!(fused["limits"], serde_json::json!({ "tokens": 0, "rounds": limited, "context": 0 }));
    assert_eq!((&fused["echoes"], &fused["tokens"], &fused["calls"]), (&0.into(), &sum("tokens").into(), &sum("calls").into()));
    assert!(fused["elapsed_ms"].as_f64().unwrap() > 0.0 && lines.iter().all(|line| line["elapsed_ms"].is_f64()));
    let atlas = lines.iter().map(|line| &line["alone_figures"][0]);
    let tokens: u64 = atlas.clone().map(|figures| figures["tokens"].as_u64().unwrap()).sum();
    assert_eq!(report["members"]["atlas"]["tokens"], tokens, "{report}");
    assert!(
        atlas.clone().all(|figures| figures["member"] == "atlas" && figures["ended"] == true && figures["echo"] == false),
        "{lines:?}"
    );

    let said = |text: &str| text.lines().any(|line| line.contains("stopped at the round limit"));
    assert!(said(&out(&with(&["--max-rounds", "1"]))));
    assert!(!said(&out(&with(&[]))));
}
