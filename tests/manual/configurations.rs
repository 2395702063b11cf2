//! Examples of the configuration and of themes: the program reads them.

use std::collections::BTreeMap;
use std::fs;

use specfuse::playground::state::keymap::Keymap;
use specfuse::playground::view::theme::{ColourLevel, Library};

use super::pages::{self, Page};

/// The blocks of this kind, with their page.
fn examples(info: &str) -> Vec<(String, String)> {
    let of = |page: &Page| {
        let blocks = page.blocks().into_iter().filter(|block| block.info == info);
        blocks.map(|block| (page.name(), block.text)).collect::<Vec<_>>()
    };
    pages::all().iter().flat_map(of).collect()
}

#[test]
fn every_example_of_the_configuration_is_read() {
    let home = tempfile::tempdir().unwrap();
    let examples = examples("toml");
    assert!(examples.len() >= 5);
    for (page, text) in examples {
        let file = home.path().join("config.toml");
        fs::write(&file, &text).unwrap();
        let arguments = [
            "run",
            "-q",
            "--no-trace",
            "--config",
            file.to_str().unwrap(),
            "--ensemble",
            "built-in",
            "--max-rounds",
            "1",
            "Hello!",
        ];
        let output = pages::program(home.path(), &arguments.map(str::to_owned));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && !said.contains("warning"), "{page}: {said}{text}");
        // Keys are only checked if there is a screen.
        let table: toml::Table = toml::from_str(&text).unwrap();
        if let Some(keys) = table.get("keys").and_then(toml::Value::as_table) {
            let list = |value: &toml::Value| match value {
                toml::Value::Array(keys) => keys.iter().map(|key| key.as_str().unwrap().to_owned()).collect(),
                key => vec![key.as_str().unwrap().to_owned()],
            };
            let keys: BTreeMap<String, Vec<String>> = keys.iter().map(|(action, keys)| (action.clone(), list(keys))).collect();
            Keymap::new(&keys).unwrap();
        }
    }
}

#[test]
fn every_example_of_a_theme_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let examples = examples("toml theme");
    assert!(!examples.is_empty());
    for (page, text) in examples {
        fs::write(folder.path().join("mine.toml"), text).unwrap();
        let library = Library::new(Some(folder.path().to_owned()));
        assert!(library.load("mine", ColourLevel::True).is_ok(), "{page}");
    }
}
