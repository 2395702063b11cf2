//! Leaving, which asks only when something would be lost.

use super::super::message::Effect;
use super::super::overlay::Overlay;
use super::super::{Source, State};

impl State {
    /// What leaving now would lose, in words.
    pub(super) fn would_lose(&self) -> Option<&'static str> {
        if self.session.is_going() && self.source == Source::Live {
            Some("The answer is still being written. Leave, and keep only what was accepted?")
        } else if !self.prompt.is_blank() {
            Some("Your question was not sent. Leave without it?")
        } else {
            None
        }
    }

    pub(super) fn quit(&mut self) -> Vec<Effect> {
        if self.overlay.take().is_some() {
            return Vec::new();
        }
        match self.would_lose() {
            Some(what) => {
                self.overlay = Some(Overlay::Leave(what.to_owned()));
                Vec::new()
            }
            None => vec![Effect::Quit],
        }
    }

    pub(super) fn quit_at_once(&mut self) -> Vec<Effect> {
        match self.would_lose() {
            Some(what) if !std::mem::replace(&mut self.leaving, true) => {
                self.overlay = Some(Overlay::Leave(what.to_owned()));
                Vec::new()
            }
            Some(_) | None => vec![Effect::Quit],
        }
    }
}
