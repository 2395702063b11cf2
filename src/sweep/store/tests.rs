//! The folder of a sweep: going on, torn tails, other sweeps.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::params::{Params, knob};
use crate::engine::member::absent::AbsentMember;
use crate::prompts::Prompt;
use crate::sweep::grid::Axis;

fn grid(lists: &[(&str, &str)]) -> Grid {
    Grid::new(lists.iter().map(|(name, text)| Axis::parse(knob(name).unwrap(), text).unwrap()).collect()).unwrap()
}

fn sweep(lists: &[(&str, &str)]) -> Sweep {
    Sweep {
        grid: grid(lists),
        params: Params::default(),
        seed: 1,
        prompts: vec![Prompt::question(Conversation::question("?"))],
        traces: None,
    }
}

fn usual() -> Sweep {
    sweep(&[("segment-tokens", "3,5"), ("exit-threshold", "0,0.3")])
}

fn seat(name: &str) -> Seat {
    Seat::new(name, Arc::new(AbsentMember::new("gguf", name, String::new())))
}

fn pinned(sweep: &Sweep) -> Pinned {
    Pinned::new(sweep, &[seat("atlas")], "a file", None)
}

fn finished(setting: usize, prompt: usize) -> Finished {
    let answer = Answer { right: Some(true), score: Some(0.1 + 0.2), rounds: 3, elapsed_ms: 1.5, ..Answer::default() };
    Finished { cell: Cell { setting, prompt }, answer }
}

fn open(folder: &Path, sweep: &Sweep) -> Result<(Store, Vec<Finished>), StoreError> {
    Store::open(folder, &pinned(sweep), &sweep.grid, false)
}

fn fill(folder: &Path, cells: &[Finished]) {
    let sweep = usual();
    let (mut store, _) = open(folder, &sweep).unwrap();
    for cell in cells {
        store.append(&sweep.grid, cell).unwrap();
    }
    store.sync().unwrap();
}

#[test]
fn what_is_finished_comes_back_to_the_bit() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("new/folder");
    let cells = [finished(0, 0), finished(3, 0), finished(1, 7)];
    fill(&folder, &cells);
    let (store, mut found) = open(&folder, &usual()).unwrap();
    found.sort_by_key(|finished| finished.cell.prompt * 10 + finished.cell.setting);
    assert_eq!(found, cells);
    assert!(store.traces().unwrap().is_dir());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(folder.join(RESULTS)).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_torn_line_is_cut_off_and_the_next_one_is_whole() {
    let home = tempfile::tempdir().unwrap();
    fill(home.path(), &[finished(0, 0), finished(1, 0)]);
    let path = home.path().join(RESULTS);
    let bytes = fs::read(&path).unwrap();
    let header = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for length in 0..bytes.len() {
        fs::write(&path, &bytes[..length]).unwrap();
        let (mut store, found) = open(home.path(), &usual()).unwrap();
        let whole = bytes[..length].split(|byte| *byte == b'\n').count() - 1;
        assert_eq!(found.len(), whole.saturating_sub(1), "cut at {length} of a header of {header}");
        store.append(&usual().grid, &finished(2, 0)).unwrap();
        drop(store);
        assert_eq!(open(home.path(), &usual()).unwrap().1.last(), Some(&finished(2, 0)), "cut at {length}");
    }
}

#[test]
fn another_sweep_is_not_mixed_in_and_is_told_apart() {
    let home = tempfile::tempdir().unwrap();
    fill(home.path(), &[finished(0, 0)]);
    let differs = |pinned: &Pinned, said: &str| {
        let error = Store::open(home.path(), pinned, &usual().grid, false).unwrap_err().to_string();
        assert!(error.contains(said) && error.contains("--fresh"), "`{said}` is missing in: {error}");
    };
    let other = |change: fn(&mut Sweep)| {
        let mut sweep = usual();
        change(&mut sweep);
        pinned(&sweep)
    };
    differs(&other(|sweep| sweep.seed = 2), "the seed is 1 there, 2 here");
    differs(&other(|sweep| sweep.params.max_tokens = 9), "`max-tokens` is 512 there, 9 here");
    differs(
        &other(|sweep| sweep.grid = grid(&[("segment-tokens", "3,5")])),
        "what is swept is segment-tokens, exit-threshold there",
    );
    let of = |seats: &[Seat], file, system| Pinned::new(&usual(), seats, file, system);
    differs(&of(&[seat("atlas")], "another file", None), "file of prompts");
    differs(&of(&[seat("atlas"), seat("babble")], "a file", None), "the list of members is atlas there, atlas, babble here");
    differs(&of(&[Seat { weight: 0.5, ..seat("atlas") }], "a file", None), "weight");
    differs(&of(&[seat("atlas")], "a file", Some("be brief")), "--system");
    differs(&Pinned { program: "0.0.0".to_owned(), ..pinned(&usual()) }, "the program's version is");
    assert_eq!(open(home.path(), &usual()).unwrap().1.len(), 1, "nothing of it was lost");
    let names = [of(&[seat("atlas")], "a file", None), of(&[seat("atlas")], "another file", None)].map(|one| one.folder_name());
    assert_ne!(names[0], names[1]);
}

#[test]
fn a_wider_grid_goes_on_and_values_that_are_gone_are_passed_over() {
    let home = tempfile::tempdir().unwrap();
    fill(home.path(), &[finished(0, 0), finished(3, 0)]);
    let wider = sweep(&[("segment-tokens", "5,3,10"), ("exit-threshold", "0.3,0")]);
    let cells: Vec<Cell> = open(home.path(), &wider).unwrap().1.iter().map(|finished| finished.cell).collect();
    // 5 and 0.3 are the first setting now, 3 and 0 the fourth.
    assert_eq!(cells, [Cell { setting: 0, prompt: 0 }, Cell { setting: 3, prompt: 0 }]);
    let narrower = sweep(&[("segment-tokens", "3,4"), ("exit-threshold", "0,0.1")]);
    assert_eq!(open(home.path(), &narrower).unwrap().1.len(), 1);
}

#[test]
fn fresh_throws_the_old_away() {
    let home = tempfile::tempdir().unwrap();
    fill(home.path(), &[finished(0, 0)]);
    let mut other = usual();
    other.seed = 5;
    let (store, found) = Store::open(home.path(), &pinned(&other), &other.grid, true).unwrap();
    assert_eq!(found, []);
    drop(store);
    assert!(open(home.path(), &other).is_ok() && open(home.path(), &usual()).is_err());
}

#[test]
fn what_is_no_result_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(RESULTS);
    for content in ["my notes", "my notes\n", "{\"format\":\"specfuse-trace\"}\n"] {
        fs::write(&path, content).unwrap();
        assert!(matches!(open(home.path(), &usual()), Err(StoreError::NotResults { .. })), "{content}");
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
    fs::remove_file(&path).unwrap();
    fill(home.path(), &[finished(0, 0)]);
    let broken = fs::read_to_string(&path).unwrap() + "{\"setting\":{}}\n";
    fs::write(&path, broken).unwrap();
    let error = open(home.path(), &usual()).unwrap_err().to_string();
    assert!(error.contains("line 3") && error.contains("prompt"), "{error}");
}

#[test]
fn a_folder_belongs_to_one_sweep_at_a_time() {
    let home = tempfile::tempdir().unwrap();
    let first = open(home.path(), &usual()).unwrap();
    assert!(matches!(open(home.path(), &usual()), Err(StoreError::Busy { .. })));
    drop(first);
    assert!(open(home.path(), &usual()).is_ok());
    fs::write(home.path().join("file"), "").unwrap();
    assert!(matches!(open(&home.path().join("file/folder"), &usual()), Err(StoreError::File(_))));
}

#[test]
fn a_cell_that_was_played_again_counts_by_its_last_line() {
    let home = tempfile::tempdir().unwrap();
    let failed = Finished { answer: Answer { error: Some("away".to_owned()), ..Answer::default() }, ..finished(0, 0) };
    fill(home.path(), &[failed, finished(0, 0)]);
    assert_eq!(open(home.path(), &usual()).unwrap().1, [finished(0, 0)]);
}

#[test]
#[cfg(unix)]
fn a_copy_of_the_descriptor_in_a_child_does_not_keep_the_lock() {
    let home = tempfile::tempdir().unwrap();
    let sweep = usual();
    let (store, _) = open(home.path(), &sweep).unwrap();
    // What a child holds between its fork and its exec: the same open file, by another descriptor.
    let copy = store.file.try_clone().unwrap();
    assert!(matches!(open(home.path(), &sweep), Err(StoreError::Busy { .. })));
    drop(store);
    assert!(open(home.path(), &sweep).is_ok());
    drop(copy);
}
