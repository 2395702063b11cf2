//! The page on files lists every variable of the environment that the program reads a key from.

use std::fs;
use std::path::{Path, PathBuf};

use super::pages::{self, Page};

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The name of a variable for a key; nothing else in the tables of APIs is written like this.
fn is_variable(text: &str) -> bool {
    let shape = text.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    shape && ["_KEY", "_TOKEN", "_BEDROCK"].iter().any(|end| text.ends_with(end))
}

#[test]
fn every_variable_of_a_key_is_listed() {
    let listed = Page::read(format!("{}/files.md", pages::MANUAL)).codes();
    let mut seen = 0;
    for path in files(&pages::root().join("src/engine/member/api")) {
        if path.components().any(|part| part.as_os_str() == "tests") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
        for variable in shipped.split('"').filter(|text| is_variable(text)) {
            assert!(listed.iter().any(|listed| listed == variable), "{variable} of {}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen} variables");
}
