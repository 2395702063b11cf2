//! What the user sees, as data, and how it changes: no terminal, no engine handle, no clock.
//!
//! [`State`] is everything, in [`parts`]; [`State::update`] takes one [`Message`] at a time and returns the [`Effect`]s to
//! perform outside; [`scene`](scene::whole::scene) computes what is on the screen, and the measurements of its layout come back
//! as a message ([`laid`]). The engine's own `run.rs` builds the run from the same events whether they come from a live run or
//! from a recorded one.

pub mod action;
pub mod answer;
mod available;
pub mod branches;
pub mod entry;
pub mod flow;
mod fuzzy;
pub mod glyphs;
pub mod handlers;
pub mod heat_map;
pub mod idle;
pub mod key;
pub mod keymap;
pub mod laid;
pub mod layout;
pub mod lengths;
pub mod log;
pub mod message;
pub mod overlay;
pub mod pages;
pub mod parts;
pub mod picker;
pub mod presenting;
pub mod prompt;
pub mod prose;
pub mod roster;
pub mod scene;
pub mod screen;
pub mod session;
pub mod targets;
pub mod tour;
pub mod transcript;
pub mod tuning;
pub mod ui_recording;
mod update;

pub use message::{Ask, Effect, FilmFormat, Listing, Message, ReplayOrder, TakenUp};
pub use parts::answers::{Replay, Source};
pub use parts::looking::Look;
pub use parts::notices::Notice;
pub use parts::settings::{Linger, Options, Settings};
pub use scene::whole::Scene;
pub use screen::Screen;

use action::Context;
use answer::Answer;
use heat_map::HeatMap;
use key::Key;
use keymap::Keymap;
use lengths::LengthComparison;
use log::Level;
use overlay::Overlay;
use parts::answers::Answers;
use parts::knobs::Knobs;
use parts::looking::Looking;
use parts::notices::Notices;
use parts::writing::Writing;
use presenting::Presenting;
use roster::Roster;
use session::Session;
use tour::Tour;

/// Everything that the user sees.
#[derive(Debug, Clone)]
pub struct State {
    /// The answers of this conversation.
    pub answers: Answers,
    /// What is selected, focused and scrolled to.
    pub looking: Looking,
    /// The texts being written.
    pub writing: Writing,
    /// The knobs of the next answer.
    pub knobs: Knobs,
    /// Every known model, and which of them take part.
    pub roster: Roster,
    /// The last sweep, if there was one.
    pub heat_map: Option<HeatMap>,
    /// The question at three lengths of segments, if it was played so.
    pub lengths: Option<LengthComparison>,
    /// Messages for the user.
    pub notices: Notices,
    /// How the user wants things to look.
    pub settings: Settings,
    /// What a key does.
    pub keymap: Keymap,
    /// The guided tour, if it is running.
    pub tour: Option<Tour>,
    /// Presenter mode, if it is on.
    pub presenting: Option<Presenting>,
    /// Keys that have not led to anything yet.
    pub pressed: Pressed,
    /// Columns and rows of the terminal.
    size: (u16, u16),
}

/// Keys that have not led to anything yet.
#[derive(Debug, Clone, Default)]
pub struct Pressed {
    /// The first key of two.
    pub pending: Vec<Key>,
    /// Whether Ctrl-C was pressed and not confirmed yet.
    leaving: bool,
}

impl State {
    /// The playground before the first question, on a terminal of this many columns and rows.
    #[must_use]
    pub fn new(options: Options, width: u16, height: u16) -> Self {
        let session = Session::new(&options.params, options.system.as_deref());
        let mut state = Self {
            answers: Answers::new(session),
            looking: Looking::default(),
            writing: Writing::new(options.history),
            knobs: Knobs::new(options.params, options.presets, options.seed),
            roster: options.roster,
            heat_map: None,
            lengths: None,
            notices: Notices::default(),
            presenting: options.settings.presents.then(Presenting::default),
            settings: options.settings,
            keymap: options.keymap,
            tour: None,
            pressed: Pressed::default(),
            size: (width, height),
        };
        state.answers.session.set_members(&state.roster.headers(), state.roster.standings());
        for warning in &options.warnings {
            state.notices.say(Level::Warning, warning);
        }
        state
    }

    /// The size of the terminal, in columns and rows.
    #[must_use]
    pub fn size(&self) -> (u16, u16) {
        self.size
    }

    /// Whether something on the screen changes without a message: the time of a running answer.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.answers.run_state().is_busy()
    }

    /// The position of the round that panes and table show ([`Looking::shown`]).
    #[must_use]
    pub fn shown(&self) -> (usize, Option<usize>) {
        self.looking.shown(&self.answers.session)
    }

    /// Whether the screen shows what came of the answer instead of a round: it is complete, and no round is selected, no part fills
    /// the screen and no knob is being tried.
    #[must_use]
    pub fn shows_closing(&self) -> bool {
        let elsewhere = self.looking.round.is_some() || self.looking.zoomed;
        let tunes = self.knobs.tuning.is_trying() || matches!(self.looking.overlay, Some(Overlay::Tuning(_)));
        !elsewhere && !tunes && self.answers.session.newest().is_some_and(Answer::is_closed)
    }

    /// Where keys go now.
    #[must_use]
    pub fn context(&self) -> Context {
        match &self.looking.overlay {
            Some(Overlay::List(_)) => Context::List,
            Some(Overlay::Roster(_)) => Context::Roster,
            Some(Overlay::Page(page, _)) => page.view().context,
            Some(Overlay::Tuning(_)) => Context::Tuning,
            Some(Overlay::Leave(_)) => Context::Question,
            Some(Overlay::Entry(_)) => Context::Prompt,
            None if self.writing.active => Context::Prompt,
            None => Context::Keys,
        }
    }
}
