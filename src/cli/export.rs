//! `specfuse export`: a recorded run as a document or a picture.
//!
//! Owns the options and where the document goes; what it says is `export`'s, what the picture shows the playground's.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::output::{Answer, notice};
use super::{Done, Failure};
use crate::engine::fusion::event::Record;
use crate::engine::fusion::params::{Params, Presets};
use crate::engine::fusion::run::Run;
use crate::engine::trace;
use crate::export::{self, Existing, ExportError, Format};
use crate::playground::state::keymap::Keymap;
use crate::playground::state::roster::Roster;
use crate::playground::state::scene::draft::Shading;
use crate::playground::state::{Message, Options, Settings, State};
use crate::playground::view::theme::{ColourLevel, Library};
use crate::playground::view::{self, picture};

/// Columns and rows of the screen in a picture.
const SCREEN: (u16, u16) = (120, 40);

/// The theme of a picture: pictures have a dark background of their own.
const THEME: &str = "dark";

/// The name of the one format that is no document.
const SVG: &str = "svg";

/// `specfuse export`.
pub(super) fn command() -> Command {
    let formats = Format::NAMES.iter().map(|(_, name)| *name).chain([SVG]).collect::<Vec<_>>();
    Command::new("export")
        .about("A recorded run as a document: Markdown, a web page without scripts, JSON, or a picture of the screen")
        .arg(super::playground::trace_argument())
        .arg(Arg::new("to").long("to").value_name("FORMAT").required(true).value_parser(formats).help("What to make of it"))
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

/// Reads the trace and writes the document.
pub(super) fn main(matches: &ArgMatches) -> Result<Done, Failure> {
    let Some(path) = matches.get_one::<PathBuf>("trace") else {
        return Err(Failure::Usage("say which trace to export".to_owned()));
    };
    let read = trace::read(path).map_err(Failure::Recording)?;
    if let Some(warning) = read.warning() {
        notice(&format!("warning: {}: {warning}", path.display()));
    }
    let text = document(matches, path, &read.records)?;
    match matches.get_one::<PathBuf>("output") {
        None => Answer::new().write(&text).map_err(Failure::Output)?,
        Some(to) => {
            let existing = if matches.get_flag("force") { Existing::Replace } else { Existing::Keep };
            export::save(&text, to, existing).map_err(advised)?;
        }
    }
    Ok(Done::Complete)
}

fn document(matches: &ArgMatches, path: &Path, records: &[Record]) -> Result<String, Failure> {
    let run = Run::from_records(records)
        .filter(|run| run.segments().next().is_some())
        .ok_or_else(|| Failure::Usage(format!("{}: {}", path.display(), ExportError::NoSegment)))?;
    let wanted = matches.get_one::<String>("to").map_or("", String::as_str);
    match Format::NAMES.iter().find(|(_, name)| *name == wanted) {
        Some((format, _)) => Ok(export::render(&run, *format)?),
        None => Ok(screen(path, records)),
    }
}

/// Whoever gives a command can also say that the file may go.
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

/// The playground's screen when the run was over.
fn screen(path: &Path, records: &[Record]) -> String {
    let level = ColourLevel::True;
    let theme = Library::new(None).load(THEME, level).unwrap_or_else(|_| view::theme::Theme::default_theme(level));
    let mut state = State::new(options(), SCREEN.0, SCREEN.1);
    state.writing = false;
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    state.update(Message::Opened { file, warning: None });
    for record in records {
        state.update(Message::Record(record.clone()));
    }
    state.update(Message::Replayed { playing: false, speed: 1.0, over: true });
    state.prompt.dress(view::dress(&theme), state.writing);
    state.prepare();
    picture::screen(&state, &theme)
}

/// A playground that does nothing but show.
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
            scan: false,
        },
        history: Vec::new(),
        warnings: Vec::new(),
    }
}
