//! What the tests of the playground share: states, runs of the real ensemble, screens as text.

use std::path::Path;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::{MemberHeader, Record};
use specfuse::engine::fusion::params::Params;
use specfuse::engine::{Engine, Seat, Setup, trace};
use specfuse::ensemble::{self, Selection};
use specfuse::playground::state::keymap::Keymap;
use specfuse::playground::state::{Options, State};
use specfuse::playground::view;
use specfuse::playground::view::theme::{ColourLevel, Theme};

/// The example as the built-in ensemble answered it once, slowed down to 15 tokens a second, with its real times.
#[allow(dead_code, reason = "each test target uses what it needs")]
pub fn recorded() -> Vec<Record> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/example.trace.jsonl");
    trace::read(&path).unwrap().records
}

/// A run of the built-in ensemble, as it goes now.
#[allow(dead_code, reason = "each test target uses what it needs")]
pub fn built_in_run(question: &str, seed: u64) -> Vec<Record> {
    run(ensemble::open(&Selection::default()).unwrap(), question, seed)
}

/// A run of these members; its clock counts events.
pub fn run(seats: Vec<Seat>, question: &str, seed: u64) -> Vec<Record> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let ticks = std::sync::atomic::AtomicU32::new(0);
        let mut engine = Engine::start(Setup {
            seats,
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

/// What is drawn, cell by cell.
pub fn draw(state: &mut State, theme: &Theme) -> Buffer {
    let (width, height) = state.size();
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    state.prompt.dress(view::dress(theme), state.writing);
    state.prepare();
    terminal.draw(|frame| view::draw(frame, state, theme)).unwrap();
    terminal.backend().buffer().clone()
}

/// What is drawn, as text.
pub fn screen(state: &mut State) -> String {
    let buffer = draw(state, &Theme::default_theme(ColourLevel::Ansi16));
    let row = |y: u16| (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    (0..buffer.area.height).map(row).collect::<Vec<_>>().join("\n")
}
