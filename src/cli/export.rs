//! `specfuse export`: a recorded run as a document, a picture or a film.
//!
//! Owns the options and where the file goes; `export` owns the document's contents, the playground what picture and film show.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::output::{Answer, notice};
use super::recording::{self, Recording};
use super::{Done, Failure};
use crate::config;
use crate::display;
use crate::engine::fusion::choice::{Choice, choice};
use crate::engine::fusion::event::{Event, Record};
use crate::engine::fusion::run::Run;
use crate::engine::trace::conversations;
use crate::export::{self, Existing, ExportError, Format};
use crate::playground::film::{self, Film, Shot, animation, cast, stage::Stage};
use crate::playground::state::Message;
use crate::playground::state::layout::SMALLEST;
use crate::playground::state::message::FilmFormat;
use crate::playground::view::picture;
use crate::playground::view::theme::{ColourLevel, Library};

/// Columns and rows of the screen in a picture.
const PICTURE: (u16, u16) = (120, 40);
/// The largest screen.
const LARGEST: (u16, u16) = (300, 100);

/// The theme of a picture, which has its own dark background.
const THEME: &str = "dark";

/// What a trace is exported as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Document(Format),
    Screen(Shown),
}

choice! {
    /// What shows the playground's screen, by name.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Shown {
        /// The screen at the end of the run.
        Picture = "svg",
        /// A film as one image.
        Animation = "svg-animation",
        /// A film for players of terminal recordings.
        Cast = "cast",
    }
}

impl Shown {
    /// The usual ending of its files.
    fn ending(self) -> &'static str {
        match self {
            Self::Picture | Self::Animation => "svg",
            Self::Cast => "cast",
        }
    }

    fn size(self) -> (u16, u16) {
        match self {
            Self::Picture => PICTURE,
            Self::Animation | Self::Cast => film::SIZE,
        }
    }
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        Format::from_name(name).map(Self::Document).or(Shown::from_name(name).map(Self::Screen))
    }

    /// The kind that a file of this ending has: of two the one whose name it is.
    fn of_ending(ending: &str) -> Option<Self> {
        Format::of_ending(ending)
            .map(Self::Document)
            .or(Shown::from_name(&ending.to_lowercase()).filter(|shown| shown.ending() == shown.name()).map(Self::Screen))
    }

    /// The kind that a file of this name has.
    fn of_file(to: &Path) -> Option<Self> {
        match FilmFormat::of_name(to) {
            Some(FilmFormat::Animation) => Some(Self::Screen(Shown::Animation)),
            Some(FilmFormat::Cast) => Some(Self::Screen(Shown::Cast)),
            None => Self::of_ending(to.extension()?.to_str()?),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Document(format) => format.name(),
            Self::Screen(shown) => shown.name(),
        }
    }

    /// The usual ending of its files.
    fn ending(self) -> &'static str {
        match self {
            Self::Document(format) => format.name(),
            Self::Screen(shown) => shown.ending(),
        }
    }
}

/// `specfuse export`.
pub(super) fn command() -> Command {
    let command = Command::new("export")
        .about("A recorded run as a document (Markdown, a web page without scripts, JSON), or the screen as a picture or a film");
    let command = recording::add(command)
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
        );
    screen_options(command)
}

/// The options of what shows the screen.
fn screen_options(command: Command) -> Command {
    command
        .next_help_heading("Pictures and films")
        .arg(
            Arg::new("size")
                .long("size")
                .value_name("COLUMNSxROWS")
                .value_parser(size)
                .help("The size of the screen [default: 120x40 for a picture, 100x30 for a film]"),
        )
        .arg(
            Arg::new("theme")
                .long("theme")
                .value_name("NAME")
                .help("A theme: built in, or from the configuration folder's themes/ [default: dark]"),
        )
        .arg(
            Arg::new("speed")
                .long("speed")
                .value_name("X")
                .value_parser(super::playground::speed)
                .help("How fast a film is: 0.25 to 16; 1 can be read [default: 1]"),
        )
        .arg(
            Arg::new("present")
                .long("present")
                .action(ArgAction::SetTrue)
                .help("Show only what an audience needs: question, drafts with their votes, answer, a caption"),
        )
        .next_help_heading(None::<&str>)
}

fn size(text: &str) -> Result<(u16, u16), String> {
    let (least, most) = (SMALLEST, LARGEST);
    let within = |(width, height): &(u16, u16)| (least.0..=most.0).contains(width) && (least.1..=most.1).contains(height);
    let parse = |(width, height): (&str, &str)| Some((width.parse().ok()?, height.parse().ok()?));
    let wrong = || format!("it must be columns and rows, like 100x30, from {}x{} to {}x{}", least.0, least.1, most.0, most.1);
    text.split_once(['x', 'X', '×']).and_then(parse).filter(within).ok_or_else(wrong)
}

fn names() -> Vec<&'static str> {
    Format::NAMES.iter().map(|(_, name)| *name).chain(Shown::NAMES.iter().map(|(_, name)| *name)).collect()
}

/// What files may end in, each once.
fn endings() -> Vec<&'static str> {
    names().into_iter().filter(|name| Kind::of_ending(name).is_some()).collect()
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
        Kind::Document(format) => {
            only_for_screens(matches, kind)?;
            document(&recording, format)?
        }
        Kind::Screen(shown) => screen_of(&recording, shown, matches)?,
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
    let known = to.and_then(Kind::of_file);
    let endings = endings().join(", ");
    match (wanted.and_then(Kind::named), known, to) {
        (Some(wanted), Some(known), Some(to)) if wanted.ending() != known.ending() => Err(Failure::Usage(format!(
            "--to {} and the ending of {} contradict each other: leave --to out, or give the file another ending",
            wanted.name(),
            to.display()
        ))),
        (Some(kind), _, _) | (None, Some(kind), _) => Ok(kind),
        (None, None, Some(to)) => Err(Failure::Usage(format!(
            "the ending of {} does not say what to make of the run: end it in one of {endings}, or give --to",
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

/// An option that says nothing of a document is refused, rather than left without effect.
fn only_for_screens(matches: &ArgMatches, kind: Kind) -> Result<(), Failure> {
    let shown: Vec<&str> = Shown::NAMES.iter().map(|(_, name)| *name).collect();
    let given = |option: &&str| matches.value_source(option) == Some(clap::parser::ValueSource::CommandLine);
    match ["size", "theme", "speed", "present"].into_iter().find(given) {
        None => Ok(()),
        Some(option) => Err(Failure::Usage(format!(
            "--{option} is for what shows the screen ({}), and {} does not: leave it out, or choose one of these with --to",
            shown.join(", "),
            kind.name()
        ))),
    }
}

fn screen_of(recording: &Recording, shown: Shown, matches: &ArgMatches) -> Result<String, Failure> {
    let theme = matches.get_one::<String>("theme").map_or(THEME, String::as_str);
    let library = Library::new(config::home::config_folder().map(|folder| folder.join("themes")));
    let theme = library.load(theme, ColourLevel::True).map_err(|error| Failure::Usage(format!("--theme: {error}")))?;
    let speed = matches.get_one::<f64>("speed").copied();
    if shown == Shown::Picture && speed.is_some() {
        let films = [Shown::Animation, Shown::Cast].map(Shown::name).join(" or ");
        return Err(Failure::Usage(format!(
            "--speed is for films, and a picture does not move: leave it out, or use --to {films}"
        )));
    }
    let chosen = recording.choose()?;
    let wrote = |record: &Record| matches!(record.event, Event::Accepted { .. });
    if !chosen.records.iter().any(wrote) {
        return Err(nothing(recording));
    }
    if let Some(note) = chosen.note().filter(|_| recording.wanted.is_none()) {
        notice(&display!("{}: {note}", recording.path.display()));
    }
    let stage =
        Stage { size: matches.get_one("size").copied().unwrap_or(shown.size()), theme, presents: matches.get_flag("present") };
    let film = |most_frames| {
        let records = &chosen.records;
        Film::new(Shot { records, stage: stage.clone(), speed: speed.unwrap_or(1.0), most_frames })
    };
    match shown {
        Shown::Picture => Ok(last_screen(&stage, recording.file(), &chosen.records)),
        Shown::Animation => Ok(animation::animation(film(animation::MOST_FRAMES))),
        Shown::Cast => cast::cast(film(usize::MAX)).map_err(|error| Failure::Export(ExportError::Json(error))),
    }
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
fn last_screen(stage: &Stage, file: String, records: &[Record]) -> String {
    let mut screen = stage.screen();
    screen.update(Message::Opened { file, warning: None });
    for record in records {
        screen.update(Message::Record(record.clone()));
    }
    screen.update(Message::Replayed { playing: false, speed: 1.0, over: true });
    screen.prepare();
    picture::screen(&screen, &stage.theme)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_columns_and_rows_within_reason() {
        assert_eq!([size("100x30"), size("60X16"), size("300×100")], [Ok((100, 30)), Ok((60, 16)), Ok((300, 100))]);
        for wrong in ["", "x", "100", "100x", "59x30", "100x15", "301x30", "100x101", "-5x30", "100x30x2", "99999999x30"] {
            assert!(size(wrong).is_err_and(|said| said.contains("60x16") && said.contains("300x100")), "{wrong}");
        }
    }

    #[test]
    fn an_ending_is_that_of_the_picture_rather_than_the_animation() {
        assert!(Kind::of_ending("SVG") == Some(Kind::Screen(Shown::Picture)));
        assert!(Kind::of_ending("cast") == Some(Kind::Screen(Shown::Cast)));
        assert_eq!(endings(), ["md", "html", "json", "svg", "cast"]);
        let of_file = |name: &str| Kind::of_file(Path::new(name));
        assert!(of_file("a/x.Animation.SVG") == Some(Kind::Screen(Shown::Animation)));
        assert!(of_file("animation-svg.svg") == Some(Kind::Screen(Shown::Picture)));
        assert!(of_file("x").is_none() && of_file("..").is_none());
    }
}
