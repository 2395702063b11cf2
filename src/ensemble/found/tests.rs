//! Searches of folders made for the purpose: every place's own way of storing models, and what goes wrong in folders.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::engine::member::model_file::memory::Fit;
use crate::engine::member::model_file::sample::Sample;
use crate::ensemble::found::places::Layout;

const HASH: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn place(folder: &Path, layout: Layout) -> Place {
    Place { folder: folder.to_owned(), whose: "a program", depth: 5, layout, named: false }
}

fn files(folder: &Path) -> Finding {
    find(&[place(folder, Layout::Files)], &[], None)
}

fn named(finding: &Finding) -> Vec<&str> {
    finding.models.iter().map(|model| model.name.as_str()).collect()
}

fn problem<'a>(finding: &'a Finding, name: &str) -> &'a str {
    let model = finding.models.iter().find(|model| model.name == name);
    model.unwrap_or_else(|| panic!("{name} in {finding:?}")).problem.as_deref().unwrap_or_default()
}

fn write(path: &Path, contents: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, contents).unwrap();
}

#[test]
fn files_in_folders_are_found_with_what_their_heads_say() {
    let root = tempfile::tempdir().unwrap();
    Sample::model(2).write(&root.path().join("publisher/model-GGUF/Some-Model-Q4_K_M.gguf"));
    Sample::model(1).write(&root.path().join("Other.GGUF"));
    Sample::model(1).with_text("general.type", "mmproj").write(&root.path().join("mmproj-Other.gguf"));
    write(&root.path().join("notes.txt"), b"GGUF");
    let memory = Some(Memory { available: 2_000_000_000, total: 4_000_000_000 });
    let finding = find(&[place(root.path(), Layout::Files)], &[], memory);
    assert_eq!(named(&finding), ["Other", "Some-Model-Q4_K_M"]);
    let model = &finding.models[1];
    assert_eq!((model.parameters, model.whose.as_ref(), model.problem.as_deref()), (2_000_000_000, "a program", None));
    assert_eq!(model.header.as_ref().unwrap().quantisation.as_deref(), Some("Q4_K_M"));
    assert!(model.bytes > 1_125_000_000 && model.needed().unwrap() > model.bytes);
    assert_eq!((model.fit(memory), model.fit(None)), (Some(Fit::Fits), None));
    assert_eq!(finding.notes, ["not listed, since they write no text: mmproj-Other (the eyes or ears of another model)"]);
    let Source::Gguf { path, arguments, .. } = model.spec().config.source else { panic!() };
    assert_eq!((path, arguments.len()), (model.path.clone(), 0));
}

#[test]
fn what_names_a_model_on_the_command_line_is_read_back() {
    let model = |name: &str, path: &str| FoundModel {
        name: name.to_owned(),
        path: PathBuf::from(path),
        whose: "".into(),
        bytes: 0,
        header: None,
        parameters: 0,
        problem: None,
    };
    for (name, path, argument) in [
        ("a", "/m/a.gguf", "/m/a.gguf"),
        ("llama3.2:1b", "/o/blobs/sha256-00", "llama3.2:1b=/o/blobs/sha256-00"),
        ("hf.co/x/y:Q4", "/o/blobs/sha256:00", "hf.co/x/y:Q4=/o/blobs/sha256:00"),
        ("repo", "/m/model.gguf", "repo=/m/model.gguf"),
    ] {
        let found = model(name, path);
        assert_eq!(found.argument().as_deref(), Some(argument));
        let read = MemberSpec::parse(argument, &crate::ensemble::kinds()).unwrap();
        assert_eq!((read.name, read.config.source), (name.to_owned(), found.spec().config.source));
    }
    assert_eq!(model("a=b", "/m/x.gguf").argument().as_deref(), Some("a-b=/m/x.gguf"));
    assert_eq!(model("", "/m/ .gguf").argument().as_deref(), Some("/m/ .gguf"));
    assert_eq!(model("a", "/m/\u{1b}a.gguf").argument(), None, "it cannot be typed");
}

#[test]
fn a_model_in_several_files_is_one_and_says_what_is_missing() {
    let root = tempfile::tempdir().unwrap();
    let part = |name: &str, number: usize| root.path().join(format!("{name}-{number:05}-of-00003.gguf"));
    let split = Sample::model(2).with_number("split.count", 3);
    for number in 1..=3 {
        let sample = if number == 1 { split.clone() } else { Sample::of("qwen2").with_tensor("x", &[1_000_000, 1_000], 12) };
        sample.write(&part("whole", number));
    }
    split.write(&part("cut", 1));
    split.write(&part("cut", 2));
    split.write(&part("headless", 2));
    split.write(&part("headless", 3));
    split.write(&root.path().join("renamed.gguf"));
    let finding = files(root.path());
    assert_eq!(named(&finding), ["cut", "headless", "renamed", "whole"]);
    let whole = &finding.models[3];
    assert_eq!((whole.parameters, whole.path.clone()), (4_000_000_000, part("whole", 1)));
    assert!(whole.bytes > 4 * 562_000_000, "{}", whole.bytes);
    assert!(problem(&finding, "cut").contains("part 3 is not beside it"), "{finding:?}");
    assert!(problem(&finding, "renamed").ends_with("ending in `-00001-of-00003.gguf`"), "{finding:?}");
    assert!(problem(&finding, "headless").contains("part 1 of 3 is not beside it: download"), "{finding:?}");
}

#[test]
fn downloads_that_have_not_ended_are_said_to_be() {
    let root = tempfile::tempdir().unwrap();
    let (head, _) = Sample::model(1).head();
    for name in ["a.gguf.downloadInProgress", "downloading_b.gguf.part", "incomplete-c.gguf", "d.gguf"] {
        write(&root.path().join(name), &head);
    }
    write(&root.path().join("e.gguf"), &head);
    write(&root.path().join("e.gguf.aria2"), b"x");
    write(&root.path().join("f.gguf.part"), b"");
    write(&root.path().join("g.gguf"), b"<html>");
    write(&root.path().join("h.gguf.sha256"), b"x");
    let finding = files(root.path());
    assert_eq!(named(&finding), ["a", "d", "b", "e", "g", "c"]);
    for name in ["a", "b", "c", "e"] {
        assert!(problem(&finding, name).starts_with("its download has not ended: "), "{}", problem(&finding, name));
    }
    assert!(problem(&finding, "d").contains("cut"), "{}", problem(&finding, "d"));
    assert!(problem(&finding, "g").contains("web page"), "{}", problem(&finding, "g"));
}

#[cfg(unix)]
#[test]
fn the_hub_cache_lists_each_blob_once_by_the_name_of_its_file() {
    use std::os::unix::fs::symlink;

    let root = tempfile::tempdir().unwrap();
    let repository = root.path().join("models--some--Model-GGUF");
    let blobs = repository.join("blobs");
    for blob in ["old", "new", "plain"] {
        Sample::model(1).with_text("general.name", blob).write(&blobs.join(blob));
    }
    let link = |revision: &str, file: &str, blob: &str| {
        let path = repository.join("snapshots").join(revision).join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(blobs.join(blob), path).unwrap();
    };
    link("aaa", "Some-Q4_K_M.gguf", "old");
    link("aaa", "deep/ggml-model-f16.gguf", "plain");
    link("bbb", "Some-Q4_K_M.gguf", "new");
    link("bbb", "copy.gguf", "new");
    link("bbb", "gone.gguf", "nothing");
    write(&repository.join("refs/main"), b"bbb");
    write(&blobs.join("0001.incomplete"), &Sample::model(1).head().0);
    write(&blobs.join("0002.incomplete"), b"other");
    write(&root.path().join("datasets--x--y/snapshots/a/data.gguf"), b"GGUF");
    let finding = files(root.path());
    let found: Vec<(&str, Option<&str>)> = finding
        .models
        .iter()
        .map(|model| (model.name.as_str(), model.header.as_ref().and_then(|head| head.name.as_deref())))
        .collect();
    assert_eq!(found, [("Some-Q4_K_M", Some("new")), ("some/Model-GGUF", Some("plain")), ("some/Model-GGUF", None)]);
    assert!(finding.models[0].path.ends_with("snapshots/bbb/Some-Q4_K_M.gguf"));
    assert!(finding.models[2].problem.as_ref().unwrap().starts_with("its download has not ended"));
}

#[test]
fn ollama_s_blobs_go_by_the_names_of_their_manifests() {
    let root = tempfile::tempdir().unwrap();
    let manifest = |path: &str, layers: &str| {
        let layers = layers.replace("HASH", HASH);
        write(&root.path().join("manifests").join(path), format!("{{\"schemaVersion\": 2, \"layers\": [{layers}]}}").as_bytes());
    };
    let other = format!("f{}", &HASH[1..]);
    let model = "{\"mediaType\": \"application/vnd.ollama.image.model\", \"digest\": \"sha256:HASH\", \"size\": 1}";
    let template = "{\"mediaType\": \"application/vnd.ollama.image.template\", \"digest\": \"sha256:HASH\"}, ";
    manifest("registry.ollama.ai/library/llama3.2/1b", &format!("{template}{model}"));
    manifest("registry.ollama.ai/library/llama3.2/latest", model);
    manifest("registry.ollama.ai/me/mine/v1", &model.replace("HASH", &other));
    manifest("hf.co/some/Model-GGUF/Q4_K_M", &model.replace("HASH", &HASH.replace('0', "e")));
    manifest("registry.ollama.ai/library/tensors/latest", "{\"mediaType\": \"application/vnd.ollama.image.tensor\"}");
    manifest("registry.ollama.ai/library/hostile/latest", &model.replace("HASH", "../../../etc/passwd"));
    write(&root.path().join("manifests/registry.ollama.ai/library/broken/latest"), b"{");
    Sample::model(1).write(&root.path().join("blobs").join(format!("sha256-{HASH}")));
    Sample::model(2).write(&root.path().join("blobs").join(format!("sha256:{other}")));
    write(&root.path().join(format!("blobs/sha256-{other}-partial")), &Sample::model(1).head().0);
    write(&root.path().join(format!("blobs/sha256-{other}-partial-0")), b"{}");
    let finding = find(&[place(root.path(), Layout::Ollama)], &[], None);
    let expected = ["hf.co/some/Model-GGUF:Q4_K_M", "llama3.2:1b", "me/mine:v1", "sha256-f123456789ab"];
    assert_eq!(named(&finding), expected, "{finding:?}");
    assert!(problem(&finding, expected[0]).contains("`ollama pull hf.co/some/Model-GGUF:Q4_K_M`"));
    assert_eq!(problem(&finding, "llama3.2:1b"), "");
    assert_eq!((finding.models[2].parameters, problem(&finding, expected[3]).is_empty()), (2_000_000_000, false));
    assert_eq!(finding.notes, [""; 0]);
}

#[test]
fn what_is_known_is_not_listed_and_nothing_is_listed_twice() {
    let root = tempfile::tempdir().unwrap();
    let (one, other) = (root.path().join("x/one.gguf"), root.path().join("x/other.gguf"));
    Sample::model(1).write(&one);
    Sample::model(1).write(&other);
    let places = [place(&root.path().join("x"), Layout::Files), place(root.path(), Layout::Files)];
    assert_eq!(named(&find(&places, &[], None)), ["one", "other"]);
    let known = [root.path().join("x/../x/one.gguf"), root.path().join("nowhere.gguf")];
    assert_eq!(named(&find(&places, &known, None)), ["other"]);
}

#[test]
fn places_that_are_not_there_are_only_said_where_the_user_named_them() {
    let root = tempfile::tempdir().unwrap();
    let missing = place(&root.path().join("none"), Layout::Files);
    let ollama = place(&root.path().join("none"), Layout::Ollama);
    assert_eq!(find(&[missing.clone(), ollama], &[], None), Finding::default());
    let said = find(&[Place { named: true, ..missing }], &[], None).notes;
    assert!(said.len() == 1 && said[0].contains("none: "), "{said:?}");
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_end_and_names_that_are_no_text_are_shown() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    let root = tempfile::tempdir().unwrap();
    let inner = root.path().join("a/b");
    Sample::model(1).write(&inner.join("m.gguf"));
    for name in ["up", "again"] {
        symlink(root.path(), inner.join(name)).unwrap();
    }
    symlink(inner.join("self"), inner.join("self")).unwrap();
    symlink(inner.join("nowhere"), inner.join("broken.gguf")).unwrap();
    Sample::model(1).write(&root.path().join(OsStr::from_bytes(b"z\xff\x1b[31m\xfe.gguf")));
    Sample::model(1).write(&root.path().join("y\u{1b}[2J-00002-of-00002.gguf"));
    let mut finding = files(root.path());
    assert_eq!(finding.models.len(), 3, "{finding:?}");
    let hostile = finding.models.remove(1);
    let said = [hostile.name, hostile.problem.unwrap()].concat();
    assert!(said.contains("part 1 of 2") && !said.contains('\u{1b}'), "{said:?}");
    assert_eq!(finding.models[0].name, "m");
    let odd = &finding.models[1];
    assert_eq!((odd.name.contains('\u{1b}'), odd.argument(), odd.problem.as_deref()), (false, None, None));
    assert!(odd.name.starts_with('z'), "{}", odd.name);
}

#[cfg(unix)]
#[test]
fn what_would_hang_or_may_not_be_read_is_said() {
    use std::os::unix::fs::PermissionsExt;

    let root = tempfile::tempdir().unwrap();
    std::process::Command::new("mkfifo").arg(root.path().join("pipe.gguf")).status().unwrap();
    let locked = root.path().join("locked");
    Sample::model(1).write(&locked.join("m.gguf"));
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    let finding = files(root.path());
    let may_read_all = fs::read_dir(&locked).is_ok();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(problem(&finding, "pipe").contains("a named pipe"));
    // The superuser may read everything.
    assert!(may_read_all || finding.notes.iter().any(|note| note.contains("locked: ")), "{finding:?}");
}

#[test]
fn a_folder_of_many_files_is_looked_at_in_part() {
    let root = tempfile::tempdir().unwrap();
    let (head, length) = Sample::of("flux").with_tensor("a", &[32], 0).head();
    assert_eq!(head.len() as u64 + 128, length);
    let file = [head, vec![0; 128]].concat();
    for number in 0..250 {
        write(&root.path().join(format!("{number:03}.gguf")), &file);
    }
    let finding = files(root.path());
    assert!(finding.models.is_empty());
    assert!(finding.notes.iter().any(|note| note.starts_with("50 further model files are not listed")), "{:?}", finding.notes);
    let deep = root.path().join("1/2/3/4/5/6/7");
    Sample::model(1).write(&deep.join("deep.gguf"));
    assert!(files(&root.path().join("1")).models.is_empty(), "deeper than models lie");
    assert_eq!(named(&files(&root.path().join("1/2/3"))), ["deep"]);
}

#[tokio::test]
async fn a_look_beside_everything_else_brings_what_the_configuration_names() {
    let root = tempfile::tempdir().unwrap();
    Sample::model(1).write(&root.path().join("mine.gguf"));
    let finding = look(vec![root.path().to_owned()], Vec::new()).await.unwrap();
    let mine = finding.models.iter().find(|model| model.path == root.path().join("mine.gguf")).unwrap();
    assert_eq!((mine.name.as_str(), mine.whose.as_ref()), ("mine", "the configured folder"));
}
