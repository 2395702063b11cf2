//! Members that come and go, the roster, and runs with judges and costs.

use specfuse::config::{MemberConfig, Server, Source};
use specfuse::engine::fusion::event::{Capabilities, Drafting, Price, Record, ScoreTier};
use specfuse::engine::fusion::run::Run;
use specfuse::engine::member::model_file::available::Memory;
use specfuse::engine::member::model_file::header::{ModelHeader, Purpose};
use specfuse::ensemble::found::{Finding, FoundModel};
use specfuse::ensemble::{MemberSpec, built_in_specs};
use specfuse::playground::state::roster::{News, Roster, RowId};
use specfuse::playground::state::{Message, Options, Screen};

use super::{Size, State, pressed};
use crate::runs::{self, LONG_ERROR};
use crate::support::{self, press};

pub fn states() -> Vec<State> {
    vec![
        State::new("connecting", coming),
        State::new("waiting", |size| pressed(coming(size), "enter")),
        State::new("away", away).over("connecting"),
        State::new("roster", roster).over("connecting"),
        State::new("roster-judge", |size| pressed(roster(size), "down")).over("roster"),
        State::new("roster-away", |size| pressed(roster(size), "down down r -")).over("roster"),
        State::new("roster-nothing-chosen", |size| pressed(roster(size), "space down space down space enter")).over("roster"),
        State::new("roster-taken", |size| pressed(roster(size), "down down space enter")).over("connecting"),
        State::new("roster-ascii", roster_in_ascii),
        State::new("files", with_files).over("ready"),
        State::new("files-looking", |(width, height)| pressed(support::state(width, height), "esc M")).over("files"),
        State::new("files-together", |size| pressed(with_files(size), "down down space up up space")).over("files"),
        State::new("mixed", |size| played(size, &first_round(&runs::mixed()))).over("faulty"),
        State::new("mixed-why", |size| pressed(played(size, &runs::mixed()), "e")).over("mixed"),
        State::new("mixed-roster-price", |size| pressed(played(size, &runs::mixed()), "M")).over("mixed"),
        State::new("mixed-roster-lowered", |size| pressed(played(size, &runs::mixed()), "M down down"))
            .over("mixed-roster-price"),
    ]
}

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
fn coming((width, height): Size) -> Screen {
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
pub fn roster(size: Size) -> Screen {
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
pub fn with_files((width, height): Size) -> Screen {
    let mut state = support::state(width, height);
    press(&mut state, "esc");
    press(&mut state, "M");
    state.update(Message::Files(Ok(Box::new(files()))));
    for _ in 0..5 {
        press(&mut state, "down");
    }
    state
}

/// Nobody can be reached.
fn away(size: Size) -> Screen {
    let mut state = coming(size);
    for row in 0..3 {
        tell(&mut state, row, News::Away("connection refused".to_owned()));
    }
    state
}

fn roster_in_ascii(size: Size) -> Screen {
    let mut state = roster(size);
    state.state.settings.ascii = true;
    state
}

/// The members of a run, as the roster has them, and these of the run's records.
fn played(size: Size, records: &[Record]) -> Screen {
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
