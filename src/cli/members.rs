//! The members that a command works with: chosen, opened, and what is wrong with them told.

use std::time::Duration;

use clap::ArgMatches;
use indicatif::ProgressBar;

use super::output::notice;
use super::{Failure, options};
use crate::clean::clean_line;
use crate::config::{Config, Source};
use crate::ensemble::{self, MemberSpec, Opened, Tools};

/// Between two looks of the sign that something goes on.
const TICK: Duration = Duration::from_millis(120);

/// What a person has to know of the built-in models.
pub(super) const TOYS: &str =
    "the built-in models are toys that show the method: they know a few hundred facts each and nothing else";

/// Who takes part, by the command line and the configuration.
pub(super) fn chosen(matches: &ArgMatches, config: &Config) -> Result<Vec<MemberSpec>, Failure> {
    Ok(ensemble::resolve(&options::selection(matches)?, config, &ensemble::kinds())?)
}

/// Opens them. A file that is not right ends the command, as a misspelt option would; a server that cannot be reached is told,
/// and the others go on.
pub(super) async fn opened(specs: Vec<MemberSpec>, tools: &Tools) -> Result<Vec<Opened>, Failure> {
    let opened = asked(specs, tools).await;
    for member in &opened {
        if let Some(fault) = &member.fault {
            match &member.spec.config.source {
                Source::BuiltIn(_) | Source::Gguf { .. } => return Err(Failure::Usage(fault.clone())),
                Source::Server(_) => notice(&format!("warning: {}: {fault}", member.seat.name)),
            }
        }
    }
    Ok(opened)
}

/// Opens them, and says on a terminal what is waited for.
pub(super) async fn asked(specs: Vec<MemberSpec>, tools: &Tools) -> Vec<Opened> {
    let names: Vec<String> = specs.iter().map(|spec| spec.name.clone()).collect();
    // On a terminal only, and gone when everybody is there.
    let waiting = ProgressBar::new_spinner();
    waiting.enable_steady_tick(TICK);
    let told = |place: usize, what: &str| {
        let name = names.get(place).map_or("", String::as_str);
        waiting.set_message(format!("{name}: {}", clean_line(what)));
    };
    let opened = ensemble::open(specs, tools, &told).await;
    waiting.finish_and_clear();
    tools.warnings.take().iter().for_each(|warning| notice(&format!("warning: {warning}")));
    opened
}

/// Whether a model built into the binary takes part.
pub(super) fn any_built_in(specs: &[MemberSpec]) -> bool {
    specs.iter().any(|spec| matches!(spec.config.source, Source::BuiltIn(_)))
}
