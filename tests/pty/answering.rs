//! Questions and their answers, from the prompt to the trace.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use specfuse::engine::fusion::conversation::Role;
use specfuse::engine::fusion::event::{Event, Outcome};
use specfuse::engine::trace;

use crate::home::{ANSWER, ENTER, Home, QUESTION, finished, folded, leaves, transcript};
use crate::playing::Seen;

/// The letters of the prompt's line in the colour of text; its example is dim, as are the names of keys' actions below it.
fn typed(seen: &Seen) -> String {
    let dim = seen.screen().cell(39, 7).map(vt100::Cell::fgcolor);
    let cells = (2..118).filter_map(|column| seen.screen().cell(38, column));
    folded(&cells.filter(|cell| Some(cell.fgcolor()) != dim).map(vt100::Cell::contents).collect::<String>())
}

#[test]
fn a_question_is_typed_and_answered_and_the_terminal_is_as_before() {
    let home = Home::new();
    let mut playing = home.opens(&["--seed", "1", "--pace", "15"]);
    playing.plays("· ready");
    playing.plays("enter send");
    // The example in the empty prompt is this very question.
    playing.sees("nothing typed", |seen| seen.shows(QUESTION) && !typed(seen).contains("capital"));
    assert!(!playing.has_modes_of_before(), "raw mode differs from the modes before");
    playing.types(QUESTION);
    playing.sees("the typed question", |seen| typed(seen) == QUESTION);
    playing.types(ENTER);
    playing.plays("● drafting");
    playing.plays("★ answered");
    playing.sees("the answer", |seen| transcript(seen) == format!("{QUESTION} {ANSWER}"));
    playing.plays("E babble after round 2: ");
    leaves(playing, "q", "the last run is kept; `specfuse replay last` opens it");

    let trace = home.trace();
    assert_eq!(finished(&trace).outcome, Outcome::Answered);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let path = &home.traces()[0];
    assert_eq!((mode(path), mode(path.parent().unwrap())), (0o600, 0o700));
    let history = home.data().join("history.jsonl");
    assert_eq!(fs::read_to_string(&history).unwrap(), format!("{}\n", serde_json::to_string(QUESTION).unwrap()));
    assert_eq!(mode(&history), 0o600);
}

#[test]
fn a_question_that_follows_continues_the_conversation() {
    const NEXT: &str = "What is the capital of France?";
    let home = Home::new();
    let mut playing = home.answers();
    playing.types("i");
    playing.plays("enter send");
    playing.types(NEXT);
    playing.types(ENTER);
    playing.sees("the next answer", |seen| {
        let transcript = transcript(seen);
        let (_, answer) = transcript.split_once(NEXT).unwrap_or_default();
        seen.shows("★ answered") && answer.contains("Paris")
    });
    leaves(playing, "q", "the last run is kept");

    let [first, second] = &home.traces()[..] else { panic!("two questions, two traces") };
    let header = |path| match trace::read(path).unwrap().records.remove(0).event {
        Event::RunStarted(header) => header,
        other => panic!("the first event is {other:?}"),
    };
    assert_eq!(header(first).conversation.turns.len(), 1);
    let turns = header(second).conversation.turns;
    let told: Vec<(Role, &str)> = turns.iter().map(|turn| (turn.role, turn.content.trim())).collect();
    assert_eq!(told, [(Role::User, QUESTION), (Role::Assistant, ANSWER), (Role::User, NEXT)]);
}
