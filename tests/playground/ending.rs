//! What is on the screen when an answer is complete, or over without being complete.

use specfuse::engine::fusion::event::Event;
use specfuse::engine::round::Command;
use specfuse::playground::state::pages::Page;
use specfuse::playground::state::parts::run_state::RunState;
use specfuse::playground::state::prose::Line;
use specfuse::playground::state::scene::pane::Activity;
use specfuse::playground::state::{Effect, Linger, Message, Screen};

use super::runs;
use super::support::{self, feed, newest, press};

fn text(line: &Line) -> String {
    line.iter().map(|(_, words)| words.as_str()).collect()
}

fn card(state: &Screen) -> Vec<String> {
    state.scene.closing.iter().map(text).collect()
}

#[test]
fn a_complete_answer_ends_in_a_card_and_not_in_its_empty_round() {
    for (width, height) in [(60, 16), (80, 24), (120, 40), (200, 60)] {
        let mut state = support::answered(width, height);
        state.prepare();
        let lines = card(&state);
        assert!(lines.iter().all(|line| line.chars().count() <= usize::from(width)), "{lines:#?}");
        let written: Vec<&String> = lines.iter().filter(|line| line.contains('▎')).collect();
        assert_eq!(written.len(), 3, "{lines:#?}");
        for (line, by) in written.iter().zip(["A", "B", "C"]) {
            assert!(line.starts_with(by) && line.contains("(own)"), "{lines:#?}");
        }
        assert!(lines.iter().any(|line| line.contains("babble after round")), "{lines:#?}");
        let joined = lines.join(" ");
        let words = joined.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("saved") && words.contains("seed 1"), "{lines:#?}");
        let round = newest(&state).rounds[state.shown().1.unwrap()].clone();
        assert!(round.is_contested() && !round.only_ends(), "what is behind the card can be explained and changed");
    }
}

#[test]
fn a_round_is_one_key_from_the_card_and_the_card_one_key_from_the_last_round() {
    let mut state = support::answered(120, 40);
    state.prepare();
    let behind = state.shown();
    press(&mut state, "[");
    state.prepare();
    assert!(card(&state).is_empty() && state.shown() == behind && state.looking.round.is_some());
    press(&mut state, "]");
    state.prepare();
    assert!(!card(&state).is_empty() && state.looking.round.is_none());
    press(&mut state, "e");
    assert_eq!((state.looking.page(), state.shown()), (Some(Page::Why), behind));
}

#[test]
fn nobody_is_busy_in_a_run_that_is_over() {
    let busy = |state: &Screen| {
        let is_busy = |activity| matches!(activity, Activity::Drafting | Activity::Scoring | Activity::Waiting);
        state.scene.panes.iter().filter(|pane| !pane.away && is_busy(pane.activity)).count()
    };
    let mut lost = support::answering(120, 40);
    lost.prepare();
    assert!(busy(&lost) > 0);
    lost.update(Message::RunEnded(Some("No space left on device".to_owned())));
    lost.prepare();
    assert_eq!((busy(&lost), lost.answers.run_state()), (0, RunState::BrokenOff));
    assert!(lost.scene.story.contains("the run was lost") && !lost.scene.story.contains("recording"), "{}", lost.scene.story);
    let stopped = support::asked(120, 40, &runs::stopped_at_once());
    assert_eq!((busy(&stopped), stopped.answers.run_state()), (0, RunState::Stopped));
}

#[test]
fn a_question_is_on_the_screen_from_the_moment_it_is_asked_and_stays_if_it_cannot_be() {
    let mut state = support::state(120, 40);
    state.update(Message::Ask("Who are you?".to_owned()));
    state.prepare();
    assert!(support::screen(&mut state).contains("Who are you?"));
    state.update(Message::AskFailed("no member takes part".to_owned()));
    assert_eq!(state.writing.question.text(), "Who are you?");
    let notice = state.notices.notice.as_ref().unwrap().text.to_string();
    assert!(notice.contains("no member takes part") && notice.contains("`M`"), "{notice}");
    assert!(state.answers.transcript.flow().is_empty());
}

#[test]
fn a_recording_that_is_open_names_its_file_and_its_keys() {
    let mut state = support::state(120, 40);
    state.update(Message::Opened { file: "one.trace.jsonl".to_owned(), warning: None });
    state.update(Message::Replayed { playing: false, speed: 1.0, over: false });
    let screen = support::screen(&mut state);
    assert!(screen.contains("a recorded run: one.trace.jsonl") && !screen.contains("ask something"), "{screen}");
}

#[test]
fn space_leaves_a_decision_that_stays_to_be_read() {
    let mut state = support::state(120, 40);
    state.state.settings.linger = Linger { ms: 2500.0, on: true, built_in_only: false };
    let effects = state.update(Message::Ask(support::QUESTION.to_owned()));
    assert!(effects.contains(&Effect::Order(Command::Linger { ms: 2500.0 })), "{effects:?}");
    let records = support::answer();
    let decided = records.iter().position(|record| matches!(record.event, Event::Accepted { .. })).unwrap();
    feed(&mut state, &records[..=decided]);
    assert_eq!(press(&mut state, "space"), [Effect::Order(Command::Resume)]);
    let next = records.iter().position(|record| record.round == 2).unwrap();
    feed(&mut state, &records[decided + 1..=next]);
    assert_eq!(press(&mut state, "space"), [Effect::Order(Command::Pause)]);
}

#[test]
fn a_film_is_of_a_whole_run_and_of_the_newest_one() {
    let film = |state: &mut Screen| {
        press(state, "w ctrl+u");
        support::type_text(state, "run.cast");
        let effects = press(state, "enter");
        let notice = state.notices.notice.as_ref().map(|notice| notice.text.to_string()).unwrap_or_default();
        (effects, notice)
    };
    let (effects, _) = film(&mut support::answered(120, 40));
    assert!(matches!(&effects[..], [Effect::Film { .. }]), "{effects:?}");
    let mut going = support::answered(120, 40);
    let records = support::answer();
    let decided = records.iter().position(|record| matches!(record.event, Event::Accepted { .. })).unwrap();
    feed(&mut going, &records[..=decided]);
    let (effects, notice) = film(&mut going);
    assert!(effects.is_empty() && notice.contains("still going on"), "{notice}");
    assert_eq!(support::list(&going).typed, "run.cast", "what was typed is not lost");
    let mut older = support::answered(120, 40);
    feed(&mut older, records);
    for _ in 0..=2 * records.last().unwrap().round {
        press(&mut older, "[");
    }
    assert_eq!(older.shown().0, 0);
    let (effects, notice) = film(&mut older);
    assert!(effects.is_empty() && notice.contains("only the newest answer"), "{notice}");
}

#[test]
fn the_card_of_an_answer_that_a_limit_ended_names_the_keys_that_help() {
    for knob in ["max-rounds", "max-tokens"] {
        let seats = ["a", "b"].map(|name| support::seat(name, runs::counting(name, 9, -0.2)));
        let records = support::scripted_run(seats.into(), &[(knob, "2")], Vec::new());
        let mut state = support::asked(120, 40, &records);
        state.prepare();
        let card = card(&state).join(" ");
        let words = card.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&format!("at {knob}, 2: raise it with `t`, then `space` goes on")), "{words}");
    }
}
