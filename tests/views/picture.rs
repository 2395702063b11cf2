//! The picture of the README, made from the screen itself: it cannot show what the program does not.

use std::path::Path;

use ratatui::buffer::Buffer;
use specfuse::engine::fusion::event::{Event, Record};
use specfuse::playground::state::Message;
use specfuse::playground::view::picture::svg;
use specfuse::playground::view::theme::{ColourLevel, Library};

use crate::support;

/// The recorded example in its third round, in the dark theme.
fn scene() -> Buffer {
    let mut state = support::state(132, 42);
    let records = support::recorded();
    let is_score = |record: &&Record| record.round == 3 && matches!(record.event, Event::Score { .. });
    let last_score = records.iter().rfind(is_score).unwrap().t_ms;
    state.state.writing.active = false;
    for record in records.into_iter().take_while(|record| record.t_ms < last_score) {
        state.update(Message::Record(record));
    }
    let theme = Library::new(None).load("dark", ColourLevel::True).unwrap();
    support::draw(&mut state, &theme)
}

#[test]
fn the_picture_of_the_readme_is_what_the_screen_shows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/playground.svg");
    let now = svg(&scene());
    if std::env::var_os("UPDATE_PICTURE").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == now, "the screen has changed: UPDATE_PICTURE=1 cargo test --test views makes the picture anew");
}
