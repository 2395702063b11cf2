//! Recorded runs on the screen.

use std::fs;
use std::path::{Path, PathBuf};

use specfuse::engine::fusion::event::{Event, TRACE_VERSION};

use crate::home::{Home, LARGE, QUESTION, leaves, outcome, transcript};
use crate::playing::Playing;

/// A trace of the question, as `specfuse run` leaves it.
fn recorded(home: &Home) -> PathBuf {
    let path = home.path().join("recorded.jsonl");
    let output = home.pipes(&["run", "-q", "--seed", "1", "--trace", path.to_str().unwrap(), QUESTION]);
    assert_eq!(output.status.code(), Some(0));
    path
}

#[test]
fn a_replay_ends_with_the_screen_of_the_live_run() {
    let home = Home::new();
    let mut live = home.answers();
    // The card also says what only the program that asked knows: the right answer.
    live.types("[");
    live.sees("its last round", |seen| seen.shows("looking at round 3 of 3") && outcome(seen).contains("cowardly."));
    let live = live.look(outcome);
    assert!(live.contains("cowardly.") && live.contains("rounds  A B C"), "{live}");
    recorded(&home);
    let mut playing = home.opens(&["replay", "recorded.jsonl", "--speed", "16"]);
    playing.sees("the end of the replay", |seen| seen.shows("★ answered"));
    playing.types("[");
    playing.sees(&format!("the screen of the live run, {live}"), |seen| outcome(seen) == live);
    playing.plays("replay ×16");
    leaves(playing, "q", "before");
}

#[test]
fn a_replay_is_steered_by_keys() {
    let home = Home::new();
    recorded(&home);
    let mut playing = home.opens(&["replay", "recorded.jsonl", "--paused"]);
    playing.sees("a replay that stands still", |seen| seen.shows(" paused ") && seen.shows("replay ×1 "));
    for (key, speed) in [("}", "×2 "), ("{", "×1 "), ("{", "×0.5 "), ("{", "×0.25 ")] {
        playing.types(key);
        playing.plays(&format!("replay {speed}"));
    }
    playing.types("s");
    playing.sees("the first round", |seen| {
        seen.shows(" paused ") && seen.shows("· round 1 ·") && transcript(seen).ends_with("The capital of Japan is Tokyo.")
    });
    playing.types("s");
    playing.sees("the second round", |seen| seen.shows(" paused ") && transcript(seen).ends_with("27 plus 48 is 75."));
    playing.types(" ");
    playing.sees("a replay that goes on", |seen| !seen.shows(" paused "));
    playing.types(" ");
    playing.plays(" paused ");
    playing.types("S");
    playing.sees("the end", |seen| seen.shows("★ answered") && transcript(seen).ends_with("cowardly."));
    leaves(playing, "q", "before");
}

#[test]
fn a_trace_that_was_cut_off_is_played_as_far_as_it_goes() {
    let home = Home::new();
    let path = recorded(&home);
    let text = fs::read_to_string(&path).unwrap();
    // In the middle of the line of the second accepted segment.
    let accepted: Vec<usize> = text.match_indices(r#""event":"accepted""#).map(|(at, _)| at).collect();
    let torn = text[..accepted[1] + 10].rsplit('\n').next().unwrap().len();
    fs::write(&path, &text[..accepted[1] + 10]).unwrap();
    let mut playing = home.opens(&["replay", "recorded.jsonl", "--speed", "16", "--pace", "0"]);
    playing.plays(&format!("the trace was cut off: its last {torn} bytes are no whole event and are left out"));
    playing.sees("the end of what is there", |seen| {
        seen.shows("the recording ends here") && transcript(seen).ends_with("The capital of Japan is Tokyo.")
    });
    playing.types("L");
    playing.sees("the warning in the log", |seen| seen.shows("┌ log ") && seen.shows("the trace was cut off"));
    playing.types("q");
    playing.types(" ");
    playing.sees("the rest, for real", |seen| seen.shows("★ answered") && transcript(seen).ends_with("cowardly."));
    leaves(playing, "q", "before");
    assert_eq!(home.trace().records.iter().filter(|record| matches!(record.event, Event::Continued)).count(), 1);
}

/// Files that cannot be played, and the message for each.
fn wrong_files(home: &Home) -> [(&'static str, &'static str); 4] {
    let text = fs::read_to_string(recorded(home)).unwrap();
    let write = |name: &str, text: &str| fs::write(home.path().join(name), text).unwrap();
    write("newer.jsonl", &text.replacen(&format!(r#""version":{TRACE_VERSION}"#), r#""version":99"#, 1));
    write("poem.txt", "Roses are red,\nviolets are blue.\n");
    write("headless.jsonl", text.split_once('\n').unwrap().1);
    [
        ("newer.jsonl", "newer.jsonl: the trace has version 99, this program reads up to 5: use a newer one"),
        ("poem.txt", "poem.txt: this is not a trace of this program"),
        ("headless.jsonl", "headless.jsonl: this is not a trace of this program"),
        ("missing.jsonl", "there is no trace `missing.jsonl`"),
    ]
}

#[test]
fn a_file_that_cannot_be_played_is_named_without_a_terminal_too() {
    let home = Home::new();
    for (file, said) in wrong_files(&home) {
        let output = home.pipes(&["replay", file]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{file}: {told}");
        assert!(told.contains(said), "{file}: {told}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_file_that_cannot_be_played_leaves_the_screen_alone() {
    let home = Home::new();
    for (file, said) in wrong_files(&home) {
        let mut playing = home.opens(&["replay", file]);
        playing.sees(said, |seen| seen.shows(said));
        assert_eq!(playing.ends().exit_code(), 2);
        is_untouched(&playing);
    }
}

/// Whether only text came.
pub fn is_untouched(playing: &Playing) {
    assert!(playing.has_modes_of_before());
    playing.look(|seen| assert!(!seen.got("\x1b"), "no sequence was sent: {}", String::from_utf8_lossy(seen.bytes())));
}

#[test]
fn a_good_trace_without_a_terminal_is_refused() {
    let home = Home::new();
    let path = recorded(&home);
    let output = home.pipes(&["replay", path.to_str().unwrap()]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("the playground needs a terminal") && told.contains("specfuse run"), "{told}");
}

#[test]
fn a_pipe_at_one_end_of_the_playground_is_refused_and_named() {
    let home = Home::new();
    for (script, missing) in [(r#""$0" < /dev/null"#, "standard input"), (r#""$0" > piped"#, "standard output")] {
        let mut playing = Playing::start(home.shell(script, &[]), LARGE);
        let said =
            format!("error: the playground needs a terminal, and {missing} is none: for pipes and files use `specfuse run");
        playing.sees(&said, |seen| crate::home::folded(&seen.screen().contents()).contains(&said));
        assert_eq!(playing.ends().exit_code(), 2);
        is_untouched(&playing);
    }
    assert_eq!(fs::read(Path::join(home.path(), "piped")).unwrap(), b"");
}

#[test]
fn of_several_runs_the_last_or_the_chosen_one_is_played_and_a_conversation_whole() {
    let home = Home::new();
    let talk = home.pipes(&[
        "run",
        "-q",
        "--json",
        "--no-trace",
        "--seed",
        "1",
        "What is the capital of Japan?",
        "--then",
        "And of Kenya?",
    ]);
    assert_eq!(talk.status.code(), Some(0));
    let alone = fs::read(recorded(&home)).unwrap();
    fs::write(home.path().join("both.jsonl"), [talk.stdout, alone].concat()).unwrap();
    let playing = home.opens(&["replay", "both.jsonl", "--speed", "16", "--paused"]);
    playing.sees("which one it is", |seen| seen.shows("the file holds 2 runs: this is run 2, `--run N` chooses another"));
    leaves(playing, "q", "before");
    let mut playing = home.opens(&["replay", "both.jsonl", "--run", "1", "--paused"]);
    playing.sees("a replay that stands still", |seen| seen.shows(" paused ") && !seen.shows("the file holds"));
    playing.types("S");
    playing.sees("both answers", |seen| {
        let told = transcript(seen);
        told.contains("The capital of Japan is Tokyo.") && told.ends_with("The capital of Kenya is Nairobi.")
    });
    leaves(playing, "q", "before");
}

#[test]
fn a_recorded_run_is_chosen_from_the_list() {
    let home = Home::new();
    home.answers().types("q");
    let mut playing = home.opens(&[]);
    playing.plays("enter send");
    playing.types("\x0f");
    playing.plays("┌ open a recorded run ");
    playing.plays("│ > What is the capital of Japan?");
    playing.types("\r");
    playing.plays("replay ×1 ");
    playing.types("S");
    playing.sees("the end", |seen| seen.shows("★ answered") && transcript(seen).ends_with("cowardly."));
    leaves(playing, "q", "before");
}
