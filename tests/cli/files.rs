//! Model files that other programs left: listed by `check` if nothing was named, and usable by the names it lists.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{Home, err, out};

const HASH: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn copy(toy: &str, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models").join(toy), to).unwrap();
}

/// A home with a model of llama.cpp's, one of Ollama's and one in a folder of the configuration.
fn with_files() -> Home {
    let home = Home::new();
    copy("atlas.gguf", &home.path().join(".cache/llama.cpp/pocket atlas.gguf"));
    copy("babble.gguf", &home.path().join(format!("ollama/blobs/sha256-{HASH}")));
    let manifest = home.path().join("ollama/manifests/registry.ollama.ai/library/babble/1m");
    fs::create_dir_all(manifest.parent().unwrap()).unwrap();
    let layer = format!("{{\"mediaType\": \"application/vnd.ollama.image.model\", \"digest\": \"sha256:{HASH}\"}}");
    fs::write(manifest, format!("{{\"layers\": [{layer}]}}")).unwrap();
    copy("abacus.gguf", &home.path().join("own/counting.gguf"));
    fs::write(home.path().join("own/page.gguf"), "<html>").unwrap();
    fs::create_dir_all(home.path().join(".config/specfuse")).unwrap();
    fs::write(home.path().join(".config/specfuse/config.toml"), "models = ['~/own', '~/nowhere']\n").unwrap();
    home
}

#[test]
fn check_lists_the_files_there_are_with_what_is_typed_to_use_them() {
    let home = with_files();
    let listed = home.run(&["check", "--members", "babble"]);
    let text = out(&listed);
    assert_eq!(listed.status.code(), Some(0), "{text}{}", err(&listed));
    let at = text.find("model files on this machine").unwrap_or_else(|| panic!("{text}"));
    let lines: Vec<&str> = text[at..].lines().collect();
    let row = |name: &str| lines.iter().position(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name} in {text}"));
    for (name, argument) in [
        ("counting ", "own/counting.gguf".to_owned()),
        ("pocket atlas ", ".cache/llama.cpp/pocket atlas.gguf'".to_owned()),
        ("babble:1m ", format!("ollama/blobs/sha256-{HASH}")),
    ] {
        let at = row(name);
        assert!(lines[at].contains("  fits ") && lines[at].contains("F16") && lines[at].contains("llama"), "{text}");
        assert!(lines[at + 1].starts_with("    --model ") && lines[at + 1].ends_with(&argument), "{text}");
    }
    assert!(lines[row("page ") + 1].contains("a web page, not a model"), "{text}");
    assert!(err(&listed).contains("nowhere: "), "{}", err(&listed));
}

#[test]
fn the_json_of_check_names_what_can_be_given_back() {
    let home = with_files();
    let list: Vec<Value> = serde_json::from_str(&out(&home.run(&["check", "--members", "babble", "--json"]))).unwrap();
    let found: Vec<&Value> = list.iter().filter(|entry| entry.get("found").is_some()).collect();
    assert_eq!((list.len(), found.len()), (5, 4));
    let usable: Vec<&str> =
        found.iter().filter(|entry| entry["fault"].is_null()).map(|entry| entry["argument"].as_str().unwrap()).collect();
    assert_eq!(usable.len(), 3);
    let arguments = usable.iter().flat_map(|argument| ["--model", argument]);
    let arguments: Vec<&str> = ["check", "--json"].into_iter().chain(arguments).collect();
    let checked = home.run(&arguments);
    let checked: Vec<Value> = serde_json::from_str(&out(&checked)).unwrap_or_else(|_| panic!("{}", err(&checked)));
    let names: Vec<&str> = checked.iter().map(|entry| entry["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["counting", "pocket atlas", "babble:1m"]);
    assert!(checked.iter().all(|entry| entry["reachable"] == true && entry.get("found").is_none()), "{checked:?}");
}

#[test]
fn who_named_a_model_or_wants_no_search_is_told_of_no_file() {
    let home = with_files();
    let model = home.path().join("own/counting.gguf").display().to_string();
    assert!(!out(&home.run(&["check", "--model", &model])).contains("model files"));
    fs::write(home.path().join(".config/specfuse/config.toml"), "models = '~/own'\n[playground]\nscan = false\n").unwrap();
    assert!(!out(&home.run(&["check", "--members", "babble"])).contains("model files"));
}
