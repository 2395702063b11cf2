//! The state, and its scene that is on the screen.

use std::ops::Deref;

use super::State;
use super::message::{Effect, Message};
use super::parts::settings::Options;
use super::scene::memo::Memo;
use super::scene::whole::{Scene, compose};

/// The state, and its scene that is on the screen.
#[derive(Debug, Clone)]
pub struct Screen {
    /// The state.
    pub state: State,
    /// The last scene on the screen.
    pub scene: Scene,
    memo: Memo,
}

impl Screen {
    /// The playground before the first question, on a terminal of this many columns and rows.
    #[must_use]
    pub fn new(options: Options, width: u16, height: u16) -> Self {
        Self { state: State::new(options, width, height), scene: Scene::default(), memo: Memo::default() }
    }

    /// Handles one message; returns what to do outside.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        self.state.update(message)
    }

    /// What the knobs being tried would have changed; `None` unless the recorded scores can tell.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn what_if(&self) -> Option<&crate::engine::fusion::what_if::WhatIf> {
        self.memo.comparison.what_if(&self.state.knobs.tuning).map(std::sync::Arc::as_ref)
    }

    /// Brings the scene up to date before a frame is drawn, and passes its measurements to the state. At most once per frame, and
    /// only if something changed.
    pub fn prepare(&mut self) {
        let texts = std::mem::take(&mut self.scene.texts);
        self.scene = compose(&self.state, &mut self.memo, texts);
        self.state.update(Message::Laid(Box::new(self.scene.laid())));
    }
}

/// The screen can be queried like the state.
impl Deref for Screen {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}
