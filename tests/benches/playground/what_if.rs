//! How long a key that tries another knob takes to its frame, with a long run of many members.

use std::time::Instant;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use specfuse::engine::fusion::params::{ExitKind, Params};
use specfuse::playground::state::overlay::Overlay;
use specfuse::playground::state::{Message, Screen};
use specfuse::playground::view;

use crate::load::{self, SIZE};
use crate::recorded::{Shape, record};
use crate::table::{Figures, Table, tell};

const SHAPE: Shape = Shape { members: 8, rounds: 2_000, tokens: 10, odd: false };
const PRESSES: usize = 60;

/// Up and down in turn, so that every press gives another value.
fn presses(state: &mut Screen, terminal: &mut Terminal<TestBackend>, keys: [KeyCode; 2]) -> Figures {
    let theme = load::theme();
    let mut times = Vec::new();
    for press in 0..PRESSES {
        let key = Message::Key(KeyEvent::new(keys[press % 2], KeyModifiers::NONE));
        let start = Instant::now();
        state.update(key);
        state.prepare();
        terminal.draw(|frame| view::draw(frame, state, &theme)).expect("a frame");
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    tell("first press", times[0], "ms");
    Figures::new(times)
}

pub fn measure(table: &mut Table) {
    // Recorded with all members to the end, so that every round is as large as possible.
    let records = record(&SHAPE, 7, &Params { exit: ExitKind::Off, ..Params::default() });
    let mut state = Screen::new(load::options(&[], Params::default()), SIZE.0, SIZE.1);
    state.state.writing.active = false;
    for record in records {
        state.update(Message::Record(record));
    }
    let mut terminal = Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).expect("a screen");
    state.prepare();
    let figures = presses(&mut state, &mut terminal, [KeyCode::Char('>'), KeyCode::Char('<')]);
    table.at_most("exit threshold, key to frame: median", figures.median(), "ms", 33.0);
    table.at_most("exit threshold, key to frame: worst", figures.worst(), "ms", 33.0);
    state.update(Message::Key(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE)));
    state.update(Message::Key(KeyEvent::new(KeyCode::Char('t'), KeyModifiers::NONE)));
    while !matches!(&state.looking.overlay, Some(Overlay::Tuning(panel)) if panel.knob().is_some_and(|knob| knob.name == "scoring"))
    {
        state.update(Message::Key(KeyEvent::new(KeyCode::Down, KeyModifiers::NONE)));
    }
    let figures = presses(&mut state, &mut terminal, [KeyCode::Right, KeyCode::Right]);
    table.at_most("scoring rule in the panel, key to frame: median", figures.median(), "ms", 33.0);
    table.at_most("scoring rule in the panel, key to frame: worst", figures.worst(), "ms", 33.0);
}
