//! Members that come and go: connecting, waiting for them, retrying, composing another ensemble.

use specfuse::config::{MemberConfig, Server, Source};
use specfuse::engine::fusion::event::{Capabilities, Drafting, ScoreTier};
use specfuse::engine::fusion::params::Params;
use specfuse::engine::member::Local;
use specfuse::ensemble::MemberSpec;
use specfuse::playground::state::overlay::Overlay;
use specfuse::playground::state::roster::{News, Roster, RowId, Standing};
use specfuse::playground::state::scene::pane::Activity;
use specfuse::playground::state::scene::status::RunState;
use specfuse::playground::state::{Ask, Effect, Message, Options, Screen};

use super::support::{self, answer, feed, press, screen, type_text};

pub fn server(name: &str, url: &str) -> MemberSpec {
    let server = Server { kind: Some("llama-server".to_owned()), url: Some(url.to_owned()), ..Server::default() };
    let source = Source::Server(Box::new(server));
    MemberSpec { named: false, ..MemberSpec::new(name, MemberConfig { source, ..MemberConfig::default() }) }
}

fn file(name: &str) -> MemberSpec {
    let path = std::path::PathBuf::from(format!("{name}.gguf"));
    let source = Source::Gguf { path, arguments: Vec::new(), local: Local::default() };
    MemberSpec::new(name, MemberConfig { source, ..MemberConfig::default() })
}

fn there(name: &str) -> News {
    let capabilities = Capabilities {
        tier: ScoreTier::Forced,
        context_tokens: Some(4096),
        concurrency: 4,
        advice: vec!["start the server without --model-draft".to_owned()],
        ..Capabilities::in_process("llama-server", name)
    };
    News::Ready { name: name.to_owned(), capabilities: Box::new(capabilities) }
}

/// Two servers, named `q` and `r`, not connected yet; keys are commands.
fn two_servers() -> Screen {
    let ensemble = vec![server("q", "http://127.0.0.1:9001"), server("r", "http://127.0.0.1:9002")];
    let built_in = specfuse::ensemble::built_in_specs();
    let roster = Roster::new(ensemble, Vec::new(), built_in);
    Screen::new(Options { roster, ..support::options(&[]) }, 120, 40)
}

fn connected(effects: &[Effect]) -> Vec<usize> {
    let rows = effects.iter().filter_map(|effect| match effect {
        Effect::Connect { members, .. } => Some(members.iter().map(|(row, _)| row.0)),
        _ => None,
    });
    rows.flatten().collect()
}

fn asked(effects: &[Effect]) -> Option<&Ask> {
    effects.iter().find_map(|effect| match effect {
        Effect::Ask(ask) => Some(&**ask),
        _ => None,
    })
}

fn names(ask: &Ask) -> Vec<&str> {
    ask.members.iter().map(|member| member.name.as_str()).collect()
}

fn member(state: &mut Screen, row: usize, news: News) -> Vec<Effect> {
    let effects = state.update(Message::Member(RowId(row), news));
    state.prepare();
    effects
}

fn send(state: &mut Screen, question: &str) -> Vec<Effect> {
    state.state.writing.active = true;
    type_text(state, question);
    press(state, "enter")
}

#[test]
fn it_opens_at_once_and_members_are_seen_coming() {
    let mut state = two_servers();
    let effects = state.update(Message::Begin);
    assert_eq!((connected(&effects), effects.contains(&Effect::Scan)), (vec![0, 1], true));
    state.prepare();
    let activities = |state: &Screen| state.scene.panes.iter().map(|pane| pane.activity).collect::<Vec<_>>();
    assert_eq!(activities(&state), [Activity::Connecting, Activity::Connecting]);
    assert!(screen(&mut state).contains("connecting to q and r …"));
    member(&mut state, 0, News::Doing("loading the model, 40 %".to_owned()));
    assert_eq!(state.scene.panes[0].note, "loading the model, 40 %");
    member(&mut state, 0, there("some-model"));
    member(&mut state, 1, News::Away("connection refused: is the server running?".to_owned()));
    assert_eq!(activities(&state), [Activity::Ready, Activity::Away]);
    let shown = screen(&mut state);
    assert!(shown.contains("A some-model"), "its own name takes the place of the address: {shown}");
    assert!(shown.contains("B r ◇ away · connection refused: is the server running?"), "{shown}");
    assert!(!shown.contains("connecting"), "{shown}");
}

#[test]
fn a_question_waits_for_members_that_are_being_connected() {
    let mut state = two_servers();
    state.update(Message::Begin);
    let effects = send(&mut state, "Why?");
    assert!(asked(&effects).is_none() && connected(&effects).is_empty(), "they are being connected already: {effects:?}");
    assert_eq!((state.answers.run_state(), state.is_busy()), (RunState::Waiting, true));
    assert!(screen(&mut state).contains("waiting  · connecting to q and r …"));
    assert_eq!(asked(&member(&mut state, 1, News::Away("no route".to_owned()))), None);
    let effects = member(&mut state, 0, there("q"));
    let ask = asked(&effects).unwrap();
    assert_eq!((names(ask), ask.conversation.prompt()), (vec!["q", "r"], "Why?"));
    assert_eq!(state.answers.run_state(), RunState::Starting);
    assert_eq!(asked(&member(&mut state, 0, there("q"))), None, "and only once");
}

#[test]
fn who_was_away_is_tried_again_by_the_next_question() {
    let mut state = two_servers();
    state.update(Message::Begin);
    member(&mut state, 0, there("q"));
    member(&mut state, 1, News::Away("refused".to_owned()));
    let effects = send(&mut state, "Why?");
    // The question does not wait for it: it joins once it is ready.
    assert_eq!((connected(&effects), names(asked(&effects).unwrap())), (vec![1], vec!["q", "r"]));
    assert_eq!(asked(&member(&mut state, 1, there("r"))), None);
    assert_eq!(state.roster.standings().iter().filter(|standing| matches!(standing, Standing::Ready(_))).count(), 2);
}

#[test]
fn waiting_can_be_ended_by_the_key_that_stops() {
    let mut state = two_servers();
    state.update(Message::Begin);
    send(&mut state, "Why?");
    assert!(screen(&mut state).contains("S do not wait"));
    let effects = press(&mut state, "S");
    assert_eq!(names(asked(&effects).unwrap()), ["q", "r"], "who is not there joins when it is");
    assert_eq!(asked(&member(&mut state, 0, there("q"))), None);
    assert_eq!(asked(&member(&mut state, 1, there("r"))), None);
}

#[test]
fn a_question_does_not_wait_for_the_last_when_the_others_are_there() {
    let mut state = two_servers();
    state.update(Message::Begin);
    send(&mut state, "Why?");
    let effects = member(&mut state, 1, there("r"));
    assert_eq!(names(asked(&effects).unwrap()), ["q", "r"]);
}

/// The largest model takes longest to load, and is the one that the answer should not start without.
#[test]
fn a_question_waits_for_files_that_are_being_loaded() {
    let roster = Roster::new(vec![file("small"), file("large"), server("r", "http://127.0.0.1:9002")], Vec::new(), Vec::new());
    let mut state = Screen::new(Options { roster, ..support::options(&[]) }, 120, 40);
    state.update(Message::Begin);
    send(&mut state, "Why?");
    assert_eq!(asked(&member(&mut state, 0, there("small"))), None);
    assert_eq!(asked(&member(&mut state, 2, there("r"))), None);
    assert_eq!(names(asked(&member(&mut state, 1, there("large"))).unwrap()), ["small", "large", "r"]);
}

#[test]
fn a_question_that_waits_is_forgotten_with_what_it_waited_in() {
    let mut state = two_servers();
    state.update(Message::Begin);
    send(&mut state, "Why?");
    assert_eq!(press(&mut state, "ctrl+n"), [], "an answer is awaited");
    state.update(Message::Opened { file: "x".to_owned(), warning: None });
    assert!(!state.answers.waits_for_members());
    member(&mut state, 0, there("q"));
    assert_eq!(asked(&member(&mut state, 1, there("r"))), None);
}

#[test]
fn a_question_in_the_middle_of_a_replay_ends_the_replay_before_it_waits() {
    let mut state = two_servers();
    state.update(Message::Opened { file: "x".to_owned(), warning: None });
    feed(&mut state, &answer()[..30]);
    let effects = send(&mut state, "Why?");
    assert!(effects.contains(&Effect::Drop) && asked(&effects).is_none());
    assert_eq!(connected(&effects), [0, 1], "a replay needs nobody, a question does");
}

#[test]
fn another_ensemble_answers_from_the_next_question_on_and_the_conversation_is_kept() {
    let mut state = support::answering(120, 40);
    press(&mut state, "M");
    press(&mut state, "space");
    press(&mut state, "down");
    for key in ["r", "r", "-", "enter"] {
        press(&mut state, key);
    }
    assert_eq!(state.looking.overlay, None);
    assert_eq!(state.answers.session.newest().unwrap().labels.len(), 5, "the answer goes on with those who began it");
    feed(&mut state, support::awaited());
    let effects = send(&mut state, "And then?");
    let ask = asked(&effects).unwrap();
    assert_eq!(names(ask), ["abacus", "lexicon", "almanac", "babble"]);
    assert_eq!(ask.members[0].weight, Some(1.2));
    assert_eq!(ask.members[0].role, specfuse::engine::fusion::event::Role::Verify);
    assert_eq!(ask.conversation.turns.len(), 3);
}

#[test]
fn an_ensemble_in_which_nobody_drafts_is_refused_in_words() {
    let mut state = support::state(120, 40);
    press(&mut state, "esc");
    press(&mut state, "M");
    for _ in 0..5 {
        for key in ["r", "r", "down"] {
            press(&mut state, key);
        }
    }
    press(&mut state, "enter");
    assert!(state.notices.notice.as_ref().is_some_and(|notice| notice.text.contains("at least one model that drafts")));
    assert!(matches!(state.looking.overlay, Some(Overlay::Roster(_))), "it stays open");
    for _ in 0..5 {
        press(&mut state, "space");
        press(&mut state, "down");
    }
    press(&mut state, "enter");
    assert!(state.notices.notice.as_ref().is_some_and(|notice| notice.text.contains("at least one model: `space` chooses")));
    press(&mut state, "esc");
    assert_eq!(state.roster.names().len(), 5);
}

#[test]
fn a_model_that_cannot_draft_is_not_one_that_drafts() {
    let mut state = two_servers();
    state.update(Message::Begin);
    for row in [0, 1] {
        let capabilities = Capabilities { drafting: Drafting::None, ..Capabilities::in_process("x", "x") };
        member(&mut state, row, News::Ready { name: "x".to_owned(), capabilities: Box::new(capabilities) });
    }
    press(&mut state, "esc");
    press(&mut state, "M");
    press(&mut state, "enter");
    assert!(state.state.notices.notice.is_some_and(|notice| notice.text.contains("drafts")));
}

#[test]
fn servers_on_this_machine_are_told_once_and_added_by_the_roster() {
    let mut state = two_servers();
    state.update(Message::Begin);
    member(&mut state, 0, there("q"));
    member(&mut state, 1, there("r"));
    let known = server("again", "http://localhost:9001/v1/");
    let effects = state.update(Message::Found(vec![known, server("local", "http://127.0.0.1:8080")]));
    assert_eq!(effects, [], "nobody asked what it can do yet");
    let shown = screen(&mut state);
    assert!(shown.contains("llama-server found at 127.0.0.1:8080"), "{shown}");
    assert_eq!(state.notices.notice, None, "the keys stay in sight");
    assert!(!shown.contains("9001 (again)"), "it takes part already: {shown}");
    press(&mut state, "esc");
    assert!(connected(&press(&mut state, "M")).contains(&7), "an open roster asks what it can do");
    let shown = screen(&mut state);
    assert!(shown.contains("found on this machine") && shown.contains("[ ] local"), "{shown}");
    member(&mut state, 7, there("local"));
    press(&mut state, "down");
    press(&mut state, "down");
    press(&mut state, "space");
    press(&mut state, "enter");
    assert_eq!(state.roster.names(), ["q", "r", "local"]);
}

#[test]
fn a_file_that_was_opened_but_not_taken_is_closed_again() {
    let configured = vec![file("large")];
    let roster = Roster::new(specfuse::ensemble::built_in_specs(), configured, Vec::new());
    let mut state = Screen::new(Options { roster, ..support::options(&[]) }, 120, 40);
    press(&mut state, "esc");
    assert_eq!(connected(&press(&mut state, "M")), [0, 1, 2, 3, 4], "a file is not loaded before it is chosen");
    press(&mut state, "up");
    assert_eq!(connected(&press(&mut state, "space")), [5]);
    member(&mut state, 5, there("large"));
    press(&mut state, "space");
    assert!(press(&mut state, "enter").contains(&Effect::LetGo(RowId(5))));
    assert_eq!(state.roster.rows()[5].standing, Standing::Unknown);
}

/// The waiting question must not go to an ensemble that was replaced in the meantime.
#[test]
fn composing_while_a_question_waits_lets_those_answer_who_are_chosen() {
    let mut state = two_servers();
    state.update(Message::Begin);
    send(&mut state, "Why?");
    press(&mut state, "M");
    press(&mut state, "down");
    press(&mut state, "space");
    assert_eq!(asked(&press(&mut state, "enter")), None);
    let effects = member(&mut state, 0, there("q"));
    assert_eq!(names(asked(&effects).unwrap()), ["q"]);
    assert_eq!(asked(&effects).unwrap().params, Params::default());
}

#[test]
fn names_that_are_taken_get_a_number() {
    let mut state = two_servers();
    state.update(Message::Begin);
    member(&mut state, 0, there("same"));
    let effects = member(&mut state, 1, there("same"));
    assert_eq!(effects, []);
    assert_eq!(state.roster.names(), ["same", "same-2"]);
    assert_eq!(names(asked(&send(&mut state, "Why?")).unwrap()), ["same", "same-2"]);
}

#[test]
fn what_servers_say_cannot_act_on_the_terminal() {
    let mut state = two_servers();
    state.update(Message::Begin);
    member(&mut state, 0, there("evil\u{1b}]0;title\u{7}"));
    member(&mut state, 1, News::Away("<html>\u{1b}[2J\nline two".to_owned()));
    press(&mut state, "esc");
    press(&mut state, "M");
    for _ in 0..3 {
        let shown = screen(&mut state);
        assert!(shown.chars().all(|character| character == '\n' || !character.is_control()), "{shown:?}");
        press(&mut state, "down");
    }
}

#[test]
fn ports_are_searched_at_the_start_unless_a_person_does_not_want_it() {
    let begun = |scan: bool| {
        let mut state = two_servers();
        state.state.settings.scan = scan;
        state.update(Message::Begin)
    };
    assert!(begun(true).iter().any(|effect| matches!(effect, Effect::Scan)));
    assert!(!begun(false).iter().any(|effect| matches!(effect, Effect::Scan)));
}

#[test]
fn a_pace_for_the_toys_does_not_hold_other_models_back() {
    for (built_in, built_in_pace, lifted) in [(false, true, true), (false, false, false), (true, true, false)] {
        let toy = specfuse::ensemble::built_in_specs().into_iter().next().unwrap();
        let ensemble = vec![if built_in { toy } else { server("q", "http://127.0.0.1:9001") }];
        let mut options = Options { roster: Roster::new(ensemble, Vec::new(), Vec::new()), ..support::options(&[]) };
        options.settings.built_in_pace = built_in_pace;
        let mut state = Screen::new(options, 120, 40);
        state.update(Message::Begin);
        member(&mut state, 0, there("q"));
        let effects = send(&mut state, "Why?");
        assert!(asked(&effects).is_some());
        let first = effects.iter().position(|effect| *effect == Effect::Pace(None));
        assert_eq!(first.is_some(), lifted, "{effects:?}");
        assert_eq!(state.settings.pace, if lifted { None } else { Some(15) });
    }
}
