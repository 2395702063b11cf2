//! What tells recorded runs apart in a list: whether the answer is right, its seed, the length of its segments, how many rounds, what
//! was steered, who took part, the other settings, and how the answer starts.
//!
//! Reads the newest recordings whole, up to a limit, because a list has to open at once.

use std::path::Path;

use crate::clean::clean_line;
use crate::engine::fusion::run::Run;
use crate::engine::trace;
use crate::playground::state::handlers::BETWEEN;
use crate::playground::state::scene::counted;
use crate::playground::state::scene::status::in_force;
use crate::playground::state::tuning::ladder::Length;
use crate::prompts::grade;

/// How much is read for one list, in bytes.
const MOST_BYTES: u64 = 8 << 20;
/// How many characters of an answer are shown.
const PREVIEW: usize = 60;
/// How many members are named.
const NAMED: usize = 3;

/// How much may still be read.
pub(super) struct Budget(u64);

impl Budget {
    pub(super) fn new() -> Self {
        Self(MOST_BYTES)
    }

    /// Whether a file of this size may be read.
    fn allows(&mut self, path: &Path) -> bool {
        let bytes = std::fs::metadata(path).map_or(u64::MAX, |found| found.len());
        let allowed = bytes <= self.0;
        if allowed {
            self.0 -= bytes;
        }
        allowed
    }
}

/// The columns of a recording, the one of the greatest worth first.
pub(super) fn details(path: &Path, age: &str, budget: &mut Budget) -> String {
    let run = budget.allows(path).then(|| run(path)).flatten();
    let columns = match &run {
        Some(run) => columns(run, age),
        None => vec![String::new(), age.to_owned()],
    };
    // What a model or a file calls itself must not look like two columns.
    let columns: Vec<String> = columns.iter().map(|column| column.replace(BETWEEN, " ")).collect();
    columns.join(BETWEEN)
}

fn run(path: &Path) -> Option<Run> {
    let chosen = trace::read(path).ok()?.choose(path, None).ok()?;
    Run::from_records(chosen.newest())
}

fn columns(run: &Run, age: &str) -> Vec<String> {
    let answer = run.answer();
    let known = &run.header.answers;
    let right =
        if known.is_empty() { String::new() } else { grade::in_words(grade::found(&answer, known), known.len(), run.is_whole()) };
    let names: Vec<&str> = run.header.members.iter().map(|member| &*member.name).collect();
    let members = match names.get(NAMED..) {
        Some(more @ [_, ..]) => format!("{} and {} more", names[..NAMED].join(", "), more.len()),
        Some([]) | None => names.join(", "),
    };
    vec![
        right,
        age.to_owned(),
        format!("seed {}", run.header.seed),
        format!("by {}", Length::of(&run.header.params).short()),
        counted(run.segments().filter(|text| !text.trim().is_empty()).count(), "round").to_string(),
        if run.steered { "steered" } else { "" }.to_owned(),
        members,
        in_force(&run.header.params).to_string(),
        clean_line(&answer).as_display().first_chars(PREVIEW).to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns_of(path: &str, budget: &mut Budget) -> Vec<String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        details(&path, "2 h ago", budget).split(BETWEEN).map(str::to_owned).collect()
    }

    #[test]
    fn a_recording_is_told_by_its_seed_its_setting_and_its_answer() {
        let columns = columns_of("tests/recorded/example.trace.jsonl", &mut Budget::new());
        assert_eq!((columns.len(), columns[1].as_str(), columns[2].as_str()), (9, "2 h ago", "seed 1"));
        assert!(columns[3] == "by sentence" && columns[4] == "3 rounds", "{columns:?}");
        assert!(columns[6] == "atlas, abacus, lexicon and 2 more", "{columns:?}");
        assert!(columns[7].starts_with("by sentence score: geometric mean"), "{columns:?}");
        assert!(columns[8].starts_with("The capital of Japan is Tokyo."), "{columns:?}");
    }

    #[test]
    fn what_is_too_large_or_no_recording_has_only_its_age() {
        for (path, budget) in [("tests/recorded/example.trace.jsonl", 10), ("Cargo.toml", 1 << 20), ("nowhere", 1 << 20)] {
            assert_eq!(columns_of(path, &mut Budget(budget)), ["", "2 h ago"], "{path}");
        }
    }
}
