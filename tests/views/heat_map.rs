//! Snapshots of the heat map of a sweep: before one, while it continues, when it is over.

use specfuse::playground::state::{Message, Screen};
use specfuse::sweep::{Answer, Cell, Finished};

use crate::support::{self, press, screen};

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

/// The recorded answer with the map open over it.
fn offered((width, height): (u16, u16)) -> Screen {
    let mut state = support::state(width, height);
    state.state.writing.active = false;
    for record in support::recorded() {
        state.update(Message::Record(record));
    }
    press(&mut state, "H");
    state
}

/// So many settings are played; one of them failed. `right` grades them.
fn swept(size: (u16, u16), settings: usize, right: Option<fn(usize) -> bool>) -> Screen {
    let mut state = offered(size);
    press(&mut state, "s");
    for setting in 0..settings {
        let error = (setting == 6).then(|| "connection refused".to_owned());
        let answer = Answer {
            right: right.map(|right| right(setting) && error.is_none()),
            score: error.is_none().then_some(0.82 - 0.03 * (setting / 4) as f64 + 0.01 * (setting % 4) as f64),
            rounds: 16 >> (setting / 4),
            tokens: 31,
            draft_calls: 80 >> (setting / 4),
            score_calls: 120 >> (setting / 4),
            mean_active: 5.0 - 0.25 * (setting % 4) as f64,
            elapsed_ms: 41.0,
            error,
            ..Answer::default()
        };
        let finished = Box::new(Finished { cell: Cell { setting, prompt: 0 }, answer });
        state.update(Message::Swept { finished, trace: None });
    }
    press(&mut state, "right");
    press(&mut state, "down");
    state
}

fn check(name: &str, size: (u16, u16), state: &mut Screen) {
    insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), screen(state));
}

#[test]
fn before_a_sweep() {
    for size in SIZES {
        check("offered", size, &mut offered(size));
    }
}

#[test]
fn while_cells_fill() {
    for size in SIZES {
        check("going", size, &mut swept(size, 10, None));
    }
}

#[test]
fn when_it_is_over_and_answers_are_known() {
    for size in SIZES {
        let mut state = swept(size, 16, Some(|setting| setting < 8));
        state.update(Message::SweepEnded(None));
        check("done", size, &mut state);
    }
}
