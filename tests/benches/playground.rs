//! Whether the playground keeps up: what a frame costs, whether its cost grows with the text, what a flood of tokens costs, how
//! long a key waits during that, whether an idle screen is idle, and how long a long recorded run takes to open.
//!
//! `cargo bench --bench playground` prints each figure next to its target; a word selects parts: `frames`, `what-if`, `stream`,
//! `idle`, `replay`. Frames are drawn onto a buffer in memory. Everything else is the real program, or its real loop
//! (`playground::term::run`, with scripted members) in this same program run again, inside a pseudo-terminal; what it does is
//! read from its output there, what it costs from the system's accounting (Linux).

#![allow(clippy::expect_used, reason = "a benchmark that cannot run has nothing better to do than to stop")]

#[path = "playground/frames.rs"]
mod frames;
#[cfg(target_os = "linux")]
#[path = "playground/idle.rs"]
mod idle;
#[path = "playground/load.rs"]
mod load;
#[cfg(target_os = "linux")]
#[path = "playground/process.rs"]
mod process;
#[cfg(target_os = "linux")]
#[path = "playground/pty.rs"]
mod pty;
#[path = "../support/recorded.rs"]
mod recorded;
mod recording;
#[cfg(target_os = "linux")]
#[path = "playground/replay.rs"]
mod replay;
#[cfg(target_os = "linux")]
#[path = "playground/stream.rs"]
mod stream;
#[path = "playground/table.rs"]
mod table;
#[path = "playground/what_if.rs"]
mod what_if;

use table::Table;

/// One part.
type Measure = fn(&mut Table);

fn main() {
    #[cfg(target_os = "linux")]
    if stream::is_player() {
        return stream::play();
    }
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let parts: &[(&str, Measure)] = &[
        ("frames", frames::measure),
        ("what-if", what_if::measure),
        #[cfg(target_os = "linux")]
        ("stream", stream::measure),
        #[cfg(target_os = "linux")]
        ("idle", idle::measure),
        #[cfg(target_os = "linux")]
        ("replay", replay::measure),
    ];
    let mut table = Table::new();
    for (name, measure) in parts.iter().filter(|(name, _)| name.contains(&wanted)) {
        println!("{name}");
        measure(&mut table);
    }
    table.finish();
}
