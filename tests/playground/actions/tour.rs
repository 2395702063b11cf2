//! What the keys of the guided tour do.

use specfuse::playground::state::{Effect, Message, Screen};

use super::super::support;
use super::Pressed;

pub(super) fn at_the_second_stop() -> Screen {
    let mut state = support::state(120, 40);
    state.update(Message::Tour);
    support::press(&mut state, ";");
    state
}

fn asks(pressed: &Pressed) -> bool {
    pressed.effects.iter().any(|effect| matches!(effect, Effect::Ask(_)))
}

pub(super) fn next(pressed: Pressed) {
    assert!(asks(&pressed));
    assert_eq!(pressed.after.tour.map(|tour| tour.at), Some(2));
}

pub(super) fn back(pressed: Pressed) {
    assert!(asks(&pressed));
    assert_eq!(pressed.after.tour.map(|tour| tour.at), Some(0));
}
