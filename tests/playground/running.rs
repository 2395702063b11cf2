//! What the run and the replay are told, and when leaving is asked about.

use specfuse::engine::fusion::event::ScoreTier;
use specfuse::engine::replay::SPEEDS;
use specfuse::engine::round::Command;
use specfuse::playground::state::overlay::Overlay;
use specfuse::playground::state::scene::status::RunState;
use specfuse::playground::state::{Effect, Listing, Message, ReplayOrder, Screen};

use super::runs;
use super::support::{self, answer, feed, press, type_text};

fn replaying(played: usize, playing: bool) -> Screen {
    let mut state = support::state(120, 40);
    state.update(Message::Opened { file: "run.trace.jsonl".to_owned(), warning: None });
    feed(&mut state, &answer()[..played]);
    state.update(Message::Replayed { playing, speed: 1.0, over: played == answer().len() });
    state.prepare();
    state
}

/// What the hint line says that a key does.
fn hint(state: &Screen, key: &str) -> String {
    state.scene.hints.iter().find(|hint| hint.key == key).map(|hint| hint.word.to_string()).unwrap_or_default()
}

#[test]
fn one_key_pauses_and_goes_on_and_the_hint_says_which() {
    let records = runs::steered();
    let mut state = support::state(120, 40);
    state.state.writing.active = false;
    let mut seen = Vec::new();
    for record in &records {
        feed(&mut state, std::slice::from_ref(record));
        state.prepare();
        let word = hint(&state, "space");
        let expected = match state.answers.run_state() {
            RunState::Answering => (Command::Pause, "pause"),
            RunState::Pausing | RunState::Paused => (Command::Resume, "go on"),
            _ => continue,
        };
        seen.push(state.answers.run_state());
        assert_eq!((press(&mut state.clone(), "space"), word.as_str()), (vec![Effect::Order(expected.0)], expected.1));
    }
    assert!(seen.contains(&RunState::Pausing) && seen.contains(&RunState::Answering), "{seen:?}");
}

#[test]
fn a_live_run_is_told_what_the_keys_say() {
    let mut state = support::answering(120, 40);
    for (key, command) in [("s", Command::Step), ("S", Command::Stop), ("space", Command::Pause)] {
        assert_eq!(press(&mut state, key), [Effect::Order(command)]);
    }
}

#[test]
fn a_replay_is_told_what_the_keys_say() {
    let mut state = replaying(40, true);
    for (key, order) in [
        ("space", ReplayOrder::Pause),
        ("s", ReplayOrder::Step),
        ("S", ReplayOrder::ToEnd),
        ("}", ReplayOrder::Speed(2.0)),
        ("{", ReplayOrder::Speed(0.5)),
        ("a", ReplayOrder::Restart),
    ] {
        assert_eq!(press(&mut state.clone(), key), [Effect::Replay(order)], "{key}");
    }
    state.update(Message::Replayed { playing: false, speed: 1.0, over: false });
    state.prepare();
    assert_eq!((state.answers.run_state(), hint(&state, "space").as_str()), (RunState::Paused, "go on"));
    assert_eq!(press(&mut state, "space"), [Effect::Replay(ReplayOrder::Resume)]);
}

/// A recorded pause is part of what is played; the key stops the playing all the same.
#[test]
fn the_hint_of_a_replay_is_about_the_replay() {
    let records = runs::steered();
    let mut state = support::state(120, 40);
    state.update(Message::Opened { file: "x".to_owned(), warning: None });
    for record in &records {
        feed(&mut state, std::slice::from_ref(record));
        state.prepare();
        if matches!(state.answers.run_state(), RunState::Answering | RunState::Pausing | RunState::Paused) {
            assert_eq!(hint(&state, "space"), "pause");
            assert_eq!(press(&mut state.clone(), "space"), [Effect::Replay(ReplayOrder::Pause)]);
        }
    }
}

#[test]
fn the_speed_of_a_replay_goes_through_all_speeds_and_stays_at_the_ends() {
    let mut state = replaying(40, true);
    let mut seen = vec![];
    for key in ["{"; 4].into_iter().chain(["}"; 8]) {
        let effects = press(&mut state, key);
        let [Effect::Replay(ReplayOrder::Speed(speed))] = effects[..] else { panic!("{effects:?}") };
        state.update(Message::Replayed { playing: true, speed, over: false });
        seen.push(speed);
    }
    assert_eq!(seen[..4], [0.5, 0.25, 0.25, 0.25]);
    assert_eq!(seen[4..], [SPEEDS[1], SPEEDS[2], SPEEDS[3], SPEEDS[4], SPEEDS[5], SPEEDS[6], SPEEDS[6], SPEEDS[6]]);
}

#[test]
fn with_nothing_to_pause_the_keys_say_so() {
    for mut state in [support::answered(120, 40), support::state(120, 40)] {
        state.state.writing.active = false;
        for key in ["space", "s", "S"] {
            assert_eq!(press(&mut state, key), []);
            assert!(state.notices.notice.is_some(), "{key}");
        }
    }
}

#[test]
fn models_that_cannot_be_slowed_down_are_not() {
    let mut members = support::members();
    for member in &mut members {
        member.capabilities.tier = ScoreTier::Prompt;
    }
    let mut options = support::options(&members);
    options.settings.pace = None;
    let mut state = Screen::new(options, 120, 40);
    state.state.writing.active = false;
    for key in ["{", "}"] {
        assert_eq!((press(&mut state, key), state.settings.pace), (vec![], None));
        assert!(state.notices.notice.is_some());
    }
}

fn asks_first(state: &mut Screen, key: &str) -> bool {
    match press(state, key).as_slice() {
        [Effect::Quit] => false,
        [] if matches!(state.looking.overlay, Some(Overlay::Leave(_))) => true,
        other => panic!("{other:?} and {:?}", state.looking.overlay),
    }
}

#[test]
fn leaving_asks_only_when_something_would_be_lost() {
    for key in ["q", "ctrl+c"] {
        let mut idle = support::state(120, 40);
        idle.state.writing.active = false;
        assert!(!asks_first(&mut idle, key), "nothing was written yet");
        assert!(!asks_first(&mut support::answered(120, 40), key), "the answer is kept in its trace");
        assert!(!asks_first(&mut replaying(40, true), key), "a recording can be played again");
        assert!(asks_first(&mut support::answering(120, 40), key));
        let mut written = support::answered(120, 40);
        written.state.writing.active = true;
        type_text(&mut written, "Unsent");
        press(&mut written, "esc");
        assert!(asks_first(&mut written, key));
    }
}

#[test]
fn the_question_whether_to_leave_takes_yes_and_no_and_nothing_else() {
    let mut state = support::answering(120, 40);
    press(&mut state, "q");
    for key in ["x", "space", "S", "q"] {
        assert_eq!(press(&mut state, key), [], "{key}");
        assert!(matches!(state.looking.overlay, Some(Overlay::Leave(_))), "{key}");
    }
    assert_eq!(press(&mut state.clone(), "n"), []);
    assert_eq!(press(&mut state, "y"), [Effect::Quit]);
}

#[test]
fn the_second_ctrl_c_leaves_but_not_when_it_was_answered_in_between() {
    let mut state = support::answering(120, 40);
    assert_eq!(press(&mut state, "ctrl+c"), []);
    press(&mut state, "n");
    assert_eq!(press(&mut state, "ctrl+c"), [], "no was an answer");
    assert_eq!(press(&mut state, "ctrl+c"), [Effect::Quit]);
    let mut other = support::answering(120, 40);
    press(&mut other, "ctrl+c");
    press(&mut other, "esc");
    press(&mut other, "down");
    assert_eq!(press(&mut other, "ctrl+c"), []);
}

#[test]
fn without_standard_input_there_is_nobody_to_ask() {
    assert_eq!(support::answering(120, 40).update(Message::Gone), [Effect::Quit]);
}

/// A theme that was only looked at does not stay when its list goes another way than by a choice.
#[test]
fn a_theme_is_only_kept_when_it_is_chosen() {
    for (key, message) in [
        ("esc", None),
        ("ctrl+n", None),
        ("ctrl+s", None),
        ("ctrl+o", Some(Message::Traces(Listing::Open, Vec::new()))),
        ("ctrl+l", Some(Message::Opened { file: "x".to_owned(), warning: None })),
    ] {
        let mut state = support::answered(120, 40);
        press(&mut state, "T");
        assert_eq!(press(&mut state, "down"), [Effect::UseTheme("mono".to_owned())]);
        let mut effects = press(&mut state, key);
        effects.extend(message.into_iter().flat_map(|message| state.update(message)));
        let last = effects.iter().rfind(|effect| matches!(effect, Effect::UseTheme(_)));
        assert_eq!(last, Some(&Effect::UseTheme("default".to_owned())), "{key}");
    }
}
