//! What a person sees, as data, and how it changes: no terminal, no engine handle, no clock.
//!
//! [`State`] is everything; [`State::update`] takes one [`Message`] at a time and returns the [`Effect`]s that it wants done
//! outside; [`State::prepare`] brings the [`Scene`] up to date before a frame is drawn. The run itself is built by the engine's
//! own `run.rs` from the same events whether they come from a live run or from a recorded one.

mod act;
pub mod action;
pub mod branches;
mod connect;
pub mod entry;
pub mod flow;
mod fuzzy;
pub mod glyphs;
pub mod heat_map;
mod hints;
mod kept;
pub mod key;
pub mod keymap;
pub mod layout;
pub mod log;
pub mod message;
pub mod overlay;
pub mod picker;
pub mod play;
mod prepare;
pub mod prompt;
pub mod prose;
pub mod roster;
pub mod scene;
pub mod session;
mod steer;
pub mod tour;
pub mod transcript;
pub mod tuning;
mod update;
mod welcome;

pub use message::{Ask, Effect, Listing, Message, ReplayOrder, TakenUp};
pub use prepare::Scene;

use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::params::{Knob, Params, Presets, Value};
use crate::engine::fusion::single::Single;
use crate::engine::fusion::timing::RunTiming;
use heat_map::HeatMap;
use kept::Kept;
use key::Key;
use keymap::Keymap;
use layout::Part;
use log::{Level, Log};
use overlay::Overlay;
use prompt::Prompt;
use roster::Roster;
use scene::draft::{PaneText, Shading};
use session::Session;
use tour::Tour;
use transcript::Transcript;

/// What the playground begins with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Every known model, and who takes part.
    pub roster: Roster,
    /// The knobs.
    pub params: Params,
    /// Every preset there is.
    pub presets: Presets,
    /// Instructions that stand before every conversation.
    pub system: Option<String>,
    /// The seed of the first run.
    pub seed: u64,
    /// What a key does.
    pub keymap: Keymap,
    /// How things look at first.
    pub settings: Settings,
    /// What was asked before, oldest first.
    pub history: Vec<String>,
    /// What went wrong while this was put together, but stops nothing.
    pub warnings: Vec<String>,
}

/// Where events come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A run under way, or none yet.
    Live,
    /// A recorded run.
    Replay(Replay),
}

/// A replay under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// The file's name.
    pub file: String,
    /// Whether it plays.
    pub playing: bool,
    /// How fast: 1 is as recorded.
    pub speed: f64,
    /// Whether everything was played.
    pub over: bool,
}

/// A round that a person looks at instead of the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The play's place in the session.
    pub play: usize,
    /// The round's place in the play.
    pub round: usize,
}

/// A message for the hint line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How grave.
    pub level: Level,
    /// In words.
    pub text: String,
}

/// What a person chose of how things look.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::struct_excessive_bools, reason = "each is one switch of the screen")]
pub struct Settings {
    /// The theme in force.
    pub theme: String,
    /// All themes.
    pub themes: Vec<String>,
    /// What shades the tokens of drafts.
    pub shading: Shading,
    /// Whether the transcript shows who wrote what.
    pub authors: bool,
    /// Whether the mouse reports.
    pub mouse: bool,
    /// Only ASCII for marks and bars.
    pub ascii: bool,
    /// Tokens a second that in-process models are slowed down to.
    pub pace: Option<u32>,
    /// Whether that is only for the built-in models, since the user has said nothing.
    pub toys_pace: bool,
    /// Whether model servers are looked for on this machine when the playground opens.
    pub scan: bool,
}

/// Everything that a person sees.
#[derive(Debug, Clone)]
pub struct State {
    /// The answers of this conversation.
    pub session: Session,
    /// Every known model, and who takes part.
    pub roster: Roster,
    /// The conversation as it is read.
    pub transcript: Transcript,
    /// The question being written.
    pub prompt: Prompt,
    /// Where events come from.
    pub source: Source,
    /// The last sweep, if there was one.
    pub heat_map: Option<HeatMap>,
    /// The round looked at, if it is not the newest.
    pub look: Option<Look>,
    /// The focused part.
    pub focus: Part,
    /// Whether the prompt has the keys.
    pub writing: bool,
    /// Whether the focused part has the whole screen.
    pub zoomed: bool,
    /// What lies over the screen.
    pub overlay: Option<Overlay>,
    /// The first key of two, pressed.
    pub pending: Vec<Key>,
    /// A message for the hint line, until the next key.
    pub notice: Option<Notice>,
    /// What was worth telling.
    pub log: Log,
    /// What a person chose of how things look.
    pub settings: Settings,
    /// What a key does.
    pub keymap: Keymap,
    /// What is on the screen.
    pub scene: Scene,
    /// The text of each member's pane.
    pub texts: Vec<PaneText>,
    /// The answer looked at against its strongest member.
    single: Kept<Option<Single>>,
    /// Where its time went.
    timing: Kept<RunTiming>,
    /// Knobs that a person set while no answer was being written: one that is taken up again goes by them.
    tuned: Vec<(&'static Knob, Value)>,
    /// Knobs being tried.
    pub tuning: tuning::Tuning,
    /// The knobs that the next run begins with.
    params: Params,
    /// Every preset there is.
    presets: Presets,
    /// The seed that the next run begins with.
    seed: u64,
    /// The guided tour, where one is taken.
    pub tour: Option<Tour>,
    /// The segment being changed or written.
    pub entry: Prompt,
    /// The question that waits for members that are being connected.
    waiting: Option<Conversation>,
    /// Whether a run is being taken up again.
    taking_up: steer::TakingUp,
    /// Columns and rows of the terminal.
    size: (u16, u16),
    /// The member whose pane is in sight where not all are.
    pane: MemberIndex,
    /// The run's clock.
    now_ms: f64,
    /// Whether Ctrl-C was pressed and not answered yet.
    leaving: bool,
}

impl State {
    /// The playground before anything was asked, on a terminal of so many columns and rows.
    #[must_use]
    pub fn new(options: Options, width: u16, height: u16) -> Self {
        let session = Session::new(&options.params, options.system.as_deref());
        let mut state = Self {
            session,
            roster: options.roster,
            transcript: Transcript::default(),
            prompt: Prompt::new(options.history),
            entry: Prompt::new(Vec::new()),
            tour: None,
            source: Source::Live,
            heat_map: None,
            look: None,
            focus: Part::Transcript,
            writing: true,
            zoomed: false,
            overlay: None,
            pending: Vec::new(),
            notice: None,
            log: Log::default(),
            settings: options.settings,
            keymap: options.keymap,
            scene: Scene::default(),
            texts: Vec::new(),
            single: Kept::default(),
            timing: Kept::default(),
            tuned: Vec::new(),
            tuning: tuning::Tuning::default(),
            params: options.params,
            presets: options.presets,
            seed: options.seed,
            waiting: None,
            taking_up: steer::TakingUp::Not,
            size: (width, height),
            pane: MemberIndex(0),
            now_ms: 0.0,
            leaving: false,
        };
        state.show_ensemble();
        for warning in &options.warnings {
            state.say(Level::Warning, warning);
        }
        state
    }

    /// The size that the screen is prepared for, in columns and rows.
    #[must_use]
    pub fn size(&self) -> (u16, u16) {
        self.size
    }

    /// Whether something moves on the screen without a message: the time of a run that goes on.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.run_state().is_busy()
    }

    /// What the newest run is doing.
    #[must_use]
    pub fn run_state(&self) -> scene::status::RunState {
        scene::status::run_state(self.session.newest(), &self.source, self.session.is_asking(), self.waits_for_members())
    }

    /// The place of the round that panes and table show: the play, and the round in it where there is one yet. What was decided
    /// stays in sight until something of the next round comes.
    #[must_use]
    pub fn shown(&self) -> (usize, Option<usize>) {
        if let Some(look) = self.look {
            return (look.play, Some(look.round));
        }
        let rounds = self.session.newest().map_or(&[][..], |play| &play.run.rounds);
        let shown = match rounds {
            [.., decided, next] if decided.accepted.is_some() && !next.has_begun() => rounds.len() - 1,
            all => all.len(),
        };
        (self.session.plays().len().saturating_sub(1), shown.checked_sub(1))
    }

    fn say(&mut self, level: Level, text: &str) {
        let entry = self.log.add(level, None, text);
        self.notice = Some(Notice { level, text: entry.text.clone() });
    }
}
