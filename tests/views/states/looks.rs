//! The same states looked at otherwise: in ASCII, zoomed, shaded, on small screens.

use specfuse::playground::state::{Options, Screen, Settings};

use super::{Size, State, after, pressed, recorded, tuning, under_way};
use crate::support;

/// The smallest screen, one that lacks a column, and one on which nothing fits.
const SMALL: [Size; 3] = [(60, 16), (59, 16), (20, 5)];

pub fn states() -> Vec<State> {
    vec![
        State::new("ascii", |size| ascii(size, &under_way())),
        State::new("what-if-ascii", |size| pressed(tuning::threshold(ascii(size, recorded())), "t c")).over("ascii"),
        State::new("zoomed-ranking", |size| pressed(after(size, recorded()), "[ shift+tab z")),
        State::new("zoomed-pane", |size| pressed(after(size, recorded()), "[ 3 z")),
        State::new("zoomed-answer", |size| pressed(after(size, recorded()), "z")),
        State::of_a_round("disagreement", "v"),
        State::of_a_round("no-shading", "v v"),
        State::of_the_answer("no-authors", "p"),
        State::of_the_answer("mouse", "m"),
        State::new("small", |size| after(size, recorded())).only_at(&SMALL),
        State::new("small-list", |size| pressed(after(size, recorded()), ":")).only_at(&SMALL[..1]),
        State::new("small-tuning", |size| pressed(after(size, recorded()), "t")).only_at(&SMALL[..1]),
    ]
}

/// A screen that shows only ASCII for marks and bars.
fn ascii((width, height): Size, records: &[specfuse::engine::fusion::event::Record]) -> Screen {
    let options = support::options(&support::members());
    let settings = Settings { ascii: true, ..options.settings.clone() };
    let mut screen = pressed(Screen::new(Options { settings, ..options }, width, height), "esc");
    support::feed(&mut screen, records);
    screen
}
