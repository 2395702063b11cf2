//! The members that a command works with: choosing and opening them, and reporting problems.

use clap::ArgMatches;

use super::output::{Waiting, notice};
use super::{Failure, options};
use crate::clean::clean_line;
use crate::config::{Config, Source};
use crate::display;
use crate::ensemble::{self, MemberSpec, OpenOptions, Opened};

/// What the user has to know about the built-in models.
pub(super) const TOYS: &str =
    "the built-in models are toys that show the method: they know a few hundred facts each and nothing else";

/// The members chosen by the command line and the configuration.
pub(super) fn chosen(matches: &ArgMatches, config: &Config) -> Result<Vec<MemberSpec>, Failure> {
    Ok(ensemble::resolve(&options::selection(matches)?, config, &ensemble::kinds())?)
}

/// Which members are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// All: their work is compared.
    ForAll,
    /// Enough to start with; the others join once they are ready.
    ForEnough,
}

/// Opens them. One that cannot be opened, file or server, is reported, and the others continue; if none is left, the command
/// ends.
pub(super) async fn opened(specs: Vec<MemberSpec>, opening: &OpenOptions, wait: Wait) -> Result<Vec<Opened>, Failure> {
    let opened = asked(specs, opening, wait).await;
    let faults: Vec<String> = opened
        .iter()
        .filter_map(|member| Some(faulty(&member.seat.name, member.spec.named, &member.fault.as_ref()?.to_string())))
        .collect();
    if !opened.is_empty() && faults.len() == opened.len() {
        return Err(if all_misspelt(opened.iter().map(|member| &member.spec)) {
            Failure::Usage(faults.join("; "))
        } else {
            Failure::NoMember { faults }
        });
    }
    for fault in faults {
        notice(&display!("warning: {fault}"));
    }
    Ok(opened)
}

/// A member's fault with its name, unless that is its address, which the fault contains.
fn faulty(name: &str, named: bool, fault: &str) -> String {
    if !named && fault.contains(name) { fault.to_owned() } else { format!("{name}: {fault}") }
}

/// Whether only files were named and none of them exists: a misspelt path, comparable to a misspelt option.
pub(super) fn all_misspelt<'a>(mut specs: impl Iterator<Item = &'a MemberSpec>) -> bool {
    specs.all(|spec| match &spec.config.source {
        Source::Gguf { path, .. } => !path.exists(),
        Source::BuiltIn(_) | Source::Server(_) => false,
    })
}

/// Opens them, and shows on a terminal what it is waiting for.
pub(super) async fn asked(specs: Vec<MemberSpec>, opening: &OpenOptions, wait: Wait) -> Vec<Opened> {
    let names: Vec<String> = specs.iter().map(|spec| spec.name.clone()).collect();
    let waiting = Waiting::new();
    let told = |place: usize, what: &str| {
        let name = names.get(place).map_or("", String::as_str);
        waiting.say(&display!("{name}: {}", clean_line(what)));
    };
    let opened = match wait {
        Wait::ForAll => ensemble::open(specs, opening, &told).await,
        Wait::ForEnough => ensemble::open_patiently(specs, opening, &told).await,
    };
    waiting.end();
    opening.warnings.take().iter().for_each(|warning| notice(&display!("warning: {warning}")));
    opened
}

/// Whether a model built into the binary takes part.
pub(super) fn any_built_in(specs: &[MemberSpec]) -> bool {
    specs.iter().any(|spec| matches!(spec.config.source, Source::BuiltIn(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_has_the_address_once() {
        let fault = "http://127.0.0.1:9/health: the connection was refused";
        assert_eq!(faulty("127.0.0.1:9", false, fault), fault);
        assert_eq!(faulty("desk", true, fault), format!("desk: {fault}"));
        assert_eq!(faulty("health", true, fault), format!("health: {fault}"), "a name that the user chose is kept");
        assert_eq!(faulty("model", false, "no answer"), "model: no answer");
    }
}
