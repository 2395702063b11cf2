use std::path::PathBuf;

use super::*;
use crate::engine::member::model_file::available::Memory;
use crate::engine::member::model_file::header::ModelHeader;
use crate::engine::member::model_file::sample::Sample;

fn model(name: &str, path: &str, gigabytes: u64) -> FoundModel {
    let (head, length) = Sample::model(1).head();
    let header = ModelHeader::of("x", &head, length).unwrap();
    let (name, path) = (name.to_owned(), PathBuf::from(path));
    let bytes = gigabytes * 1_000_000_000;
    FoundModel { name, path, whose: "Ollama".into(), bytes, parameters: gigabytes * 1_500_000_000, header, problem: None }
}

fn finding() -> Finding {
    let mut broken = FoundModel { header: None, parameters: 0, ..model("broken", "/m/broken.gguf", 1) };
    broken.problem = Some("its download has not ended".to_owned());
    let long = "a-model-with-a-name-that-is-longer-than-the-table-is-wide-Q4_K_M";
    let models = vec![
        model("llama3.2:1b", "/o/blobs/sha256-00", 1),
        model(long, &format!("/my models/{long}.gguf"), 70),
        broken,
        model("odd", "/m/\u{1b}.gguf", 8),
    ];
    Finding { models, memory: Some(Memory { available: 9_800_000_000, total: 16_000_000_000 }), notes: Vec::new() }
}

#[test]
fn files_stand_in_columns_with_what_one_types() {
    let text = table(&finding(), Some(80));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "model files on this machine (9.8 GB of memory are free):");
    assert_eq!(lines[1], "model                      size   needs  memory   stored  params  kind   context");
    assert_eq!(lines[2], "llama3.2:1b              1.0 GB  1.1 GB  fits     Q4_K_M   1.5 B  qwen2    32768");
    assert_eq!(lines[3], "    --model llama3.2:1b=/o/blobs/sha256-00");
    assert_eq!(lines[4], "\u{2026}e-table-is-wide-Q4_K_M   70 GB   70 GB  too big  Q4_K_M   105 B  qwen2    32768");
    assert!(lines[5].starts_with("    --model '/my models/a-model-") && lines[5].ends_with(".gguf'"), "{text}");
    assert_eq!(lines[6], "broken                   1.0 GB       -  -        -            -  -            -");
    assert_eq!(lines[7], "    cannot be used: its download has not ended");
    assert!(lines[9].contains("cannot be typed"), "{text}");
    assert!(table(&finding(), None).lines().nth(4).unwrap().starts_with("\u{2026}r-than-the-table-is-wide-Q4_K_M   70 GB"));
    assert_eq!(table(&Finding::default(), None), "");
}

#[test]
fn what_one_types_is_one_word_to_a_shell() {
    if cfg!(unix) {
        for word in
            ["/m/a b.gguf", "/m/it's.gguf", "/m/$(x)`y`.gguf", "q:1b=/m/a.gguf", "/m/\u{e9}.gguf", "/m/a\\b.gguf", "/m/;&|*"]
        {
            let script = format!("printf %s {}", quoted(word));
            let output = std::process::Command::new("/bin/sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), word);
        }
    }
}

#[test]
fn the_json_has_the_same() {
    let list = json(&finding());
    assert_eq!((&list[0]["argument"], &list[0]["found"]["memory"]), (&json!("llama3.2:1b=/o/blobs/sha256-00"), &json!("fits")));
    assert_eq!((&list[1]["found"]["memory"], &list[1]["found"]["quantisation"]), (&json!("too big"), &json!("Q4_K_M")));
    assert_eq!((&list[2]["fault"], &list[2]["found"]["parameters"]), (&json!("its download has not ended"), &Value::Null));
    assert!(list.iter().all(|entry| entry["reachable"].is_null()));
}
