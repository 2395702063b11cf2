//! What reaches the state, and what it asks for in return: data, so that a test can play every session without a terminal.

use std::path::{Path, PathBuf};

use crossterm::event::{KeyEvent, MouseEvent};
use serde::{Deserialize, Serialize, Serializer};

use super::heat_map::SweepAsk;
use super::laid::Laid;
use super::lengths::{LengthsAsk, RunNews};
use super::prompt::Dress;
use super::roster::{News, RowId, Seated};
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::event::Record;
use crate::engine::fusion::params::Params;
use crate::engine::fusion::run::Run;
use crate::engine::round::Command;
use crate::ensemble::MemberSpec;
use crate::ensemble::found::Finding;
use crate::export::Format;
use crate::sweep::Finished;
use crate::text::paths;

/// Something that happened outside. In a recording of the screen each is a line, so what is secret is left out of what is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// The playground is open and nothing was done yet.
    Begin,
    /// A key was pressed.
    Key(KeyEvent),
    /// A question given on the command line.
    Ask(String),
    /// The guided tour starts.
    Tour,
    /// Standard input is gone.
    Gone,
    /// Text was pasted.
    Paste(String),
    /// Characters that were typed one after the other, where they are written.
    Typed(String),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// The terminal has this size now, in columns and rows.
    Resize(u16, u16),
    /// A frame was drawn: where everything was.
    Laid(Box<Laid>),
    /// The theme gives the texts that are written this look.
    Dressed(Dress),
    /// An event of the run, live or replayed.
    Record(Record),
    /// The run's clock, in milliseconds since its start.
    Tick(f64),
    /// A question could not be asked, for this reason.
    AskFailed(String),
    /// The last event was delivered; why the trace is not complete, if it is not.
    RunEnded(Option<String>),
    /// A recorded run was opened: its records follow.
    Opened {
        /// Its file name.
        file: String,
        /// What is worth telling of it.
        warning: Option<String>,
    },
    /// Whether the replay plays, how fast, and whether it is at its end.
    Replayed {
        /// Whether it plays.
        playing: bool,
        /// How fast: 1 is as recorded.
        speed: f64,
        /// Whether everything was played.
        over: bool,
    },
    /// News of a member that is being opened.
    Member(RowId, News),
    /// What answers on the usual ports of this machine.
    Found(Vec<MemberSpec>),
    /// Which model files this machine has, or why that could not be found out.
    Files(Result<Box<Finding>, String>),
    /// The recorded runs there are: title, detail, file.
    Traces(Listing, #[serde(serialize_with = "listed")] Vec<(String, String, PathBuf)>),
    /// A recorded run to compare with, and what is worth telling of it.
    Read {
        /// Its file's name.
        file: String,
        /// Its records, the header first.
        records: Vec<Record>,
        /// What is worth telling of it.
        warning: Option<String>,
    },
    /// A setting of the sweep was played, and where its run is recorded.
    Swept {
        /// What came of it.
        finished: Box<Finished>,
        /// Its trace.
        #[serde(serialize_with = "paths::lossy_where_given")]
        trace: Option<PathBuf>,
    },
    /// The sweep is over; why it could not continue, if that is how it ended.
    SweepEnded(Option<String>),
    /// News of the run in this column of the comparison of lengths; recordings have it under its first name.
    #[serde(rename = "ladder")]
    Lengths(usize, RunNews),
    /// The editor returned this text, or failed.
    Edited(Result<String, String>),
    /// Something done for the person is worth a word.
    Done(String),
    /// Something asked for could not be done.
    Failed(String),
    /// Something to know that stops nothing.
    Warned(String),
}

fn listed<S: Serializer>(traces: &[(String, String, PathBuf)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(traces.iter().map(|(title, detail, path)| (title, detail, path.to_string_lossy())))
}

/// What recorded runs are listed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Listing {
    /// To open one.
    Open,
    /// To compare one with the answer.
    Compare,
}

/// A run to be taken up again, and what is done with it then.
#[derive(Debug, Clone, PartialEq)]
pub struct TakenUp {
    /// Its members in their order, each with its row where it is known.
    pub members: Vec<(String, Option<RowId>)>,
    /// What it is told first.
    pub commands: Vec<Command>,
}

/// What a replay is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ReplayOrder {
    /// Stand still.
    Pause,
    /// Go on.
    Resume,
    /// Play to the end of the round.
    Step,
    /// Play so fast.
    Speed(f64),
    /// From the start.
    Restart,
    /// To the end at once.
    ToEnd,
}

/// A question to be asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// Who answers, in the order that decides ties.
    pub members: Vec<Seated>,
    /// The turns; the last is the question.
    pub conversation: Conversation,
    /// The knobs.
    pub params: Params,
    /// The seed.
    pub seed: u64,
}

/// What a film is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilmFormat {
    /// For players of terminal recordings.
    Cast,
    /// One image that moves.
    Animation,
}

impl FilmFormat {
    /// The format of a file of this name, whatever its case: the longer ending tells an image that moves from a still one.
    #[must_use]
    pub fn of_name(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_lowercase();
        let ends = |ending: &str| name.ends_with(ending);
        if ends(".cast") { Some(Self::Cast) } else { ends(".animation.svg").then_some(Self::Animation) }
    }
}

/// Something that the state wants done outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Start a run.
    Ask(Box<Ask>),
    /// Open these members; news of each follow.
    Connect {
        /// Their rows, and how they are opened.
        members: Vec<(RowId, MemberSpec)>,
        /// Whether they are asked what they can do whatever is known of it already.
        again: bool,
    },
    /// Close a member that takes no part.
    LetGo(RowId),
    /// Look for servers on the usual ports of this machine.
    Scan,
    /// Look for model files, past these.
    FindFiles(Vec<PathBuf>),
    /// Tell the run that is under way.
    Order(Command),
    /// Take the run up again that has ended, or the recorded one.
    TakeUp(Box<TakenUp>),
    /// Read a recorded run to compare with.
    Read(PathBuf),
    /// Drop the run that is under way, or the replay.
    Drop,
    /// Tell the replay.
    Replay(ReplayOrder),
    /// Slow the built-in models down to this many tokens a second; `None` is as fast as they are.
    Pace(Option<u32>),
    /// Add a question to the history file.
    Remember(String),
    /// Copy this text through the terminal.
    Copy(String),
    /// Edit this text in the person's editor.
    Edit(String),
    /// Copy the trace of the run to this file.
    SaveTrace(PathBuf),
    /// Write a run to a file.
    Export {
        /// The run.
        run: Box<Run>,
        /// As what.
        format: Format,
        /// Where to.
        path: PathBuf,
    },
    /// Write a picture of the screen to a file.
    Picture(PathBuf),
    /// Write a film of the run in the trace to a file.
    Film {
        /// As what.
        format: FilmFormat,
        /// Where to.
        path: PathBuf,
    },
    /// List the recorded runs.
    ListTraces(Listing),
    /// Open a recorded run.
    Open(PathBuf),
    /// Keep what played before the recording that was just opened.
    SetAside,
    /// Put what was kept back in the place of the recording.
    ComeBack,
    /// Play a question under every setting of a grid, in place of a sweep that continues.
    Sweep(Box<SweepAsk>),
    /// Stop the sweep.
    StopSweep,
    /// Play a question at several lengths of segments, in place of those that continue.
    Lengths(Box<LengthsAsk>),
    /// Stop these runs.
    StopLengths,
    /// Use this theme.
    UseTheme(String),
    /// Let the mouse report, or not.
    Mouse(bool),
    /// Draw everything again.
    Redraw,
    /// Stop the program until the shell brings it back.
    Suspend,
    /// Leave.
    Quit,
}
