//! What the tests of the playground share: states, runs of the real ensemble, screens as text.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::{MemberHeader, Record};
use specfuse::engine::fusion::params::Params;
use specfuse::engine::{Engine, Setup};
use specfuse::ensemble::{self, Selection};
use specfuse::playground::state::keymap::Keymap;
use specfuse::playground::state::{Options, State};
use specfuse::playground::view;
use specfuse::playground::view::theme::{ColourLevel, Theme};

/// A run of the built-in ensemble, with a clock that counts events, so that it is the same on every machine.
pub fn built_in_run(question: &str, seed: u64) -> Vec<Record> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let ticks = std::sync::atomic::AtomicU32::new(0);
        let mut engine = Engine::start(Setup {
            seats: ensemble::open(&Selection::default()).unwrap(),
            params: Params::default(),
            seed,
            conversation: Conversation::question(question),
            journal: None,
            clock: Box::new(move || f64::from(ticks.fetch_add(1, std::sync::atomic::Ordering::Relaxed))),
        })
        .await
        .unwrap();
        let mut records = Vec::new();
        while let Some(record) = engine.next_event().await {
            records.push(record);
        }
        records
    })
}

pub fn members() -> Vec<MemberHeader> {
    ensemble::open(&Selection::default()).unwrap().iter().map(specfuse::engine::Seat::header).collect()
}

pub fn state(width: u16, height: u16) -> State {
    let options = Options {
        members: members(),
        params: Params::default(),
        seed: 1,
        keymap: Keymap::default(),
        theme: "default".to_owned(),
        themes: vec!["default".to_owned(), "mono".to_owned()],
        pace: Some(15),
        can_pace: true,
        ascii: false,
        mouse: false,
        history: Vec::new(),
        warnings: Vec::new(),
    };
    State::new(options, width, height)
}

pub fn screen(state: &mut State) -> String {
    let (width, height) = state.size();
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let theme = Theme::default_theme(ColourLevel::Ansi16);
    state.prepare();
    terminal.draw(|frame| view::draw(frame, state, &theme)).unwrap();
    terminal.backend().to_string()
}
