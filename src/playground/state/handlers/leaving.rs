//! Leaving, which asks for confirmation only if something would be lost.

use super::handles::handles;
use crate::playground::state::Pressed;
use crate::playground::state::lengths::LengthComparison;
use crate::playground::state::message::Effect;
use crate::playground::state::overlay::Overlay;
use crate::playground::state::parts::answers::Answers;
use crate::playground::state::parts::looking::Looking;
use crate::playground::state::parts::writing::Writing;

handles! {
    /// What leaving may change.
    Leaving
    changes looking: Looking, pressed: Pressed;
    reads answers: Answers, writing: Writing, lengths: Option<LengthComparison>;
}

impl Leaving<'_> {
    /// What leaving now would lose, in words.
    pub(super) fn would_lose(&self) -> Option<&'static str> {
        if self.answers.is_writing() {
            Some("The answer is still being written. Leave, and keep only what was accepted?")
        } else if self.lengths.as_ref().is_some_and(LengthComparison::is_going) {
            Some("The runs at three lengths are still going on. Leave, and keep only what they have written?")
        } else if !self.writing.question.is_blank() {
            Some("Your question was not sent. Leave without it?")
        } else {
            None
        }
    }

    pub(super) fn quit(&mut self) -> Vec<Effect> {
        if self.looking.overlay.take().is_some() {
            return Vec::new();
        }
        match self.would_lose() {
            Some(what) => {
                self.looking.overlay = Some(Overlay::Leave(what.into()));
                Vec::new()
            }
            None => vec![Effect::Quit],
        }
    }

    pub(super) fn quit_at_once(&mut self) -> Vec<Effect> {
        match self.would_lose() {
            Some(what) if !std::mem::replace(&mut self.pressed.leaving, true) => {
                self.looking.overlay = Some(Overlay::Leave(what.into()));
                Vec::new()
            }
            Some(_) | None => vec![Effect::Quit],
        }
    }
}
