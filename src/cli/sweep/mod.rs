//! `specfuse sweep`: a set of prompts under every setting of a grid of knobs, as a table.
//!
//! Owns the command; `wishes` parses the request, and [`crate::sweep`] owns everything independent of the command line.

mod wishes;

use std::collections::HashSet;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use indicatif::{ProgressBar, ProgressStyle};

use self::wishes::{Format, Wishes};
use super::interrupt::{self, Interrupt};
use super::output::{Answer, notice};
use super::{Done, Failure, members, options, runtime};
use crate::clean::clean;
use crate::display;
use crate::engine::Seat;
use crate::ensemble::OpenOptions;
use crate::files::Folders;
use crate::sweep::{Cell, Figures, Finished, Pinned, Store, Sweep, report, start};

pub(super) fn command() -> Command {
    let path = |name: &'static str, value: &'static str| {
        Arg::new(name).long(name).value_name(value).value_parser(value_parser!(PathBuf))
    };
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    let number = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name("N").value_parser(options::from_one).help(help)
    };
    let command = Command::new("sweep")
        .about("Plays prompts under every combination of some knobs' values, and compares them in a table")
        .long_about(
            "Plays prompts under every combination of some knobs' values, and compares them in a table.\n\n\
             Every knob takes a list here: --segment-tokens 3,5,10,20, or a range as in --exit-threshold 0..0.7:0.1. What is \
             finished is kept: after an interruption the same command goes on where it stopped, and where prompts were added or \
             changed only those are played. Without --seed the seed is 1.",
        )
        .arg(Arg::new("file").value_name("FILE.jsonl").required(true).value_parser(value_parser!(PathBuf)).help(
            "One {\"prompt\": …, \"answers\": [\"Paris\", \"42\"]} a line or an array of them, as for eval; without answers accuracy is not known",
        ))
        .arg(flag("json", "Print one JSON object instead of a table").conflicts_with("csv"))
        .arg(flag("csv", "Print comma-separated values instead of a table"))
        .arg(number("limit", "Only the first N prompts"))
        .arg(number("jobs", "Play N answers at a time [default: as many as there are processors, or as servers take]"))
        .arg(path("results", "FOLDER").help("Keep results and traces in this folder instead of the platform's"))
        .arg(flag("fresh", "Play these prompts again, whatever an earlier sweep left of them"))
        .arg(flag("no-traces", "Keep no trace of the answers, only their figures"))
        .arg(flag("yes", "Begin also where there are very many answers to give"));
    options::add(command)
}

/// A sweep that was played, to its end or to an interruption.
struct Played {
    finished: Vec<Finished>,
    interrupted: bool,
}

pub(super) fn main(matches: &ArgMatches) -> Result<Done, Failure> {
    let (wishes, config) = wishes::of(matches)?;
    let specs = members::chosen(matches, &config)?;
    let opening = OpenOptions::of_platform().taking_turns(config.in_turn);
    let runtime = runtime()?;
    let opened = runtime.block_on(members::opened(specs, &opening, members::Wait::ForAll))?;
    let seats: Vec<Seat> = opened.into_iter().map(|opened| opened.seat).collect();
    let mut sweep = wishes.sweep.clone();
    let kept = open(&wishes, &mut sweep, &seats)?;
    let (mut store, finished) = kept.map_or((None, Vec::new()), |(store, finished)| (Some(store), finished));
    let total = sweep.len();
    let played = runtime.block_on(play(sweep, &seats, &wishes, store.as_mut(), finished));
    // Finished cells are shown whatever ended the sweep.
    let (played, failure) = match played {
        Ok(played) => (played, None),
        Err((finished, failure)) => (Played { finished, interrupted: false }, Some(failure)),
    };
    if let Some(store) = &store {
        store.sync()?;
    }
    show(&wishes, &played.finished)?;
    if let Some(failure) = failure {
        return Err(failure);
    }
    conclude(&wishes, &played, total, store.as_ref());
    Ok(if played.interrupted { Done::Interrupted(interrupt::code()) } else { Done::Complete })
}

/// Opens the folder of the results, with what is already finished; without a home directory nothing is kept.
fn open(wishes: &Wishes, sweep: &mut Sweep, seats: &[Seat]) -> Result<Option<(Store, Vec<Finished>)>, Failure> {
    let pinned = Pinned::new(sweep, seats, wishes.system.as_deref());
    let usual = || Folders::of_platform().map(|folders| folders.sweeps().join(pinned.folder_name()));
    let Some(folder) = wishes.results.clone().or_else(usual) else {
        notice("warning: there is no home to keep results in: after an interruption this sweep cannot go on");
        return Ok(None);
    };
    let (store, earlier) = Store::open(&folder, &pinned, sweep, wishes.fresh)?;
    if wishes.traces {
        sweep.traces = Some(store.traces()?);
    }
    if let Some(told) = earlier.told() {
        notice(&clean(&told));
    }
    Ok(Some((store, earlier.finished)))
}

/// Plays what is not finished. On a failure, also returns what is finished.
async fn play(
    sweep: Sweep,
    seats: &[Seat],
    wishes: &Wishes,
    mut store: Option<&mut Store>,
    mut finished: Vec<Finished>,
) -> Result<Played, (Vec<Finished>, Failure)> {
    let done: HashSet<Cell> = finished.iter().map(|finished| finished.cell).collect();
    let (bar, grid) = (progress(sweep.len(), done.len()), sweep.grid.clone());
    let mut interrupt = Interrupt::listen();
    let mut running = match start(sweep, seats, &done, wishes.jobs) {
        Ok(running) => running,
        Err(error) => return Err((finished, error.into())),
    };
    loop {
        let next = tokio::select! {
            next = running.next() => next,
            () = interrupt.pressed() => {
                bar.finish_and_clear();
                return Ok(Played { finished, interrupted: true });
            }
        };
        let kept = match next {
            None => break,
            Some(Err(error)) => Err(error.into()),
            Some(Ok(cell)) => {
                let kept = store.as_mut().map_or(Ok(()), |store| store.append(&grid, &cell));
                finished.push(cell);
                kept.map_err(Failure::from)
            }
        };
        if let Err(failure) = kept {
            bar.finish_and_clear();
            return Err((finished, failure));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(Played { finished, interrupted: false })
}

fn show(wishes: &Wishes, finished: &[Finished]) -> Result<(), Failure> {
    let grid = &wishes.sweep.grid;
    let figures = Figures::of_grid(grid, finished);
    let text = match wishes.format {
        Format::Table => report::table(grid, &figures),
        Format::Csv => report::csv(grid, &figures),
        Format::Json => report::json(grid, &figures, wishes.sweep.seed),
    };
    Answer::new().write(&text).map_err(Failure::Output)
}

fn conclude(wishes: &Wishes, played: &Played, total: usize, store: Option<&Store>) {
    if played.interrupted {
        notice(&display!("interrupted after {} of {total} answers", played.finished.len()));
    }
    let errors = played.finished.iter().filter_map(|finished| finished.answer.error.as_ref());
    if let Some(error) = errors.clone().next() {
        notice(&display!("{} answers failed, the first with: {error}", errors.count()));
    }
    let Some(store) = store else {
        notice(&display!("seed {}", wishes.sweep.seed));
        return;
    };
    let traces = if wishes.traces { "results and traces" } else { "results" };
    notice(&display!("seed {} · {traces} in {}", wishes.sweep.seed, store.folder().display()));
    if played.interrupted {
        notice("the same command goes on where this one stopped");
    }
}

/// Only shown on a terminal.
fn progress(total: usize, done: usize) -> ProgressBar {
    let bar = ProgressBar::new(total as u64).with_position(done as u64);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} answers, {eta} left") {
        bar.set_style(style);
    }
    // Cells finished earlier took no time now.
    bar.reset_eta();
    bar
}
