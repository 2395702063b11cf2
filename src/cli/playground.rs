//! `specfuse` and `specfuse replay`: sets up the playground from the configuration and the command line.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::members::{self, all_misspelt, any_built_in};
use super::output::notice;
use super::recording::{self, Recording};
use super::{Done, Failure, options, ui_replay};
use crate::config::{self, Config};
use crate::display;
use crate::engine::fusion::params::needs::Settled;
use crate::engine::member::paced::Pace;
use crate::engine::replay;
use crate::ensemble::{MemberSpec, OpenOptions, built_in_specs};
use crate::files::Folders;
use crate::files::history::History;
use crate::files::traces;
use crate::playground::state::keymap::{Keymap, KeymapError};
use crate::playground::state::roster::Roster;
use crate::playground::state::{Linger, Options, Settings};
use crate::playground::term::effects::Effects;
use crate::playground::term::filming::Filming;
use crate::playground::term::member_pool::MemberPool;
use crate::playground::term::outside::{locale_is_not_utf8, require_terminal};
use crate::playground::term::ui_recorder::UiRecorder;
use crate::playground::term::{self, Left, Opening};
use crate::playground::view::theme::library::AUTO;
use crate::playground::view::theme::{ColourLevel, Library, Theme};

/// The pace of the built-in models in tokens per second: otherwise they would be done before the user saw them start.
const PACE: u32 = 15;

/// The options of the playground, on the program itself.
pub(super) fn options(command: Command) -> Command {
    let command =
        command.arg(Arg::new("prompt").value_name("PROMPT").help("The first question, in quotes; without one the prompt waits"));
    options::add(ui_replay::options(screen(command)))
}

/// The options for the look of the playground.
fn screen(command: Command) -> Command {
    command
        .next_help_heading("Screen")
        .arg(
            Arg::new("theme")
                .long("theme")
                .value_name("NAME")
                .help("A theme: auto (dark or light, as the terminal is), built in, or from the configuration folder's themes/"),
        )
        .arg(
            Arg::new("pace")
                .long("pace")
                .value_name("N")
                .value_parser(pace_text)
                .help("Slow the models in this process down to N tokens a second (5 or more); 0 is as fast as they are"),
        )
        .arg(
            Arg::new("present")
                .long("present")
                .action(ArgAction::SetTrue)
                .help("Show only what an audience needs, one step a key: `space` moves on, `P` shows everything"),
        )
        .arg(Arg::new("linger").long("linger").value_name("SECONDS").value_parser(seconds).help(
            "How long a decision stays before the next round (up to 60); 0 is not at all [default: 2.5 for built-in models]",
        ))
        .arg(Arg::new("mouse").long("mouse").action(ArgAction::SetTrue).help("Let the mouse scroll and focus"))
        .arg(
            Arg::new("ascii")
                .long("ascii")
                .action(ArgAction::SetTrue)
                .help("Marks, bars and frames of ASCII alone; so they are where the locale is not UTF-8"),
        )
        .arg(
            Arg::new("record-ui")
                .long("record-ui")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .hide(true)
                .help("Record the screen to this new file, so that `--replay-ui` shows again what was seen"),
        )
        .next_help_heading(None::<&str>)
}

/// `specfuse demo`.
pub(super) fn demo_command() -> Command {
    let about = "A guided tour of five stops over the built-in models: what fusion is, and what you can do with it";
    options::add(screen(Command::new("demo").about(about)))
}

/// `specfuse replay`.
pub(super) fn replay_command() -> Command {
    let command = Command::new("replay").about("Plays a recorded run in the playground");
    let command = recording::add(command)
        .arg(Arg::new("speed").long("speed").value_name("X").value_parser(speed).help("How fast: 0.25 to 16 [default: 1]"))
        .arg(Arg::new("paused").long("paused").action(ArgAction::SetTrue).help("Start paused: `s` plays a round"));
    options::add(screen(command))
}

fn pace_text(text: &str) -> Result<u32, String> {
    let pace = text.parse().map_err(|_| "it must be a whole number".to_owned())?;
    if pace == 0 || pace >= config::SLOWEST_PACE {
        Ok(pace)
    } else {
        Err(format!("it must be 0, or at least {}", config::SLOWEST_PACE))
    }
}

/// How long a decision stays.
fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "it must be a number of seconds".to_owned())?;
    let longest = config::LONGEST_LINGER;
    if (0.0..=longest).contains(&seconds) { Ok(seconds) } else { Err(format!("it must be from 0 to {longest}")) }
}

/// How fast, from the slowest to the fastest speed of a replay.
pub(super) fn speed(text: &str) -> Result<f64, String> {
    let (slowest, fastest) = (replay::SPEEDS[0], replay::SPEEDS[replay::SPEEDS.len() - 1]);
    let speed: f64 = text.parse().map_err(|_| "it must be a number".to_owned())?;
    if (slowest..=fastest).contains(&speed) { Ok(speed) } else { Err(format!("it must be from {slowest} to {fastest}")) }
}

/// A variable of the environment.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Runs the playground.
pub(super) fn main(matches: &ArgMatches) -> Result<Done, Failure> {
    if let Some(path) = matches.get_one::<PathBuf>(ui_replay::OPTION) {
        return ui_replay::main(path, matches);
    }
    require_terminal(variable)?;
    let opening = matches.get_one::<String>("prompt").map_or(Opening::Prompt, |prompt| Opening::Question(prompt.clone()));
    play(matches, opening)
}

/// Runs the guided tour: with the members that are named, else with the built-in models, which its sentences are about.
pub(super) fn demo(matches: &ArgMatches) -> Result<Done, Failure> {
    require_terminal(variable)?;
    let (config, settled) = options::config(matches)?;
    let named = matches.contains_id("members") && matches.value_source("members").is_some();
    let specs = if named { members::chosen(matches, &config)? } else { built_in_specs() };
    there(&specs)?;
    play_with(matches, config, &settled, specs, Opening::Tour)
}

/// Runs the playground with a recorded run.
pub(super) fn replay(matches: &ArgMatches) -> Result<Done, Failure> {
    // Problems with the file are worth reporting even without a terminal.
    let recording = Recording::read(matches)?;
    let chosen = recording.choose()?;
    require_terminal(variable)?;
    let note = chosen.note().filter(|_| recording.wanted.is_none());
    let warning = recording.trace.warning().into_iter().chain(note).reduce(|one, other| format!("{one}; {other}"));
    play(
        matches,
        Opening::Replay {
            path: recording.path,
            warning,
            chosen,
            speed: matches.get_one("speed").copied().unwrap_or(1.0),
            paused: matches.get_flag("paused"),
        },
    )
}

fn play(matches: &ArgMatches, opening: Opening) -> Result<Done, Failure> {
    let (config, settled) = options::config(matches)?;
    let specs = members::chosen(matches, &config)?;
    there(&specs)?;
    play_with(matches, config, &settled, specs, opening)
}

fn play_with(
    matches: &ArgMatches,
    config: Config,
    settled: &Settled,
    specs: Vec<MemberSpec>,
    opening: Opening,
) -> Result<Done, Failure> {
    let runtime = runtime()?;
    let folders = Folders::of_platform();
    let said_pace: Option<u32> = matches.get_one("pace").copied().or(config.playground.pace);
    let pace = said_pace.or_else(|| any_built_in(&specs).then_some(PACE)).filter(|pace| *pace > 0);
    // Whoever does not want to be slowed down does not want to wait either.
    let said_linger = matches.get_one("linger").copied().or(config.playground.linger);
    let linger = linger(said_linger.or((said_pace == Some(0)).then_some(0.0)), &opening);
    let handle = Pace::new(pace.map(f64::from));
    let configured = config.members.iter().map(|(name, member)| MemberSpec::new(name, member.clone())).collect();
    let roster = Roster::new(specs, configured, built_in_specs());
    let open_options = OpenOptions::of_platform().taking_turns(config.in_turn);
    let pool = MemberPool::new(open_options, handle.clone()).looking_in(config.models.clone());
    let keymap = Keymap::new(&config.keys).map_err(|source| Failure::Keys { file: place(&config, &source), source })?;
    let level = ColourLevel::detect(variable);
    let library = Library::new(config::home::config_folder().map(|folder| folder.join("themes")));
    // A recorded run has its own knobs.
    let recorded = matches!(opening, Opening::Replay { .. });
    let settled = if recorded { Vec::new() } else { options::lines(settled, &config) };
    let mut warnings: Vec<String> = config.warnings.iter().cloned().chain(settled).collect();
    let (theme_name, theme) = chosen_theme(matches, &config, &library, level, &mut warnings);
    let history = history(folders.as_ref(), &mut warnings);
    let options = Options {
        roster,
        params: config.params,
        presets: config.presets,
        system: config.system,
        seed: options::seed(matches),
        keymap,
        settings: Settings {
            theme: theme_name,
            themes: library.choices(),
            mouse: matches.get_flag("mouse") || config.playground.mouse.unwrap_or(false),
            ascii: matches.get_flag("ascii") || config.playground.ascii.unwrap_or_else(|| locale_is_not_utf8(variable)),
            pace,
            built_in_pace: said_pace.is_none(),
            linger,
            scan: config.playground.scan.unwrap_or(true),
            presents: matches.get_flag("present"),
            ..Settings::default()
        },
        history: history.entries().to_vec(),
        warnings,
    };
    let traces_kept = config.playground.traces.unwrap_or(traces::KEPT);
    let effects =
        Effects { pool, pace: handle, folders, history, traces_kept, library, level, theme, filming: Filming::default() };
    let to_file = matches.get_one::<PathBuf>("record-ui").map(|path| UiRecorder::create(path)).transpose()?;
    let left = runtime.block_on(term::run(options, effects, opening, to_file)).map_err(Failure::Terminal)?;
    Ok(farewell(&left))
}

/// How long a decision stays, from what was said about it, in seconds.
fn linger(said: Option<f64>, opening: &Opening) -> Linger {
    Linger {
        ms: said.filter(|seconds| *seconds > 0.0).map_or(Linger::USUAL_MS, |seconds| seconds * 1000.0),
        on: said != Some(0.0),
        // The tour is made to be watched, whoever writes.
        built_in_only: said.is_none() && !matches!(opening, Opening::Tour),
    }
}

/// The configuration file, with the line of the wrong keys.
fn place(config: &Config, error: &KeymapError) -> String {
    let Some(path) = &config.path else { return "config.toml".to_owned() };
    // One of two conflicting keys may not be in the file: then its line is that of the table, above the other's.
    let line = error.actions().into_iter().filter_map(|action| config::line_of(path, &["keys", action])).max();
    line.map_or_else(|| path.display().to_string(), |line| format!("{}: line {line}", path.display()))
}

/// If none of the named files exists, the program ends before the screen is touched, as for a misspelt option. Any other problem
/// with a member is shown on the screen.
fn there(specs: &[MemberSpec]) -> Result<(), Failure> {
    if specs.is_empty() || !all_misspelt(specs.iter()) {
        return Ok(());
    }
    let paths: Vec<String> = specs.iter().map(MemberSpec::address).collect();
    Err(Failure::Usage(format!("there is no such file: {}", paths.join(", "))))
}

/// The theme of the command line, or else of the configuration.
fn chosen_theme(
    matches: &ArgMatches,
    config: &Config,
    library: &Library,
    level: ColourLevel,
    warnings: &mut Vec<String>,
) -> (String, Theme) {
    let given = matches.get_one::<String>("theme");
    let file = config.path.as_deref().filter(|_| given.is_none());
    let place = file.map(|path| config::place_of(path, &["playground", "theme"]));
    theme(library, given.or(config.playground.theme.as_ref()), level, place.as_deref(), warnings)
}

/// The wanted theme and the name of the choice; if it cannot be used, the default with a warning, which names where it was wanted.
fn theme(
    library: &Library,
    wanted: Option<&String>,
    level: ColourLevel,
    place: Option<&str>,
    warnings: &mut Vec<String>,
) -> (String, Theme) {
    let wanted = wanted.map_or(AUTO, String::as_str);
    match library.load(wanted, level) {
        Ok(theme) if level == ColourLevel::None => (theme.name().to_owned(), theme),
        Ok(theme) => (wanted.to_owned(), theme),
        Err(error) => {
            let place = place.map_or_else(String::new, |place| format!("{place}: "));
            warnings.push(format!("{place}theme: {error}; the default is used"));
            (AUTO.to_owned(), Theme::default_theme(level))
        }
    }
}

/// Earlier questions; a file that cannot be read, or only in part, is reported and stops nothing.
fn history(folders: Option<&Folders>, warnings: &mut Vec<String>) -> History {
    let Some(folders) = folders else { return History::default() };
    match History::load(&folders.history()) {
        Ok(history) => {
            if history.damaged() > 0 {
                let file = folders.history();
                warnings.push(format!("{}: {} damaged lines were skipped", file.display(), history.damaged()));
            }
            history
        }
        Err(error) => {
            warnings.push(format!("the history of questions: {error}"));
            History::default()
        }
    }
}

/// The loop on this thread may be busy with an editor; the run then continues in another.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(Failure::Runtime)
}

fn farewell(left: &Left) -> Done {
    if let Some(trace) = left.trace.as_ref().filter(|trace| trace.exists()) {
        // Nothing of the command itself is long enough to be broken at the edge of a terminal.
        notice(&display!("the last run is kept; `specfuse replay last` opens it: {}", trace.display()));
    }
    left.ended_by.map_or(Done::Complete, |signal| Done::Interrupted(signal.exit_code()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_that_cannot_be_used_names_where_it_was_wanted() {
        let warning = |place: Option<&str>| {
            let mut warnings = Vec::new();
            theme(&Library::new(None), Some(&"nowhere".to_owned()), ColourLevel::True, place, &mut warnings);
            warnings.concat()
        };
        assert!(warning(Some("mine.toml: line 2")).starts_with("mine.toml: line 2: theme: "));
        assert!(warning(None).starts_with("theme: "));
    }
}
