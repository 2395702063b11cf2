//! Writing and sending questions, and what they continue.

use specfuse::engine::fusion::conversation::{Conversation, Role, Turn};
use specfuse::engine::fusion::params::Params;
use specfuse::engine::member::scripted::ScriptedMember;
use specfuse::playground::state::log::Level;
use specfuse::playground::state::prompt::MOST_BYTES;
use specfuse::playground::state::scene::status::RunState;
use specfuse::playground::state::{Ask, Effect, Message, Options, Screen};

use super::runs;
use super::support::{self, QUESTION, answer, feed, newest, press, seat, type_text};

fn ask(effects: &[Effect]) -> Ask {
    let asked = effects.iter().find_map(|effect| match effect {
        Effect::Ask(ask) => Some((**ask).clone()),
        _ => None,
    });
    asked.unwrap_or_else(|| panic!("nothing is asked: {effects:?}"))
}

/// Types a question and sends it.
fn send(state: &mut Screen, question: &str) -> Vec<Effect> {
    state.state.writing.active = true;
    type_text(state, question);
    press(state, "enter")
}

fn turns(conversation: &Conversation) -> Vec<(Role, &str)> {
    conversation.turns.iter().map(|turn| (turn.role, turn.content.as_str())).collect()
}

#[test]
fn what_is_typed_is_asked_as_typed() {
    let mut state = support::state(120, 40);
    type_text(&mut state, "Wer");
    press(&mut state, "alt+enter");
    type_text(&mut state, "bist dü  ?");
    press(&mut state, "backspace");
    let effects = press(&mut state, "enter");
    assert_eq!(effects[0], Effect::Remember("Wer\nbist dü  ".to_owned()));
    let asked = ask(&effects);
    assert_eq!((turns(&asked.conversation), asked.seed), (vec![(Role::User, "Wer\nbist dü  ")], 1));
    assert_eq!(asked.params, Params::default());
    assert_eq!(
        (state.answers.run_state(), state.writing.active, state.writing.question.text().as_str()),
        (RunState::Starting, false, "")
    );
}

#[test]
fn a_pasted_text_is_one_question_whatever_its_lines() {
    let mut state = support::state(120, 40);
    press(&mut state, "esc");
    assert_eq!(state.update(Message::Paste("one\r\ntwo\rthree\n".to_owned())), []);
    assert!(state.writing.active, "somebody who pastes wants to ask");
    assert_eq!(state.writing.question.text(), "one\ntwo\nthree\n");
}

#[test]
fn a_text_that_is_too_long_is_refused_and_said() {
    let mut state = support::state(120, 40);
    type_text(&mut state, "kept");
    state.update(Message::Paste("x".repeat(MOST_BYTES)));
    assert_eq!(state.writing.question.text(), "kept");
    assert!(state.state.notices.notice.is_some_and(|notice| notice.level == Level::Error));
}

#[test]
fn a_question_of_nothing_but_white_space_asks_the_example() {
    let mut state = support::state(120, 40);
    assert_eq!(ask(&send(&mut state, "  ")).conversation.prompt(), QUESTION);
}

#[test]
fn what_was_asked_is_in_the_history_once_in_a_row() {
    let history = vec!["old".to_owned()];
    let mut state = Screen::new(Options { history, ..support::options(&support::members()) }, 120, 40);
    for question in ["new", "new"] {
        send(&mut state, question);
        feed(&mut state, &runs::unanimous());
    }
    state.state.writing.active = true;
    let walk: Vec<String> = ["up", "up", "up", "down", "down"]
        .map(|key| {
            press(&mut state, key);
            state.writing.question.text()
        })
        .into();
    assert_eq!(walk, ["new", "old", "old", "new", ""]);
}

#[test]
fn a_question_sent_while_an_answer_is_written_stays_in_the_prompt() {
    let mut state = support::answering(120, 40);
    press(&mut state, "i");
    assert_eq!(send(&mut state, "And then?"), []);
    assert_eq!((state.writing.question.text().as_str(), state.writing.active), ("And then?", true));
    assert!(state.notices.notice.is_some());
    feed(&mut state, support::awaited());
    assert_eq!(ask(&press(&mut state, "enter")).conversation.prompt(), "And then?", "it is asked when the answer is there");
}

#[test]
fn a_question_on_its_way_is_not_asked_twice() {
    let mut state = support::state(120, 40);
    send(&mut state, "One?");
    assert_eq!(send(&mut state, "Two?"), []);
    assert_eq!(state.writing.question.text(), "Two?");
    assert_eq!(press(&mut state, "ctrl+n"), [], "nor is it forgotten");
}

#[test]
fn a_follow_up_question_continues_the_conversation() {
    let mut state = support::answered(120, 40);
    let first = newest(&state).answer();
    let asked = ask(&send(&mut state, "Why?"));
    assert_eq!(turns(&asked.conversation), [(Role::User, QUESTION), (Role::Assistant, first.as_str()), (Role::User, "Why?")]);
    let seats = vec![seat("a", ScriptedMember::saying(&["Because."], -0.1))];
    feed(&mut state, &support::run(seats, support::params(&[]), 1, asked.conversation, Vec::new()));
    assert_eq!(state.answers.session.answers().len(), 2);
    let text = state.answers.transcript.flow().text();
    assert_eq!(text.matches(QUESTION).count(), 1, "the turns that stand there already are not repeated: {text}");
    assert!(text.ends_with("\n\nWhy?\nBecause."), "{text}");
    assert_eq!(turns(&ask(&send(&mut state, "And?")).conversation).len(), 5);
}

#[test]
fn an_answer_of_which_nothing_was_accepted_leaves_no_trace_in_the_conversation() {
    let mut state = support::state(120, 40);
    send(&mut state, "Why?");
    feed(&mut state, &runs::stopped_at_once());
    assert_eq!(turns(&ask(&send(&mut state, "Again?")).conversation), [(Role::User, "Again?")]);
}

#[test]
fn again_answers_the_last_question_and_counts_the_seed_on() {
    let mut state = support::answered(120, 40);
    for seed in [2, 3] {
        let asked = ask(&press(&mut state, "a"));
        assert_eq!((turns(&asked.conversation), asked.seed), (vec![(Role::User, QUESTION)], seed));
        feed(&mut state, answer());
    }
    assert_eq!((ask(&press(&mut state, "A")).seed, state.answers.session.answers().len()), (3, 1));
}

#[test]
fn again_keeps_the_answers_before() {
    let mut state = support::answered(120, 40);
    let asked = ask(&send(&mut state, "Why?"));
    let follow_up = |text: &str| {
        let seats = vec![seat("a", ScriptedMember::saying(&[text], -0.1))];
        support::run(seats, support::params(&[]), 1, asked.conversation.clone(), Vec::new())
    };
    feed(&mut state, &follow_up("Because."));
    let before = state.answers.transcript.flow().text().to_owned();
    assert_eq!(ask(&press(&mut state, "a")).conversation, asked.conversation);
    feed(&mut state, &follow_up("Therefore."));
    assert_eq!(state.answers.session.answers().len(), 2);
    assert_eq!(state.answers.transcript.flow().text(), before.replace("Because.", "Therefore."));
}

#[test]
fn again_needs_a_question_and_an_answer_that_is_complete() {
    let mut nothing = support::state(120, 40);
    press(&mut nothing, "esc");
    let mut going = support::answering(120, 40);
    for key in ["a", "A"] {
        for state in [&mut nothing, &mut going] {
            assert_eq!(press(state, key), []);
            assert!(state.notices.notice.is_some(), "and says so");
        }
    }
}

#[test]
fn a_question_that_could_not_be_asked_is_told_and_another_can_be() {
    let mut state = support::answered(120, 40);
    send(&mut state, "Too long?");
    state.update(Message::AskFailed("no member can take this prompt".to_owned()));
    assert!(
        state.notices.notice.as_ref().is_some_and(|notice| notice.level == Level::Error && notice.text.contains("no member"))
    );
    assert!(!state.is_busy());
    let asked = ask(&send(&mut state, "Shorter?"));
    assert_eq!(asked.conversation.turns.len(), 3);
    assert!(asked.conversation.turns.contains(&Turn { role: Role::User, content: QUESTION.to_owned() }));
}

/// The recording is gone then, and nothing more will come of it: that must not look like an answer being written.
#[test]
fn a_question_that_fails_in_the_middle_of_a_replay_does_not_block_the_next() {
    let mut state = support::state(120, 40);
    state.update(Message::Opened { file: "x".to_owned(), warning: None });
    feed(&mut state, &answer()[..30]);
    send(&mut state, "Too long?");
    state.update(Message::AskFailed("no member can take this prompt".to_owned()));
    assert!(!state.is_busy());
    let mut other = state.clone();
    assert_eq!(press(&mut other, "ctrl+n"), [Effect::Drop]);
    ask(&send(&mut state, "Shorter?"));
}

#[test]
fn a_run_that_breaks_off_does_not_block_the_next() {
    let mut state = support::answering(120, 40);
    state.update(Message::RunEnded(None));
    assert!(!state.is_busy());
    ask(&send(&mut state, "Next?"));
}

#[test]
fn a_question_of_the_command_line_is_asked_at_once() {
    let mut state = support::state(120, 40);
    assert_eq!(ask(&state.update(Message::Ask("From a\nshell?".to_owned()))).conversation.prompt(), "From a\nshell?");
}

#[test]
fn characters_taken_at_once_are_those_typed_one_by_one() {
    let hidden = "a\u{200b}b\u{202e}c\u{feff}d";
    let joined = "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{915}\u{94d}\u{937}\u{93f}";
    let long = "x".repeat(64 << 10);
    for text in
        ["plain words", "\u{6771}\u{4eac} \u{e9}", "e\u{301}\u{301}\u{301}", hidden, joined, &"\u{300}".repeat(200), &long]
    {
        let mut single = support::state(120, 40);
        let mut whole = support::state(120, 40);
        for state in [&mut single, &mut whole] {
            state.state.writing.question.set(text.get(..text.len().saturating_sub(600)).unwrap_or("")).unwrap();
            state.state.writing.active = true;
            assert!(state.writes());
        }
        let rest = text.get(text.len().saturating_sub(600)..).unwrap_or(text);
        support::type_text(&mut single, rest);
        whole.update(Message::Typed(rest.to_owned()));
        assert_eq!(whole.writing.question.text(), single.writing.question.text(), "{rest:?}");
        assert_eq!(whole.notices.notice, single.notices.notice, "{rest:?}");
    }
}

#[test]
fn characters_taken_at_once_where_nothing_is_written_are_keys() {
    let mut state = support::state(120, 40);
    state.state.writing.active = false;
    assert!(!state.writes());
    state.update(Message::Typed("?".to_owned()));
    assert!(state.looking.page() == Some(specfuse::playground::state::pages::Page::Help));
}
