//! From a recorded run that went wrong to the reason, to another branch, and to both side by side, by keyboard alone.

use std::fs;

use specfuse::engine::fusion::event::{Event, Steering};
use specfuse::engine::fusion::run::Run;
use specfuse::engine::trace;

use crate::home::{DOWN, ENTER, ESC, Home, QUESTION, leaves, transcript};

/// With segments of 20 tokens one candidate spans several answers.
const WRONG: &str = "brave is west.";
const RIGHT: &str = "brave is cowardly.";
const SUM: &str = "27 plus 48 is 75.";

#[test]
fn from_a_wrong_recorded_answer_to_its_cause_a_branch_and_both_side_by_side() {
    let home = Home::new();
    let recorded = home.path().join("wrong.jsonl");
    let path = recorded.to_str().unwrap();
    let knobs = ["--segment", "tokens", "--segment-tokens", "20"];
    let output = home.pipes(&[&["run", "-q", "--seed", "1", "--trace", path], &knobs[..], &[QUESTION]].concat());
    assert!(String::from_utf8_lossy(&output.stdout).contains(WRONG));
    let before = fs::read(&recorded).unwrap();
    let mut playing = home.opens(&["replay", "wrong.jsonl", "--speed", "16", "--pace", "0"]);
    playing.sees("the wrong answer", |seen| seen.shows("★ answered") && transcript(seen).contains(WRONG));
    // The round that went wrong, and why.
    playing.types("e");
    playing.sees("why", |seen| seen.shows("┌ why this round was won"));
    playing.types("[[");
    playing.sees("the first round", |seen| seen.shows("looking at round 1 of 2"));
    playing.types(ESC);
    playing.sees("no reasons", |seen| !seen.shows("┌ why this round was won"));
    // Back to before it, with segments of 5 tokens, and continue.
    playing.types("R");
    playing
        .sees("the question", |seen| seen.shows(" paused ") && seen.shows("steered") && !transcript(seen).contains("Japan is"));
    // 20, 10, 5 tokens.
    playing.types("--");
    playing.sees("short segments", |seen| seen.shows("segment-tokens 5") || seen.shows("by 5 tokens"));
    playing.types(" ");
    playing.sees("the right answer", |seen| seen.shows("★ answered") && transcript(seen).contains(RIGHT));
    playing.types("d");
    playing.sees("what to compare with", |seen| seen.shows("┌ compare this branch with"));
    playing.types(ENTER);
    playing.sees("both", |seen| seen.shows("┌ side by side") && seen.shows("west") && seen.shows("segment-tokens"));
    leaves(playing, "qq", "before");
    assert_eq!(fs::read(&recorded).unwrap(), before, "what was recorded stays as it was");
    // The tree is in the trace of the changed run.
    let kept = home.trace();
    let run = Run::from_records(&kept.records).unwrap();
    assert!(run.steered && run.answer().contains(RIGHT) && run.params.segment_tokens == 5);
    let other = run.tree.leaves()[0];
    let text: String = run.tree.rounds(other).iter().map(|round| round.accepted.as_ref().unwrap().text.to_string()).collect();
    assert!(text.contains(WRONG), "{text}");
}

#[test]
fn a_finished_answer_is_changed_taken_back_and_goes_on_in_its_own_trace() {
    let home = Home::new();
    let mut playing = home.answers();
    let answer = |text: &'static str| move |seen: &crate::playing::Seen| transcript(seen).contains(text);
    // Another winner for the second round.
    playing.types("[[");
    playing.sees("the second round", |seen| seen.shows("looking at round 2 of 3"));
    playing.types("o");
    playing.sees("the candidates", |seen| seen.shows("┌ whose candidate is accepted?"));
    playing.types(DOWN);
    playing.types(ENTER);
    playing.sees("the other sum", |seen| seen.shows(" paused ") && !transcript(seen).contains(SUM));
    // The user's own words after it.
    playing.types("n");
    playing.sees("an empty segment", |seen| seen.shows("┌ write the next segment"));
    playing.types("Or so they say.");
    playing.types(ENTER);
    playing.sees("one's own words", answer("Or so they say."));
    playing.types("u");
    playing.sees("them taken back", |seen| !transcript(seen).contains("Or so they say."));
    playing.types("u");
    playing.sees("the vote's choice", answer(SUM));
    playing.types("U");
    playing.sees("one's own again", |seen| !transcript(seen).contains(SUM));
    playing.types("R");
    playing.sees("one round less", |seen| transcript(seen).ends_with("Japan is Tokyo."));
    playing.types("b");
    playing.sees("the branches", |seen| seen.shows("┌ branches"));
    playing.types(ESC);
    playing.sees("no list", |seen| !seen.shows("┌ branches"));
    leaves(playing, "qy", "before");
    let path = home.traces();
    assert_eq!(path.len(), 1, "it goes on in its own trace");
    let kept = trace::read(&path[0]).unwrap();
    let overrides =
        kept.records.iter().filter(|record| matches!(record.event, Event::Steered { action: Steering::Override { .. } }));
    assert_eq!(overrides.count(), 1);
    let run = Run::from_records(&kept.records).unwrap();
    assert_eq!(run.answer(), "The capital of Japan is Tokyo.");
}

#[test]
fn the_tour_goes_from_stop_to_stop() {
    let home = Home::new();
    let mut playing = home.opens(&["demo"]);
    playing.sees("the first stop", |seen| seen.shows("1/5 Each model knows one subject") && seen.shows("drafting"));
    playing.types(";");
    playing.sees("the second stop", |seen| seen.shows("2/5 In round 4") && seen.shows("★ answered"));
    playing.types(";");
    playing.sees("the third stop", |seen| seen.shows("3/5 babble") && seen.shows("┌ exit chart ") && seen.shows("★ answered"));
    playing.types(";");
    playing.sees("the fourth stop", |seen| {
        seen.shows("4/5 With 20 tokens") && seen.shows("looking at round 1 of 2") && transcript(seen).contains(WRONG)
    });
    playing.types("R");
    playing.sees("the question", |seen| seen.shows(" paused ") && !transcript(seen).contains("Japan is"));
    playing.types("-- ");
    playing.sees("the right answer", |seen| seen.shows("★ answered") && transcript(seen).contains(RIGHT));
    playing.types(";");
    playing.sees("the fifth stop", |seen| seen.shows("5/5 In round 2") && seen.shows("looking at round 2 of 3"));
    leaves(playing, "q", "before");
}
