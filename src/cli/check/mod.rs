//! `specfuse check`: what each model can do, found out by asking it.
//!
//! Owns the command; `measure` measures, `table` makes the table, and `files` that of model files. All members are probed
//! concurrently: a model that is slow or away does not hold up the others.

mod files;
mod measure;
pub(super) mod table;

use clap::{Arg, ArgAction, ArgMatches, Command};

use self::measure::Checked;
use super::output::{Answer, columns, notice};
use super::{Done, Failure, members, options, runtime};
use crate::clean::clean;
use crate::config::Source;
use crate::display;
use crate::ensemble::OpenOptions;
use crate::ensemble::found::{Finding, look};
use crate::ensemble::local::{USUAL, find};

pub(super) fn command() -> Command {
    let command = Command::new("check")
        .about("Asks every model: is it reachable, what can it do, how fast is it, what is missing and how to get it")
        .long_about(
            "Asks every model: is it reachable, what can it do, how fast is it, what is missing and how to get it.\n\n\
             Where you have named no model it also lists the model servers and the model files (GGUF) that it finds on this \
             machine, the files with the memory they need, each with what to type to use it.",
        )
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print JSON instead of a table"));
    options::add(command)
}

pub(super) fn main(matches: &ArgMatches) -> Result<Done, Failure> {
    // Nothing is generated here, so the effects of knobs do not matter.
    let (config, _) = options::config(matches)?;
    let specs = members::chosen(matches, &config)?;
    let opening = OpenOptions::of_platform().asking_again().taking_turns(config.in_turn);
    // A user who has named no model may still have a server, or a file.
    let nothing_named = specs.iter().all(|spec| matches!(spec.config.source, Source::BuiltIn(_)));
    let looks = nothing_named && config.playground.scan.unwrap_or(true);
    let places = if looks { USUAL } else { &[] };
    let looking = async { if looks { look(config.models.clone(), Vec::new()).await } else { Ok(Finding::default()) } };
    let (checked, found, files) = runtime()?.block_on(async {
        let checking = async {
            let opened = members::asked(specs, &opening, members::Wait::ForAll).await;
            futures_util::future::join_all(opened.into_iter().map(measure::check)).await
        };
        tokio::join!(checking, find(places), looking)
    });
    let json = matches.get_flag("json");
    let files = files.unwrap_or_else(|reason| Finding { notes: vec![reason.to_string()], ..Finding::default() });
    let text = if json { table::json(&checked, files::json(&files)) } else { in_words(&checked, &files) };
    Answer::new().write(&text).map_err(Failure::Output)?;
    // The list contains members; what they lack together goes to standard error.
    if let Some(lack) = table::together(&checked).filter(|_| json) {
        notice(&clean(&lack));
    }
    for server in found {
        notice(&display!("found on this machine: {}: specfuse check --model {}", server.name, server.argument()));
    }
    files.notes.iter().for_each(|note| notice(&clean(note)));
    let all_there = checked.iter().all(|member: &Checked| member.fault.is_none());
    Ok(if all_there { Done::Complete } else { Done::Incomplete })
}

/// The members, then the model files that could be members.
fn in_words(checked: &[Checked], files: &Finding) -> String {
    // A file or a pipe gets lines as long as they need to be.
    let (members, files) = (table::table(checked, columns()), files::table(files, columns()));
    if files.is_empty() { members } else { format!("{members}\n{files}") }
}
