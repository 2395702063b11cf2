//! The folder of a sweep: going on, torn tails, other sweeps.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::engine::Seat;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::params::{Params, knob};
use crate::engine::member::absent::AbsentMember;
use crate::prompts::Prompt;
use crate::sweep::asked::Seeding;
use crate::sweep::cell::Cell;
use crate::sweep::grid::Axis;

fn grid(lists: &[(&str, &str)]) -> Grid {
    Grid::new(lists.iter().map(|(name, text)| Axis::parse(knob(name).unwrap(), text).unwrap()).collect()).unwrap()
}

fn sweep(lists: &[(&str, &str)]) -> Sweep {
    Sweep {
        grid: grid(lists),
        params: Params::default(),
        seed: 1,
        seeding: Seeding::OfPrompt,
        prompts: prompts(&["one", "two"]),
        traces: None,
    }
}

fn prompts(questions: &[&str]) -> Vec<Prompt> {
    questions.iter().map(|question| Prompt::question(Conversation::question(*question))).collect()
}

/// The usual sweep of these prompts.
fn asking(questions: &[&str]) -> Sweep {
    Sweep { prompts: prompts(questions), ..usual() }
}

fn usual() -> Sweep {
    sweep(&[("segment-tokens", "3,5"), ("exit-threshold", "0,0.3")])
}

fn seat(name: &str) -> Seat {
    Seat::new(name, Arc::new(AbsentMember::new("gguf", name, String::new())))
}

fn pinned(sweep: &Sweep) -> Pinned {
    Pinned::new(sweep, &[seat("atlas")], None)
}

fn finished(setting: usize, prompt: usize) -> Finished {
    let answer = Answer { right: Some(true), score: Some(0.1 + 0.2), rounds: 3, elapsed_ms: 1.5, ..Answer::default() };
    Finished { cell: Cell { setting, prompt }, answer }
}

fn open(folder: &Path, sweep: &Sweep) -> Result<(Store, Vec<Finished>), StoreError> {
    Store::open(folder, &pinned(sweep), sweep, false).map(|(store, earlier)| (store, earlier.finished))
}

/// What is said of an earlier sweep, and the cells of it that count.
fn taken_up(folder: &Path, sweep: &Sweep) -> (String, Vec<Finished>) {
    let (_, earlier) = Store::open(folder, &pinned(sweep), sweep, false).unwrap();
    (earlier.told().unwrap_or_default(), earlier.finished)
}

fn fill(folder: &Path, cells: &[Finished]) {
    fill_with(folder, &usual(), cells);
}

fn fill_with(folder: &Path, sweep: &Sweep, cells: &[Finished]) {
    let (mut store, _) = open(folder, sweep).unwrap();
    for cell in cells {
        store.append(&sweep.grid, cell).unwrap();
    }
    store.sync().unwrap();
}

#[test]
fn what_is_finished_comes_back_to_the_bit() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("new/folder");
    let cells = [finished(0, 0), finished(3, 0), finished(1, 1)];
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
    let (sweep, last) = (usual(), finished(2, 1));
    let pinned = pinned(&sweep);
    let open = || Store::open(home.path(), &pinned, &sweep, false).map(|(store, earlier)| (store, earlier.finished)).unwrap();
    // Around the ends of lines every place is tried; within a line, where one place is like the next, each seventh.
    let ends: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] == b'\n').collect();
    let near = |length: usize| length < 48 || ends.iter().any(|end| end.abs_diff(length) < 24);
    for length in (0..bytes.len()).filter(|length| near(*length) || length % 7 == 0) {
        // Not `fs::write`: some file systems write a file that was emptied to the disk immediately, a thousand times here.
        let mut file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.write_all(&bytes[..length]).unwrap();
        file.set_len(length as u64).unwrap();
        let (mut store, found) = open();
        // An object that lacks nothing but its line end is whole too.
        let whole = bytes[..=length].split(|byte| *byte == b'\n').count() - 1;
        assert_eq!(found.len(), whole.saturating_sub(1), "cut at {length} of a header of {header}");
        store.append(&sweep.grid, &last).unwrap();
        drop(store);
        assert_eq!(open().1.last(), Some(&last), "cut at {length}");
    }
}

#[test]
fn another_sweep_is_not_mixed_in_and_is_told_apart() {
    let home = tempfile::tempdir().unwrap();
    fill(home.path(), &[finished(0, 0)]);
    let differs = |pinned: &Pinned, said: &str| {
        let error = Store::open(home.path(), pinned, &usual(), false).unwrap_err().to_string();
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
    let of = |seats: &[Seat], system| Pinned::new(&usual(), seats, system);
    differs(&of(&[seat("atlas"), seat("babble")], None), "the list of members is atlas there, atlas, babble here");
    differs(&of(&[Seat { weight: Some(0.5), ..seat("atlas") }], None), "weight");
    differs(&of(&[seat("atlas")], Some("be brief")), "--system");
    let mut older = pinned(&usual());
    older.program = "0.0.0".to_owned();
    differs(&older, "the program's version is");
    assert_eq!(open(home.path(), &usual()).unwrap().1.len(), 1, "nothing of it was lost");
    let names = [of(&[seat("atlas")], None), of(&[seat("babble")], None)].map(|one| one.folder_name());
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
    let (store, found) = Store::open(home.path(), &pinned(&other), &other, true).unwrap();
    assert_eq!(found.finished, []);
    drop(store);
    assert!(open(home.path(), &other).is_ok() && open(home.path(), &usual()).is_err());
}

#[test]
fn fresh_plays_these_prompts_again_and_leaves_the_others_theirs() {
    let home = tempfile::tempdir().unwrap();
    fill(home.path(), &[finished(0, 0), finished(1, 1)]);
    let one = asking(&["one"]);
    let (mut store, found) = Store::open(home.path(), &pinned(&one), &one, true).unwrap();
    assert_eq!(found.finished, []);
    store.append(&one.grid, &finished(3, 0)).unwrap();
    drop(store);
    assert_eq!(open(home.path(), &usual()).unwrap().1, [finished(1, 1), finished(3, 0)]);
    let path = home.path().join(RESULTS);
    fs::write(&path, fs::read_to_string(&path).unwrap() + "{\"setting\":{}}\n").unwrap();
    assert!(open(home.path(), &usual()).is_err());
    let (store, found) = Store::open(home.path(), &pinned(&usual()), &usual(), true).unwrap();
    drop(store);
    assert_eq!((found.finished, open(home.path(), &usual()).unwrap().1), (vec![], vec![]));
    for notes in ["my notes", "my notes\n"] {
        fs::write(&path, notes).unwrap();
        assert!(Store::open(home.path(), &pinned(&one), &one, true).is_err(), "what is not ours is not thrown away");
        assert_eq!(fs::read_to_string(&path).unwrap(), notes);
    }
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
    assert!(error.contains("line 3") && error.contains("prompt") && error.matches("line ").count() == 1, "{error}");
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
    fill(home.path(), &[failed.clone(), finished(0, 0)]);
    assert_eq!(open(home.path(), &usual()).unwrap().1, [finished(0, 0)]);
    fill(home.path(), &[failed]);
    let (told, counts) = taken_up(home.path(), &usual());
    assert_eq!(counts, []);
    assert_eq!(
        told,
        "0 of 8 answers are there from before; 8 to play: 1 new prompt (number 2), 1 failed before, 3 not played yet"
    );
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

/// A sweep of "one" and "two" under all four settings.
fn whole(folder: &Path) -> Vec<Finished> {
    let mut cells: Vec<Finished> = usual().cells().map(|cell| finished(cell.setting, cell.prompt)).collect();
    fill(folder, &cells);
    cells.sort_by_key(|finished| finished.cell);
    cells
}

/// The prompts, from 0, of which every setting counts; of the others none does.
fn kept(cells: &[Finished], sweep: &Sweep) -> Vec<usize> {
    let of = |prompt: usize| cells.iter().filter(|finished| finished.cell.prompt == prompt).count();
    assert!((0..sweep.prompts.len()).all(|prompt| matches!(of(prompt), 0 | 4)));
    (0..sweep.prompts.len()).filter(|prompt| of(*prompt) == 4).collect()
}

#[test]
fn prompts_are_known_by_what_they_say_wherever_they_stand() {
    for (questions, there, told) in [
        (&["one", "two"][..], &[0, 1][..], "8 of 8 answers are there from before"),
        (&["two", "one"], &[0, 1], "8 of 8 answers are there from before"),
        (&["two"], &[0], "4 of 4 answers are there from before; results of 1 other prompt stay there"),
        (&["new", "one", "two"], &[1, 2], "8 of 12 answers are there from before; 4 to play: 1 new prompt (number 1)"),
        (
            &["one", "TWO"],
            &[0],
            "4 of 8 answers are there from before; 4 to play: 1 changed prompt (number 2); results of 1 other prompt stay there",
        ),
        (
            &["a", "b", "c", "d", "e", "f", "one", "g"],
            &[6],
            "4 of 32 answers are there from before; 28 to play: 1 changed prompt (number 2), \
             6 new prompts (number 1, 3, 4, 5, 6, …); results of 1 other prompt stay there",
        ),
        (&["one", "two", "one"], &[0, 1], "8 of 12 answers are there from before; 4 to play: 1 new prompt (number 3)"),
    ] {
        let home = tempfile::tempdir().unwrap();
        whole(home.path());
        let sweep = asking(questions);
        let (said, cells) = taken_up(home.path(), &sweep);
        assert_eq!((kept(&cells, &sweep).as_slice(), said.as_str()), (there, told), "{questions:?}");
    }
}

#[test]
fn nothing_is_said_where_nothing_was_there() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(taken_up(home.path(), &usual()), (String::new(), vec![]));
}

#[test]
fn what_a_prompt_says_decides_its_seed_and_equal_ones_have_their_own() {
    let seeds = |questions: &[&str]| -> Vec<u64> {
        let sweep = asking(questions);
        Asked::of(&sweep.prompts).iter().map(|asked| sweep.seed_of(asked)).collect()
    };
    let there = seeds(&["one", "two", "two"]);
    assert_eq!(seeds(&["new", "two", "one", "two"])[1..], [there[1], there[0], there[2]]);
    assert!(there[1] != there[2] && there[0] != there[1]);
    let other = Sweep { seed: 2, ..asking(&["one"]) };
    assert_eq!(other.seed_of(&Asked::of(&other.prompts)[0]), there[0] + 1);
    let given = Sweep { seeding: Seeding::Given, ..asking(&["one"]) };
    assert_eq!(given.seed_of(&Asked::of(&given.prompts)[0]), 1);
}

#[test]
fn a_cell_that_was_played_with_another_seed_does_not_count() {
    let home = tempfile::tempdir().unwrap();
    whole(home.path());
    let given = Sweep { seeding: Seeding::Given, ..usual() };
    assert_eq!(open(home.path(), &given).unwrap().1, []);
    assert_eq!(open(home.path(), &usual()).unwrap().1.len(), 8);
}

#[test]
fn two_equal_prompts_are_two() {
    let home = tempfile::tempdir().unwrap();
    let twice = asking(&["one", "one"]);
    fill_with(home.path(), &twice, &[finished(0, 0), finished(2, 1)]);
    assert_eq!(open(home.path(), &twice).unwrap().1, [finished(0, 0), finished(2, 1)]);
    let [first, second] = [0, 1].map(|place| twice.trace_name(0, &Asked::of(&twice.prompts)[place]));
    assert_ne!(first, second);
}

#[test]
fn whatever_saved_the_results_they_say_the_same() {
    let home = tempfile::tempdir().unwrap();
    let cells = whole(home.path());
    let path = home.path().join(RESULTS);
    let text = fs::read_to_string(&path).unwrap();
    for same in [
        format!("\u{feff}{text}"),
        text.replace('\n', "\r\n"),
        text.replace('\n', "\r"),
        text.trim_end().to_owned(),
        text.replace('\n', " \n\n"),
        format!("\n{}{{\"torn", text.replace('\n', "\r\n")),
    ] {
        fs::write(&path, &same).unwrap();
        assert_eq!(open(home.path(), &usual()).unwrap().1, cells, "{same:?}");
        // What is appended starts a line of its own.
        let (mut store, _) = open(home.path(), &usual()).unwrap();
        store.append(&usual().grid, &finished(0, 0)).unwrap();
        drop(store);
        assert_eq!(open(home.path(), &usual()).unwrap().1.len(), 8, "{same:?}");
    }
    fs::write(&path, b"\xff\xfe{\0").unwrap();
    let error = open(home.path(), &usual()).unwrap_err().to_string();
    assert!(error.contains("results.jsonl") && error.contains("UTF-16"), "{error}");
}

#[test]
fn results_of_the_first_version_are_refused_with_the_reason() {
    let home = tempfile::tempdir().unwrap();
    whole(home.path());
    let path = home.path().join(RESULTS);
    let text = fs::read_to_string(&path).unwrap();
    for (version, said) in [("1", "by their place in the file"), ("3", "another version of this program")] {
        let other = text.replace("\"version\":2", &format!("\"version\":{version},\"prompts\":\"0-0\""));
        fs::write(&path, &other).unwrap();
        let error = open(home.path(), &usual()).unwrap_err().to_string();
        assert!(error.contains(said) && error.contains("--fresh"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), other);
    }
}
