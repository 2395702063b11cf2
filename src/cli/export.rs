//! `specfuse export`: a recorded run as a document or a picture.
//!
//! Owns the options and where the document goes; `export` owns the document's contents, the playground what the picture shows.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::output::{Answer, notice};
use super::recording::{self, Recording};
use super::{Done, Failure};
use crate::display;
use crate::engine::fusion::choice::Choice;
use crate::engine::fusion::event::{Event, Record};
use crate::engine::fusion::params::{Params, Presets};
use crate::engine::fusion::run::Run;
use crate::engine::trace::conversations;
use crate::export::{self, Existing, ExportError, Format};
use crate::playground::state::keymap::Keymap;
use crate::playground::state::roster::Roster;
use crate::playground::state::scene::draft::Shading;
use crate::playground::state::{Message, Options, Screen, Settings};
use crate::playground::view::theme::{ColourLevel, Library};
use crate::playground::view::{self, picture};

/// Columns and rows of the screen in a picture.
const SCREEN: (u16, u16) = (120, 40);

/// The theme of a picture, which has its own dark background.
const THEME: &str = "dark";

/// The name of the one format that is not a document.
const SVG: &str = "svg";

/// What a trace is exported as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Document(Format),
    Picture,
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        Format::from_name(name).map(Self::Document).or((name == SVG).then_some(Self::Picture))
    }

    fn of_ending(ending: &str) -> Option<Self> {
        Format::of_ending(ending).map(Self::Document).or(ending.eq_ignore_ascii_case(SVG).then_some(Self::Picture))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Document(format) => format.name(),
            Self::Picture => SVG,
        }
    }
}

/// `specfuse export`.
pub(super) fn command() -> Command {
    let command = Command::new("export")
        .about("A recorded run as a document: Markdown, a web page without scripts, JSON, or a picture of the screen");
    recording::add(command)
        .arg(
            Arg::new("to")
                .long("to")
                .value_name("FORMAT")
                .value_parser(names())
                .help("What to make of it; the ending of --output says it too [default: md]"),
        )
        .arg(
            Arg::new("output")
                .long("output")
                .short('o')
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Write to this file instead of standard output"),
        )
        .arg(
            Arg::new("force")
                .long("force")
                .action(ArgAction::SetTrue)
                .requires("output")
                .help("Replace the file if it is there already"),
        )
}

fn names() -> Vec<&'static str> {
    Format::NAMES.iter().map(|(_, name)| *name).chain([SVG]).collect()
}

/// Reads the trace and writes the document.
pub(super) fn main(matches: &ArgMatches) -> Result<Done, Failure> {
    let to = matches.get_one::<PathBuf>("output");
    let kind = kind(matches.get_one::<String>("to").map(String::as_str), to.map(PathBuf::as_path))?;
    let recording = Recording::read(matches)?;
    for warning in recording.trace.warnings() {
        notice(&display!("warning: {}: {warning}", recording.path.display()));
    }
    let text = match kind {
        Kind::Document(format) => document(&recording, format)?,
        Kind::Picture => picture_of(&recording)?,
    };
    match to {
        None => Answer::new().write(&text).map_err(Failure::Output)?,
        Some(to) => {
            let existing = if matches.get_flag("force") { Existing::Replace } else { Existing::Keep };
            export::save(&text, to, existing).map_err(advised)?;
        }
    }
    Ok(Done::Complete)
}

/// The export format: from `--to`, otherwise from the file's extension; Markdown without either. If both are known formats they
/// must agree.
fn kind(wanted: Option<&str>, to: Option<&Path>) -> Result<Kind, Failure> {
    let ending = to.and_then(Path::extension).and_then(|ending| ending.to_str());
    let known = ending.and_then(Kind::of_ending);
    let formats = names().join(", ");
    match (wanted.and_then(Kind::named), known, to) {
        (Some(wanted), Some(known), Some(to)) if wanted != known => Err(Failure::Usage(format!(
            "--to {} and the ending of {} contradict each other: leave --to out, or give the file another ending",
            wanted.name(),
            to.display()
        ))),
        (Some(kind), _, _) | (None, Some(kind), _) => Ok(kind),
        (None, None, Some(to)) => Err(Failure::Usage(format!(
            "the ending of {} does not say what to make of the run: end it in one of {formats}, or give --to",
            to.display()
        ))),
        (None, None, None) => Ok(Kind::Document(Format::Markdown)),
    }
}

/// All runs, or the wanted one.
fn document(recording: &Recording, format: Format) -> Result<String, Failure> {
    let chosen = recording.wanted.map(|_| recording.choose()).transpose()?;
    let records = chosen.as_ref().map_or(&recording.trace.records, |chosen| &chosen.records);
    let conversations: Vec<Vec<Run>> =
        conversations(records).into_iter().map(|runs| runs.into_iter().filter_map(Run::from_records).collect()).collect();
    let empty = conversations.iter().flatten().filter(|run| run.segments().next().is_none()).count();
    match export::render_all(&conversations, format) {
        Ok(text) => {
            if empty > 0 {
                notice(&display!("warning: {}: {}", recording.path.display(), left_out(empty)));
            }
            Ok(text)
        }
        Err(ExportError::NoSegment) => Err(nothing(recording)),
        Err(error) => Err(error.into()),
    }
}

fn left_out(runs: usize) -> String {
    match runs {
        1 => "a run in which no segment was accepted is left out".to_owned(),
        _ => format!("{runs} runs in which no segment was accepted are left out"),
    }
}

fn nothing(recording: &Recording) -> Failure {
    Failure::Usage(format!("{}: {}", recording.path.display(), ExportError::NoSegment))
}

fn picture_of(recording: &Recording) -> Result<String, Failure> {
    let chosen = recording.choose()?;
    let wrote = |record: &Record| matches!(record.event, Event::Accepted { .. });
    if !chosen.records.iter().any(wrote) {
        return Err(nothing(recording));
    }
    if let Some(note) = chosen.note().filter(|_| recording.wanted.is_none()) {
        notice(&display!("{}: {note}", recording.path.display()));
    }
    Ok(screen(recording.file(), &chosen.records))
}

/// The hint that an existing file may be overwritten is only useful on the command line.
fn advised(error: ExportError) -> Failure {
    match error {
        ExportError::Exists { .. } => Failure::Usage(format!("{error}, or replace it with --force")),
        ExportError::NoSegment
        | ExportError::Json(_)
        | ExportError::NoFolder { .. }
        | ExportError::Folder { .. }
        | ExportError::File { .. } => Failure::Export(error),
    }
}

/// The playground's screen at the end of the run.
fn screen(file: String, records: &[Record]) -> String {
    let level = ColourLevel::True;
    let theme = Library::new(None).load(THEME, level).unwrap_or_else(|_| view::theme::Theme::default_theme(level));
    let mut screen = Screen::new(options(), SCREEN.0, SCREEN.1);
    screen.update(Message::Opened { file, warning: None });
    for record in records {
        screen.update(Message::Record(record.clone()));
    }
    screen.update(Message::Replayed { playing: false, speed: 1.0, over: true });
    screen.update(Message::Dressed(view::dress(&theme)));
    screen.prepare();
    picture::screen(&screen, &theme)
}

/// A playground that only displays.
fn options() -> Options {
    Options {
        roster: Roster::new(Vec::new(), Vec::new(), Vec::new()),
        params: Params::default(),
        presets: Presets::default(),
        system: None,
        seed: 0,
        keymap: Keymap::default(),
        settings: Settings {
            theme: THEME.to_owned(),
            themes: Vec::new(),
            shading: Shading::default(),
            authors: true,
            mouse: false,
            ascii: false,
            pace: None,
            toys_pace: false,
            scan: false,
        },
        history: Vec::new(),
        warnings: Vec::new(),
    }
}
