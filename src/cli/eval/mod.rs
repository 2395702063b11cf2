//! `specfuse eval`: compares the fused answer with every member alone, on prompts with known answers.
//!
//! Owns playing the prompts and collecting the figures; [`crate::prompts`] reads prompts and judges answers, `report` shows the
//! figures, `lines` saves the details of every prompt.

mod details;
mod limits;
mod lines;
mod play;
mod report;

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use indicatif::{ProgressBar, ProgressStyle};

use self::details::Details;
use super::output::notice;
use super::{Done, Failure, interrupt, members, options, runtime};
use crate::display;
use crate::engine::Seat;
use crate::ensemble::OpenOptions;
use crate::prompts::{self, Answers};

pub(super) fn command() -> Command {
    let command = Command::new("eval")
        .about("Plays prompts with known answers: the fused ensemble, and every member alone")
        .arg(
            Arg::new("file")
                .value_name("FILE.jsonl")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("One {\"prompt\": …, \"answers\": [\"Paris\", \"42\"]} a line, or an array of them; right is an answer that has them all, in order, as whole words"),
        )
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print one JSON object instead of a table"))
        .arg(Arg::new("details").long("details").value_name("FILE").value_parser(value_parser!(PathBuf)).help("Write one JSON object per prompt to this file"))
        .arg(Arg::new("limit").long("limit").value_name("N").value_parser(options::from_zero::<usize>).help("Only the first N prompts"))
        .arg(Arg::new("fused-only").long("fused-only").action(ArgAction::SetTrue).help("Do not play the members alone"));
    options::add(command)
}

pub(super) fn main(matches: &ArgMatches) -> Result<Done, Failure> {
    let file = matches.get_one::<PathBuf>("file").cloned().unwrap_or_default();
    let mut prompts = prompts::read(&file, Answers::Required)?;
    prompts.truncate(matches.get_one("limit").copied().unwrap_or(usize::MAX));
    let (config, settled) = options::config(matches)?;
    let specs = members::chosen(matches, &config)?;
    options::say(&settled, &config);
    let (params, seed) = (config.params, options::seed(matches));
    let details = matches.get_one::<PathBuf>("details").map(|path| Details::open(path)).transpose()?;
    let opening = OpenOptions::of_platform().taking_turns(config.in_turn);
    let runtime = runtime()?;
    let opened = runtime.block_on(members::opened(specs, &opening, members::Wait::ForAll))?;
    let seats: Vec<Seat> = opened.into_iter().map(|opened| opened.seat).collect();
    let alone = !matches.get_flag("fused-only");
    let bar = progress(prompts.len() * (1 + usize::from(alone) * seats.len()));
    let plan = play::Plan { seats: &seats, params: &params, seed, prompts: &prompts, alone };
    let (results, interrupted) = runtime.block_on(plan.play(|| bar.inc(1)));
    bar.finish_and_clear();
    // Results that took long are shown, whatever happens to the file.
    let kept = details.map_or(Ok(()), |details| details.write(&lines::lines(&seats, &results, &prompts)));
    let report = report::Report::new(&seats, &results);
    let text = if matches.get_flag("json") { report.json() } else { report.table(super::output::columns()) };
    super::output::Answer::new().write(&text).map_err(Failure::Output)?;
    kept?;
    if interrupted {
        notice(&display!("interrupted after {} of {} prompts", results.fused.len(), prompts.len()));
        return Ok(Done::Interrupted(interrupt::code()));
    }
    notice(&display!("seed {seed}"));
    Ok(Done::Complete)
}

/// Only shown on a terminal.
fn progress(steps: usize) -> ProgressBar {
    let bar = ProgressBar::new(steps as u64);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} answers, {eta} left") {
        bar.set_style(style);
    }
    bar
}
