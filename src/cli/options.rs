//! Options that all commands share: one for every knob, and those that choose the members.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::SystemTime;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::Failure;
use super::output::notice;
use crate::clean::clean;
use crate::config::{self, Config};
use crate::display;
use crate::engine::fusion::event::Role;
use crate::engine::fusion::params::needs::{self, Origin, Settled, When};
use crate::engine::fusion::params::{KNOBS, Kind, Knob, KnobGroup, PRESETS, knob};
use crate::engine::member::Local;
use crate::engine::member::http::redact;
use crate::ensemble::{GivenKey, Selection};
use crate::log::Log;

/// The knobs that change a run the most, listed before the others.
const FIRST: [&str; 6] = ["segment", "segment-tokens", "scoring", "temperature", "exit", "exit-threshold"];

/// Adds the shared options to a command.
pub(super) fn add(command: Command) -> Command {
    knobs(local(members(files(command))))
}

/// Files, the seed, instructions.
fn files(command: Command) -> Command {
    command
        .arg(
            Arg::new("config")
                .long("config")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Read this configuration file instead of the platform's own"),
        )
        .arg(
            Arg::new("log")
                .long("log")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Write what is sent to servers, what comes back and what is decided to this new file, without keys: JSON, a line each"),
        )
        .arg(
            Arg::new("seed")
                .long("seed")
                .value_name("N")
                .value_parser(from_zero::<u64>)
                .help("A whole number that makes a run repeatable, by the built-in models to the byte; a fresh one where not given"),
        )
        .arg(
            Arg::new("system")
                .long("system")
                .value_name("TEXT")
                .help("Instructions that stand before the conversation, over those of the configuration"),
        )
}

/// Options that choose the members.
fn members(command: Command) -> Command {
    command
        .next_help_heading("Members")
        .arg(Arg::new("model").long("model").value_name("[NAME=]WHERE").action(ArgAction::Append).help(
            "A member: a server's address (with #MODEL where it has several), API:MODEL for a remote API, or a GGUF file; repeatable",
        ))
        .arg(Arg::new("key").long("key").value_name("[NAME=]SOURCE").action(ArgAction::Append).help(
            "Where a server's key is: env:VARIABLE, file:PATH or command:…; that of the member NAME (or of its address as given), \
             else of all servers that have none; repeatable",
        ))
        .arg(
            Arg::new("ensemble")
                .long("ensemble")
                .value_name("NAME")
                .conflicts_with("model")
                .help("An ensemble of the configuration, or `built-in`"),
        )
        .arg(
            Arg::new("members")
                .long("members")
                .value_name("NAME,…")
                .value_delimiter(',')
                .action(ArgAction::Append)
                .help("Only these members take part, in this order: the first is A on the screen"),
        )
        .arg(
            Arg::new("role")
                .long("role")
                .value_name("NAME=ROLE")
                .action(ArgAction::Append)
                .help("What a member does: draft, verify, both, or auto (both, but a base model only verifies beside models made for conversation); repeatable"),
        )
        .arg(
            Arg::new("weight")
                .long("weight")
                .value_name("NAME=W")
                .action(ArgAction::Append)
                .help("A member's weight as a verifier, from 0 on (where not given, `--weights` decides); repeatable"),
        )
}

/// How models run on this machine.
fn local(command: Command) -> Command {
    command
        .next_help_heading("GGUF files that run on this machine")
        .arg(
            Arg::new("threads")
                .long("threads")
                .value_name("N")
                .value_parser(|text: &str| within(text, Local::THREADS))
                .help("Threads that compute, where a member's configuration does not say [default: chosen for the machine]"),
        )
        .arg(Arg::new("context").long("context").value_name("N").value_parser(|text: &str| within(text, Local::CONTEXTS)).help(format!(
            "Tokens of prompt and answer together, where a member's configuration does not say [default: {}, or fewer where the \
             model was trained for fewer]",
            Local::CONTEXT
        )))
        .arg(Arg::new("device").long("device").value_name("NAME").help(
            "The device that computes: `cpu`, or a GPU by llama.cpp's name for it, as CUDA0 [default: the first GPU, else cpu]",
        ))
        .arg(
            Arg::new("gpu-layers")
                .long("gpu-layers")
                .value_name("N")
                .value_parser(from_zero::<u32>)
                .help("Layers of each model on the GPU [default: all]"),
        )
}

fn knobs(command: Command) -> Command {
    let presets = PRESETS.iter().map(|preset| format!("`{}`: {}", preset.name, preset.meaning)).collect::<Vec<_>>().join("; ");
    let (first, rest): (Vec<&Knob>, Vec<&Knob>) = KNOBS.iter().partition(|knob| FIRST.contains(&knob.name));
    command
        .next_help_heading("Knobs that matter most")
        .arg(
            Arg::new("preset")
                .long("preset")
                .value_name("NAME")
                .help(format!("A named set of knob values; your own stand in the configuration. {presets}")),
        )
        .args(first.into_iter().map(option))
        .arg(
            Arg::new("no-exit")
                .long("no-exit")
                .action(ArgAction::SetTrue)
                .conflicts_with("exit")
                .help("No member leaves: the same as --exit off"),
        )
        .args(rest.into_iter().map(|knob| option(knob).help_heading(heading(knob.group))))
}

/// The heading of a group in the help.
fn heading(group: KnobGroup) -> &'static str {
    match group {
        KnobGroup::Drafting => "More knobs: drafting",
        KnobGroup::Scoring => "More knobs: scoring",
        KnobGroup::Exit => "More knobs: which members leave",
        KnobGroup::Feedback => "More knobs: feedback",
        KnobGroup::Lazy => "More knobs: lazy drafting",
        KnobGroup::Limits => "More knobs: limits",
    }
}

/// Parses a whole number from 0 on.
pub(super) fn from_zero<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| "it must be a whole number, such as 0 or 42".to_owned())
}

/// Parses a whole number from 1 on.
pub(super) fn from_one(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "it must be a whole number from 1 on".to_owned())
}

fn within(text: &str, range: RangeInclusive<u32>) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| range.contains(number)).map(|number| number as usize);
    number.ok_or_else(|| format!("it must be a whole number from {} to {}", range.start(), range.end()))
}

fn option(knob: &'static Knob) -> Arg {
    let default = knob.default_value();
    let takes = match knob.kind {
        Kind::Switch | Kind::Choice(_) => knob.kind.to_string(),
        Kind::Integer { min, max, .. } => format!("{min} to {max}"),
        Kind::Real { min, max, .. } => format!("{min} to {max}"),
    };
    let unit = if knob.unit.is_empty() { String::new() } else { format!(" {}", knob.unit) };
    let option = Arg::new(knob.name).long(knob.name).allow_hyphen_values(true).help(format!(
        "{}: {takes}{unit}{} [default: {default}]",
        capitalised(knob.meaning),
        condition(knob)
    ));
    match knob.kind {
        Kind::Switch => option.value_name("on|off").num_args(0..=1).require_equals(true).default_missing_value("on"),
        Kind::Integer { .. } | Kind::Real { .. } => option.value_name("N"),
        Kind::Choice(_) => option.value_name("NAME"),
    }
}

/// What a knob needs to have an effect.
fn condition(knob: &Knob) -> String {
    let named = needs::needs(knob.name).find(|need| matches!(need.when, When::Is(_)));
    match named.map(|need| (need, need.when.only())) {
        Some((need, Some(only))) => format!("; sets --{} {only}", need.governor),
        Some((need, None)) => format!("; only with --{} {}", need.governor, need.when),
        None => String::new(),
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// The configuration, overridden by the knobs of the preset and the command line, and how they were settled.
pub(super) fn config(matches: &ArgMatches) -> Result<(Config, Settled), Failure> {
    let mut config = config_but_knobs(matches)?;
    for (knob, text) in given_knobs(matches) {
        config.params.set_text(knob.name, text)?;
        config.given.set(knob.name, Origin::CommandLine);
    }
    let settled = needs::settle(&mut config.params, &config.given);
    let settled = without_own_sampling(with_preset(settled, &config), &config);
    Ok((config, settled))
}

/// With what a preset of the user's own was given in addition, as far as nothing closer decided otherwise.
pub(super) fn with_preset(mut settled: Settled, config: &Config) -> Settled {
    let holds = |name: &str, value: &str| knob(name).is_ok_and(|knob| (knob.get)(&config.params).to_string() == value);
    let implied = config.of_preset.implied.iter().filter(|implied| holds(implied.knob, implied.value)).cloned();
    settled.implied.splice(..0, implied);
    let wished =
        config.of_preset.implied.iter().map(|implied| implied.by).chain(config.of_preset.idle.iter().map(|idle| idle.knob));
    let of_preset = wished.filter_map(|knob| needs::idle(&config.params, knob));
    let known: Vec<_> = settled.idle.iter().map(|idle| idle.knob).collect();
    settled.idle.extend(of_preset.filter(|idle| !known.contains(&idle.knob)));
    settled
}

/// A member with its own temperature uses the knobs' top-p whatever their temperature is.
pub(super) fn without_own_sampling(mut settled: Settled, config: &Config) -> Settled {
    let warm = config.members.values().any(|member| member.sampling.temperature.is_some_and(|temperature| temperature > 0.0));
    settled.idle.retain(|idle| !(warm && idle.governor == "temperature"));
    settled
}

/// The same, without the individual knobs of the command line.
pub(super) fn config_but_knobs(matches: &ArgMatches) -> Result<Config, Failure> {
    let mut config = config::load(matches.get_one::<PathBuf>("config").map(PathBuf::as_path))?;
    for warning in &config.warnings {
        notice(&display!("warning: {warning}"));
    }
    if let Some(preset) = matches.get_one::<String>("preset") {
        config.of_preset = config.presets.apply(preset, &mut config.params)?;
        config.of_preset.implied.iter().for_each(|implied| config.given.set(implied.knob, Origin::Preset));
        config.presets.knobs(preset).into_iter().for_each(|knob| config.given.set(knob, Origin::Preset));
    }
    if let Some(system) = matches.get_one::<String>("system") {
        config.system = Some(system.clone()).filter(|system| !system.is_empty());
    }
    Ok(config)
}

/// Which other knobs were set, and which have no effect, one line each; of a knob of the configuration with its file and line.
pub(super) fn lines(settled: &Settled, config: &Config) -> Vec<String> {
    let of = |knob: &str, text: String| match &config.path {
        Some(path) if config.given.origin(knob) == Some(Origin::Configuration) => {
            format!("{}: {text}", config::place_of(path, &["parameters", knob]))
        }
        Some(_) | None => text,
    };
    settled.lines().map(|(knob, text)| of(knob, text)).collect()
}

/// Reports these lines.
pub(super) fn say(settled: &Settled, config: &Config) {
    for line in lines(settled, config) {
        notice(&clean(&line));
    }
}

/// The knobs on the command line, with their values as written.
pub(super) fn given_knobs(matches: &ArgMatches) -> impl Iterator<Item = (&'static Knob, &str)> {
    KNOBS.iter().filter_map(|knob| {
        let off = knob.name == "exit" && matches.get_flag("no-exit");
        let text = if off { Some("off") } else { matches.get_one::<String>(knob.name).map(String::as_str) };
        Some((knob, text?))
    })
}

/// Starts the log, if the command has the option and it is given.
pub(super) fn log(matches: &ArgMatches) -> Result<Option<Log>, Failure> {
    let Ok(Some(path)) = matches.try_get_one::<PathBuf>("log") else { return Ok(None) };
    let log = Log::create(path, SystemTime::now, |text| redact(text, &[]))?;
    log.start();
    Ok(Some(log))
}

/// The seed; a fresh one if none is given.
pub(super) fn seed(matches: &ArgMatches) -> u64 {
    // Each `RandomState` gets new keys from the operating system's randomness.
    matches.get_one("seed").copied().unwrap_or_else(|| RandomState::new().build_hasher().finish() >> 32)
}

/// The selection of members.
pub(super) fn selection(matches: &ArgMatches) -> Result<Selection, Failure> {
    let all = |name: &str| -> Vec<String> { matches.get_many::<String>(name).unwrap_or_default().cloned().collect() };
    Ok(Selection {
        models: all("model"),
        ensemble: matches.get_one("ensemble").cloned(),
        only: all("members"),
        roles: all("role").iter().map(|text| role(text)).collect::<Result<_, _>>()?,
        weights: all("weight").iter().map(|text| weight(text)).collect::<Result<_, _>>()?,
        keys: all("key").iter().map(|text| key(text)).collect::<Result<_, _>>()?,
        local: Local {
            device: matches.get_one("device").cloned(),
            threads: matches.get_one("threads").copied(),
            gpu_layers: matches.get_one("gpu-layers").copied(),
            context: matches.get_one("context").copied(),
        },
    })
}

/// What is not a valid source may be the key itself, so it is not repeated.
fn key(text: &str) -> Result<GivenKey, Failure> {
    let usage = "--key takes NAME=env:VARIABLE, NAME=file:PATH or NAME=command:… (or one of them without NAME=); a key itself does \
                 not belong on the command line, where others on this machine can read it";
    GivenKey::parse(text).ok_or_else(|| Failure::Usage(usage.to_owned()))
}

fn role(text: &str) -> Result<(String, Role), Failure> {
    let usage = || Failure::Usage(format!("--role {text}: it takes NAME=draft, NAME=verify, NAME=both or NAME=auto"));
    let (name, role) = text.split_once('=').ok_or_else(usage)?;
    let role = match role {
        "draft" => Role::Draft,
        "verify" => Role::Verify,
        "both" => Role::Both,
        "auto" => Role::Auto,
        _ => return Err(usage()),
    };
    Ok((name.to_owned(), role))
}

fn weight(text: &str) -> Result<(String, f64), Failure> {
    let usage = || Failure::Usage(format!("--weight {text}: it takes NAME=W with a number W from 0 on"));
    let (name, weight) = text.split_once('=').ok_or_else(usage)?;
    let weight: f64 = weight.parse().map_err(|_| usage())?;
    if weight.is_finite() && weight >= 0.0 { Ok((name.to_owned(), weight)) } else { Err(usage()) }
}
