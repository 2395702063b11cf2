//! The picture of the README, made from the screen itself: it cannot show what the program does not.

use std::path::Path;

use specfuse::playground::film::stage::Stage;
use specfuse::playground::film::{Film, Shot, animation};
use specfuse::playground::view::theme::{ColourLevel, Library};

use crate::support;

/// The recorded example as a film; `specfuse export --to svg-animation` makes the same.
fn film() -> String {
    let records = support::recorded();
    let theme = Library::new(None).load("dark", ColourLevel::True).unwrap();
    let stage = Stage { size: (100, 30), theme };
    animation::animation(Film::new(Shot { records: &records, stage, speed: 1.0, most_frames: animation::MOST_FRAMES }))
}

#[test]
fn the_picture_of_the_readme_is_what_the_screen_shows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/playground.svg");
    let now = film();
    if std::env::var_os("UPDATE_PICTURE").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == now, "the screen has changed: UPDATE_PICTURE=1 cargo test --test views makes the picture anew");
}
