//! Whatever a trace says, it is text in the document: it opens no element, no span and no cell, and what shows is what was said.

use proptest::prelude::*;
use pulldown_cmark::{Event as Mark, Options, Parser, Tag};
use specfuse::clean::clean;
use specfuse::engine::fusion::run::Run;
use specfuse::export::{Format, render};

use super::hostile::{self, ATTACKS};
use super::markup::{Element, parse};

fn run(texts: &[String]) -> Run {
    Run::from_records(&hostile::records(texts)).unwrap()
}

fn attacks() -> Vec<String> {
    ATTACKS.iter().map(|attack| (*attack).to_owned()).chain([hostile::huge_word()]).collect()
}

fn with_class<'a>(page: &'a Element, class: &str) -> Vec<&'a Element> {
    page.all()
        .into_iter()
        .filter(|element| element.attribute("class").is_some_and(|known| known.split(' ').any(|one| one == class)))
        .collect()
}

/// A text as a page can show it: two characters have no place in a document.
fn shown(text: &str) -> String {
    clean(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

fn check_page(texts: &[String]) {
    let run = run(texts);
    let page = parse(&render(&run, Format::Html).unwrap());
    let plain = parse(&render(&self::run(&hostile::plain(texts)), Format::Html).unwrap());
    assert_eq!(page.skeleton(), plain.skeleton(), "a text has changed the shape of the page");
    let mut ids: Vec<&str> = page.all().iter().filter_map(|element| element.attribute("id")).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id is there twice");
    for link in page.all().iter().filter_map(|element| element.attribute("href")) {
        assert!(link.strip_prefix('#').is_some_and(|id| ids.contains(&id)), "{link}");
    }
    let said: Vec<String> =
        with_class(&page, "said").iter().filter(|said| said.attribute("class") == Some("said")).map(|said| said.text()).collect();
    let turns = &run.header.conversation.turns;
    assert_eq!(said, turns.iter().map(|turn| shown(&turn.content)).collect::<Vec<_>>());
    let segments: Vec<String> = with_class(&page, "s").iter().map(|segment| segment.all()[1].text_without("sup")).collect();
    let expected = run.segments().map(|segment| {
        let shown = shown(segment);
        if shown.trim().is_empty() { shown + "[space]" } else { shown }
    });
    assert_eq!(segments, expected.collect::<Vec<_>>());
}

/// What a reader of Markdown makes of a document: its marks, and the texts of its blocks of code.
fn marks(markdown: &str) -> (Vec<String>, Vec<String>) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    let (mut marks, mut blocks, mut code) = (Vec::new(), Vec::new(), false);
    for mark in Parser::new_ext(markdown, options) {
        match mark {
            Mark::Text(text) if code => {
                if let Some(block) = blocks.last_mut() {
                    *block += &*text;
                }
            }
            Mark::Text(_) => {}
            Mark::Start(Tag::CodeBlock(_)) => {
                code = true;
                blocks.push(String::new());
                marks.push("code".to_owned());
            }
            Mark::Start(tag) => marks.push(format!("{tag:?}")),
            Mark::End(tag) => {
                code = false;
                marks.push(format!("/{tag:?}"));
            }
            other => marks.push(format!("{other:?}")),
        }
    }
    (marks, blocks)
}

fn check_markdown(texts: &[String]) {
    let run = run(texts);
    let (found, blocks) = marks(&render(&run, Format::Markdown).unwrap());
    let (plain, _) = marks(&render(&self::run(&hostile::plain(texts)), Format::Markdown).unwrap());
    assert_eq!(found, plain, "a text has changed the shape of the document");
    let line = |text: &str| {
        let text = clean(text).into_string();
        if text.is_empty() || text.ends_with('\n') { text } else { text + "\n" }
    };
    let mut expected: Vec<String> = run.header.conversation.turns.iter().map(|turn| line(&turn.content)).collect();
    expected.push(line(&run.answer()));
    assert_eq!(blocks, expected, "what stands in the blocks is not what was said");
}

fn check_json(texts: &[String]) {
    let run = run(texts);
    let value: serde_json::Value = serde_json::from_str(&render(&run, Format::Json).unwrap()).unwrap();
    assert_eq!(value["answer"], run.answer());
    assert_eq!(value["question"], run.header.conversation.prompt());
    assert_eq!(value["segments"].as_array().unwrap().len(), 3);
}

#[test]
fn nothing_that_has_worked_before_is_more_than_text() {
    check_page(&attacks());
    check_markdown(&attacks());
    check_json(&attacks());
}

#[test]
fn the_checks_notice_a_text_that_escapes() {
    let page = render(&run(&attacks()), Format::Html).unwrap();
    let broken = page.replacen("&lt;script&gt;", "<script>", 1);
    assert!(std::panic::catch_unwind(|| parse(&broken)).is_err());
    let document = render(&run(&attacks()), Format::Markdown).unwrap();
    assert_ne!(marks(&document.replacen("&lt;script&gt;", "<script>", 1)), marks(&document));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_text_is_ever_markup_in_the_page(texts in hostile::texts()) {
        check_page(&texts);
    }

    #[test]
    fn no_text_is_ever_a_mark_in_the_document(texts in hostile::texts()) {
        check_markdown(&texts);
    }

    #[test]
    fn every_text_survives_in_json(texts in hostile::texts()) {
        check_json(&texts);
    }
}
