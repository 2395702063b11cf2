//! The documents as they are, for a run in which a person had a hand.

use specfuse::engine::fusion::event::{Event, Record, SegmentId};
use specfuse::engine::fusion::run::Run;
use specfuse::engine::member::scripted::Line;
use specfuse::engine::member::scripted::ScriptedMember;
use specfuse::engine::round::Command;
use specfuse::export::{ExportError, Format, render, write};

use super::markup::parse;
use super::runs;
use super::support::{Reaction, say, scripted_run, seat};

/// Three members; one cannot score, one fails once; a person edits a segment and writes another.
fn records() -> Vec<Record> {
    let atlas = ScriptedMember::new(vec![
        say("The capital is Tokyo.", -0.1, false),
        say(" It lies\non the bay.", -0.2, false),
        say(" Ask again.", -0.2, true),
    ]);
    let babble = ScriptedMember::new(vec![
        say("The capital | is *Lima*.", -2.0, false),
        Line::Fail("out of memory".to_owned()),
        say(" Ask again.", -0.2, true),
    ]);
    let seats = vec![
        seat("atlas", atlas.otherwise(-1.5)),
        seat("babble", babble.failing_to_score("no scores today")),
        seat("cedar", ScriptedMember::saying(&["The capital is Kyoto.", " It is old.", " Ask again."], -0.4)),
    ];
    let edit = Command::Edit { segment: SegmentId(1), text: "The capital is Tokyo, since 1868.".to_owned() };
    let write = Command::Write { segment: None, text: " So it was decided.".to_owned() };
    let reactions: [Reaction; 2] = [
        (|record| record.round == 1 && matches!(record.event, Event::Accepted { .. }), edit),
        (|record| record.round == 2 && matches!(record.event, Event::Accepted { .. }), write),
    ];
    scripted_run(seats, &[("segment", "sentence"), ("max-failures", "5")], reactions.into())
}

fn document(format: Format) -> String {
    render(&Run::from_records(&records()).unwrap(), format).unwrap()
}

#[test]
fn markdown() {
    insta::assert_snapshot!(document(Format::Markdown));
}

#[test]
fn json() {
    insta::assert_snapshot!(document(Format::Json));
}

#[test]
fn html() {
    let page = document(Format::Html);
    // The style is a file of its own.
    let (head, rest) = page.split_once("<style>").unwrap();
    let (_, body) = rest.split_once("</style>").unwrap();
    insta::assert_snapshot!(format!("{head}<style>…</style>{body}"));
}

#[test]
fn every_recorded_case_has_its_documents() {
    for (name, records) in runs::all() {
        let run = Run::from_records(&records).unwrap();
        for (format, _) in Format::NAMES {
            match (run.segments().count(), render(&run, *format)) {
                (0, Err(ExportError::NoSegment)) => {}
                (1.., Ok(text)) => {
                    if *format == Format::Html {
                        parse(&text);
                    }
                }
                (segments, result) => panic!("{name}: {segments} segments, {result:?}"),
            }
        }
    }
}

#[test]
fn who_left_and_came_back_is_told_with_the_reason() {
    let told = |records: &[Record]| render(&Run::from_records(records).unwrap(), Format::Markdown).unwrap();
    let left = told(&runs::exiting());
    assert!(left.contains("c left (retention 0."), "{left}");
    let back = told(&runs::steered());
    assert!(back.contains("c left (excluded by hand); brought back after round"), "{back}");
    assert!(back.contains("**This run was steered:**"), "{back}");
}

#[test]
fn a_document_goes_to_a_new_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.md");
    let run = Run::from_records(&records()).unwrap();
    write(&run, Format::Markdown, &file).unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), document(Format::Markdown));
    assert!(matches!(write(&run, Format::Json, &file), Err(ExportError::Exists { .. })));
}
