//! Messages that the page on troubleshooting explains are in the source.

use std::fs;
use std::path::Path;

use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

use super::pages::{self, Page};

/// All source, with strings that are split over lines joined.
fn source(folder: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.push_str(&source(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let mut lines = text.split("\\\n");
            all.push_str(lines.next().unwrap_or_default());
            lines.for_each(|line| all.push_str(line.trim_start()));
        }
    }
    all
}

#[test]
fn every_message_that_is_explained_is_in_the_source() {
    let page = Page::read(format!("{}/troubleshooting.md", pages::MANUAL));
    let source = source(&pages::root().join("src"));
    let (mut inside, mut seen) = (false, 0);
    for event in page.events() {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H3, .. }) => inside = true,
            Event::End(TagEnd::Heading(_)) => inside = false,
            Event::Code(message) if inside && message.contains(' ') => {
                for part in message.split('…').map(|part| part.trim_matches(|c: char| !c.is_alphanumeric())) {
                    assert!(source.contains(part), "`{message}`: no `{part}` in the source");
                }
                seen += 1;
            }
            _ => {}
        }
    }
    assert!(seen > 20, "{seen} messages");
}
