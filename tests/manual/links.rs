//! Links and anchors, and which pages exist.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Tag};

use super::pages::{self, Page};

/// The maximum length of the README, in lines.
const MOST_LINES: usize = 200;

/// A heading's anchor, as GitHub makes it.
fn slug(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_')).map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn anchors(page: &Page) -> Vec<String> {
    let mut anchors: Vec<String> = Vec::new();
    for heading in page.headings() {
        let slug = slug(&heading);
        let times = (0..=anchors.len()).find(|times| !anchors.contains(&numbered(&slug, *times))).unwrap();
        anchors.push(numbered(&slug, times));
    }
    anchors
}

fn numbered(slug: &str, times: usize) -> String {
    if times == 0 { slug.to_owned() } else { format!("{slug}-{times}") }
}

fn targets(page: &Page) -> Vec<String> {
    let target = |event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.into_string()),
        _ => None,
    };
    page.events().filter_map(target).collect()
}

/// A path without `..`, from the repository's root.
fn joined(folder: &Path, link: &str) -> PathBuf {
    let mut path = PathBuf::new();
    for part in folder.join(link).components() {
        match part {
            Component::ParentDir => assert!(path.pop(), "{link} leaves the repository"),
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => panic!("{link} is absolute"),
        }
    }
    path
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let mut seen = 0;
    for page in pages::all() {
        for target in targets(&page).into_iter().filter(|target| !target.contains("://")) {
            let (file, anchor) = target.split_once('#').map_or((target.as_str(), None), |(file, anchor)| (file, Some(anchor)));
            let path = if file.is_empty() { page.path.clone() } else { joined(page.path.parent().unwrap(), file) };
            assert!(pages::root().join(&path).exists(), "{}: {target}: there is no {}", page.name(), path.display());
            if let Some(anchor) = anchor {
                let known = anchors(&Page::read(&path));
                assert!(known.iter().any(|known| known == anchor), "{}: {target}: there are {known:?}", page.name());
            }
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen} links");
}

#[test]
fn the_readme_is_short_and_lists_every_page_of_the_manual() {
    let readme = Page::read("README.md");
    assert!(readme.text.lines().count() <= MOST_LINES);
    let linked: BTreeSet<PathBuf> = targets(&readme).iter().map(PathBuf::from).collect();
    for page in pages::manual() {
        assert!(linked.contains(&page.path), "{}", page.name());
    }
}
