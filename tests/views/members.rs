//! Snapshots of members that come and go, of the roster, and of runs with judges and costs.

use specfuse::config::{MemberConfig, Server, Source};
use specfuse::engine::fusion::event::{Capabilities, Drafting, Price, Record, ScoreTier};
use specfuse::engine::fusion::run::Run;
use specfuse::ensemble::{MemberSpec, built_in_specs};
use specfuse::playground::state::roster::{News, Roster, RowId};
use specfuse::playground::state::{Message, Options, State};
use specfuse::playground::view::theme::{ColourLevel, Library};

use crate::runs::{self, LONG_ERROR};
use crate::support::{self, press, screen};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

fn server(kind: Option<&str>, url: &str, price: Option<Price>) -> MemberConfig {
    let server = Server { kind: kind.map(str::to_owned), url: Some(url.to_owned()), ..Server::default() };
    MemberConfig { source: Source::Server(Box::new(server)), price, ..MemberConfig::default() }
}

fn capabilities(kind: &str, model: &str, drafting: Drafting, tier: ScoreTier) -> Capabilities {
    Capabilities {
        drafting,
        tier,
        context_tokens: Some(32_768),
        parameters: Some(7_600_000_000),
        concurrency: 4,
        ..Capabilities::in_process(kind, model)
    }
}

/// Servers of every kind, none of them connected yet.
fn remote() -> Roster {
    let price = Price { input: 0.15, cached: Some(0.075), output: 0.6 };
    let ensemble = vec![
        MemberSpec {
            named: false,
            ..MemberSpec::new("127.0.0.1:8080", server(Some("llama-server"), "http://127.0.0.1:8080", None))
        },
        MemberSpec::new("judge", server(Some("openai"), "https://api.example.com/v1", Some(price))),
        MemberSpec::new("lab", server(Some("vllm"), "http://lab.example:8000", None)),
    ];
    let mut configured: Vec<MemberSpec> = ensemble[1..].to_vec();
    configured.push(MemberSpec::new("spare", server(Some("mistral"), "https://spare.example", None)));
    Roster::new(ensemble, configured, built_in_specs())
}

fn tell(state: &mut State, row: usize, news: News) {
    state.update(Message::Member(RowId(row), news));
}

fn ready(name: &str, capabilities: Capabilities) -> News {
    News::Ready { name: name.to_owned(), capabilities: Box::new(capabilities) }
}

/// One is there, one still loads, one cannot be reached; another server was found.
fn coming((width, height): (u16, u16)) -> State {
    let mut state = State::new(Options { roster: remote(), ..support::options(&[]) }, width, height);
    state.update(Message::Begin);
    let mut llama = capabilities("llama-server", "Some-Model-7B-Q4_K_M", Drafting::Raw, ScoreTier::Forced);
    llama.advice =
        vec!["it drafts speculatively, which falsifies probabilities: start the server without --model-draft".to_owned()];
    tell(&mut state, 0, ready("Some-Model-7B-Q4_K_M", llama));
    tell(&mut state, 1, News::Doing("asking what it can do".to_owned()));
    tell(&mut state, 2, News::Away(LONG_ERROR.to_owned()));
    let found = MemberSpec::new("llama3", server(Some("ollama"), "http://127.0.0.1:11434", None));
    state.update(Message::Found(vec![found]));
    state
}

/// The roster with everything in it.
fn roster(size: (u16, u16)) -> State {
    let mut state = coming(size);
    press(&mut state, "esc");
    press(&mut state, "M");
    let mut judge = capabilities("openai", "some-chat-model", Drafting::Instruction, ScoreTier::Labels);
    (judge.draft_logprobs, judge.seed) = (false, false);
    tell(&mut state, 1, ready("judge", judge));
    for (place, spec) in built_in_specs().into_iter().enumerate() {
        tell(
            &mut state,
            place + 4,
            ready(&spec.name, Capabilities { context_tokens: Some(512), ..Capabilities::in_process("built-in", &spec.name) }),
        );
    }
    state
}

fn check(name: &str, size: (u16, u16), state: &mut State) {
    insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), screen(state));
}

#[test]
fn members_that_are_being_connected() {
    for size in SIZES {
        check("connecting", size, &mut coming(size));
    }
}

#[test]
fn a_question_that_waits_for_members() {
    let mut state = coming(SIZES[0]);
    press(&mut state, "enter");
    check("waiting", SIZES[0], &mut state);
}

#[test]
fn the_roster() {
    for size in SIZES {
        let mut state = roster(size);
        check("roster", size, &mut state);
        for key in ["down", "down", "r", "-"] {
            press(&mut state, key);
        }
        check("roster-away", size, &mut state);
    }
    let mut judge = roster(SIZES[1]);
    press(&mut judge, "down");
    check("roster-judge", SIZES[1], &mut judge);
    let mut ascii = roster(SIZES[0]);
    ascii.settings.ascii = true;
    check("roster-ascii", SIZES[0], &mut ascii);
}

/// No colour is needed to see what is marked, chosen, away.
#[test]
fn the_roster_without_colours_says_the_same() {
    let mut state = roster(SIZES[0]);
    let mono = Library::new(None).load("mono", ColourLevel::None).unwrap();
    let text = |buffer: &ratatui::buffer::Buffer| buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect::<String>();
    let plain = text(&support::draw(&mut state, &mono));
    assert_eq!(plain, text(&support::frame(&mut state)));
    for words in ["> [x] Some-Model", "[ ] spare", "◇ away", "◔ connecting", "· ready"] {
        assert!(plain.contains(words), "{words}");
    }
}

/// The members of a run, as the roster has them, and these of the run's records.
fn played(size: (u16, u16), records: &[Record]) -> State {
    let run = Run::from_records(records).unwrap();
    let mut state = State::new(support::options(&run.header.members), size.0, size.1);
    state.writing = false;
    support::feed(&mut state, records);
    state.prepare();
    state
}

/// `d` has failed in the first round; `c` was lowered.
fn first_round(records: &[Record]) -> Vec<Record> {
    records.iter().filter(|record| record.round <= 1).cloned().collect()
}

#[test]
fn judges_costs_lowered_tiers_and_long_errors() {
    let records = runs::mixed();
    for size in SIZES {
        check("mixed", size, &mut played(size, &first_round(&records)));
    }
    let mut why = played(SIZES[1], &records);
    press(&mut why, "e");
    check("mixed-why", SIZES[1], &mut why);
    for (name, downs) in [("mixed-roster-price", 0), ("mixed-roster-lowered", 2)] {
        let mut state = played(SIZES[0], &records);
        press(&mut state, "M");
        for _ in 0..downs {
            press(&mut state, "down");
        }
        check(name, SIZES[0], &mut state);
    }
}
