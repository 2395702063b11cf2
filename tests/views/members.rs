//! Snapshots of members that come and go, of the roster, and of runs with judges and costs.

use specfuse::config::{MemberConfig, Server, Source};
use specfuse::engine::fusion::event::{Capabilities, Drafting, Price, Record, ScoreTier};
use specfuse::engine::fusion::run::Run;
use specfuse::engine::member::model_file::available::Memory;
use specfuse::engine::member::model_file::header::{ModelHeader, Purpose};
use specfuse::ensemble::found::{Finding, FoundModel};
use specfuse::ensemble::{MemberSpec, built_in_specs};
use specfuse::playground::state::roster::{News, Roster, RowId};
use specfuse::playground::state::{Message, Options, Screen};
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

fn tell(state: &mut Screen, row: usize, news: News) {
    state.update(Message::Member(RowId(row), news));
}

fn ready(name: &str, capabilities: Capabilities) -> News {
    News::Ready { name: name.to_owned(), capabilities: Box::new(capabilities) }
}

/// One is there, one still loads, one cannot be reached; another server was found.
fn coming((width, height): (u16, u16)) -> Screen {
    let mut state = Screen::new(Options { roster: remote(), ..support::options(&[]) }, width, height);
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
fn roster(size: (u16, u16)) -> Screen {
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

fn gigabytes(number: f64) -> u64 {
    (number * 1e9) as u64
}

/// A model in a file, of so many gigabytes and billions of parameters.
fn file(name: &str, whose: &'static str, size: f64, parameters: f64, (architecture, quantisation): (&str, &str)) -> FoundModel {
    let header = ModelHeader {
        architecture: architecture.to_owned(),
        name: Some(name.to_owned()),
        purpose: Purpose::Text,
        quantisation: Some(quantisation.to_owned()),
        parameters: gigabytes(parameters),
        context_tokens: Some(32_768),
        chat_template: (architecture != "llama").then(String::new),
        parts: 1,
        vocabulary: 151_936,
        kept_per_token: 28 * 512,
        width: 1536,
    };
    FoundModel {
        name: name.to_owned(),
        path: format!("/home/me/models/{name}.gguf").into(),
        whose: whose.into(),
        bytes: gigabytes(size),
        header: Some(header),
        parameters: gigabytes(parameters),
        problem: None,
    }
}

/// Files of every kind: one that fits, one that just fits, one that is too big, one that cannot be used.
fn files() -> Finding {
    let mut cut = file("SmolLM2-135M-Instruct-Q4_1", "Hugging Face", 0.03, 0.0, ("", ""));
    (cut.header, cut.problem) = (None, Some("its download has not ended: 31 MB are there".to_owned()));
    let models = vec![
        file("Qwen2.5-1.5B-Instruct-Q4_K_M", "llama.cpp", 1.12, 1.54, ("qwen2", "Q4_K_M")),
        cut,
        file("llama3.1:8b", "Ollama", 8.5, 8.03, ("llama", "Q8_0")),
        file("qwen3:72b", "Ollama", 47.0, 72.7, ("qwen3", "IQ4_XS")),
    ];
    let memory = Some(Memory { available: gigabytes(9.8), total: gigabytes(16.0) });
    Finding { models, memory, notes: vec!["/usr/share/models: Permission denied (os error 13)".to_owned()] }
}

/// The roster over the built-in ensemble, with files found.
fn with_files((width, height): (u16, u16)) -> Screen {
    let mut state = support::state(width, height);
    press(&mut state, "esc");
    press(&mut state, "M");
    state.update(Message::Files(Ok(Box::new(files()))));
    for _ in 0..5 {
        press(&mut state, "down");
    }
    state
}

fn check(name: &str, size: (u16, u16), state: &mut Screen) {
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
    ascii.state.settings.ascii = true;
    check("roster-ascii", SIZES[0], &mut ascii);
}

#[test]
fn model_files_that_were_found() {
    for size in SIZES {
        check("files", size, &mut with_files(size));
    }
    let mut looking = support::state(120, 40);
    press(&mut looking, "esc");
    press(&mut looking, "M");
    check("files-looking", SIZES[1], &mut looking);
}

#[test]
fn files_that_do_not_fit_alone_or_together_are_said_to_be_so() {
    let mut state = with_files(SIZES[0]);
    for _ in 0..3 {
        press(&mut state, "down");
    }
    let text = screen(&mut state);
    assert!(text.contains("> [ ] qwen3:72b") && text.contains("too big"), "{text}");
    assert!(text.contains("does not fit in memory: it needs about 47 GB"), "{text}");
    press(&mut state, "up");
    press(&mut state, "space");
    assert!(!screen(&mut state).contains("together"), "one alone is no sum");
    for _ in 0..2 {
        press(&mut state, "up");
    }
    press(&mut state, "space");
    let text = screen(&mut state);
    assert!(text.contains("the chosen files need about 10 GB, and 9.8 GB were free"), "{text}");
    press(&mut state, "esc");
    press(&mut state, "L");
    assert!(screen(&mut state).contains("/usr/share/models: Permission denied"), "what could not be looked at is in the log");
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
fn played(size: (u16, u16), records: &[Record]) -> Screen {
    let run = Run::from_records(records).unwrap();
    let mut state = Screen::new(support::options(&run.header.members), size.0, size.1);
    state.state.writing.active = false;
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
