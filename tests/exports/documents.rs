//! The documents as they are, for a run in which the user intervened.

use std::path::Path;

use specfuse::engine::fusion::event::Record;
use specfuse::engine::fusion::run::Run;
use specfuse::export::{Existing, ExportError, Format, render, save};

use super::hostile;
use super::markup::parse;
use super::runs;

/// Writes the document to a new file; one that exists stays as it is.
fn write(run: &Run, format: Format, to: &Path) -> Result<(), ExportError> {
    save(&render(run, format)?, to, Existing::Keep)
}

/// A run in which a draft was accepted, a segment edited and another written, with failures and a member that left twice.
fn records() -> Vec<Record> {
    let words = [
        "atlas",
        "babble",
        "cedar",
        "good to know",
        "scripted",
        "a model",
        "advice",
        "a kind",
        "another model",
        "more advice",
        "the third kind",
        "the third model",
        "Answer briefly.",
        "And before?",
        "It was Kyoto.",
        "What is the capital of Japan?",
        "0.1.0",
        "Tokyo",
        "The capital is Tokyo.",
        "The capital | is *Lima*.",
        "out of memory",
        "no scores today",
        " It lies\non the bay.",
    ];
    hostile::records(&words.map(str::to_owned))
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
    // The style is in a separate file.
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
