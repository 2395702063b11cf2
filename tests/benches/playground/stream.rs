//! What a flood of tokens costs, whether all of it arrives, and how long a key waits meanwhile.
//!
//! The player is this program run again in a pseudo-terminal: the real loop with scripted members at a pace, and a trace.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use specfuse::engine::Seat;
use specfuse::engine::fusion::params::Params;
use specfuse::engine::member::paced::{Pace, Paced};
use specfuse::engine::member::scripted::{Line, ScriptedMember};
use specfuse::ensemble::OpenOptions;
use specfuse::files::Folders;
use specfuse::files::history::History;
use specfuse::playground::term::effects::Effects;
use specfuse::playground::term::filming::Filming;
use specfuse::playground::term::member_pool::MemberPool;
use specfuse::playground::term::{self, Opening};
use specfuse::playground::view::theme::{ColourLevel, Library};

use crate::pty::Playing;
use crate::table::{Figures, Table, tell};
use crate::{load, process, recording};

/// Set in the environment of the player.
const ROLE: &str = "SPECFUSE_BENCH_PLAYER";

const MEMBERS: usize = 8;
/// Tokens a second, each member.
const PACE: u32 = 200;
/// Tokens of a draft: a second's.
const DRAFT: usize = 200;
const ROUNDS: usize = 10;
/// Time between two keys: not in step with the frames.
const KEYS: Duration = Duration::from_millis(103);
/// Typed one by one; a prompt of this length is on one line of the screen. Nothing else on it has the first two characters.
const TYPED: &str = "@abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ";

/// Whether this process is the one in the pseudo-terminal.
pub fn is_player() -> bool {
    std::env::var_os(ROLE).is_some()
}

/// A member that says a long segment of its own at a pace.
fn writer(place: usize) -> Seat {
    const WORDS: [&str; 7] = ["a", "model", "writes", "the", "answer", "token", "by"];
    let word = |at: usize| WORDS[(at * (place + 2) + place) % WORDS.len()];
    let text: String = (0..DRAFT).flat_map(|at| [word(at), " "]).collect();
    let logprob = -0.1 - 0.2 * place as f32;
    let member = ScriptedMember::new(vec![Line::Say { text, logprob, ends: false }]);
    recording::seat(place, Arc::new(Paced::new(Arc::new(member), Pace::new(Some(f64::from(PACE))))))
}

fn params() -> Params {
    let mut params = recording::params(ROUNDS);
    params.set_text("segment-tokens", &DRAFT.to_string()).expect("a knob of ours");
    params
}

/// The playground with these members, as `specfuse` puts it together.
pub fn play() {
    let seats: Vec<Seat> = (0..MEMBERS).map(writer).collect();
    let options = load::options(&seats, params());
    let pace = Pace::new(None);
    let effects = Effects {
        pool: MemberPool::new(OpenOptions::default(), pace.clone()).with(seats),
        pace,
        folders: Folders::of_platform(),
        history: History::default(),
        traces_kept: 10,
        library: Library::new(None),
        level: ColourLevel::True,
        theme: load::theme(),
        filming: Filming::default(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    runtime.block_on(term::run(options, effects, Opening::Question("How fast?".to_owned()), None)).expect("a terminal");
}

/// Milliseconds from each key to the frame that shows it.
fn type_until(playing: &mut Playing, end: Instant) -> Vec<f64> {
    let mut waits = Vec::new();
    playing.types(&format!("i{}", &TYPED[..1]));
    let mut next = Instant::now() + KEYS;
    for place in 1..TYPED.len() {
        if next > end {
            break;
        }
        thread::sleep(next.saturating_duration_since(Instant::now()));
        next += KEYS;
        let pressed = playing.types(&TYPED[place..=place]);
        let shown = playing.sees("the key", |seen| seen.shows(&TYPED[..=place]));
        waits.push(shown.saturating_duration_since(pressed).as_secs_f64() * 1e3);
    }
    waits
}

/// The tokens that the panes show, over all rounds.
fn tokens_shown(playing: &mut Playing) -> usize {
    let whole = format!(" {DRAFT} tokens ·");
    // The status line says the length of a segment in the same words.
    let knob = format!(" by{whole}");
    let mut panes = 0;
    for round in (1..=ROUNDS).rev() {
        let shown = format!("ranking round {round} ·");
        playing.sees(&shown, |seen| seen.shows(&shown));
        panes += playing.count(&whole) - playing.count(&knob);
        playing.types("[");
    }
    panes * DRAFT
}

pub fn measure(table: &mut Table) {
    let home = tempfile::tempdir().expect("a folder");
    let player = std::env::current_exe().expect("this program");
    let mut playing = Playing::start(&player, &[], &[(ROLE, "1")], home.path());
    playing.sees("the first tokens", |seen| seen.shows("tokens ·"));
    let (started, cpu, bytes) = (Instant::now(), process::cpu(playing.pid()), playing.bytes());
    let waits = Figures::new(type_until(&mut playing, started + Duration::from_secs(9)));
    let (elapsed, bytes) = (started.elapsed().as_secs_f64(), playing.bytes() - bytes);
    let cpu = process::cpu(playing.pid()).saturating_sub(cpu).as_secs_f64();
    tell("tokens a second, of eight members", f64::from(PACE) * MEMBERS as f64, "");
    tell("written to the terminal", bytes as f64 / 1e3 / elapsed, "kB/s");
    table.at_most(&format!("processor time over {elapsed:.1} s, of one core"), cpu / elapsed * 100.0, "%", 25.0);
    tell(&format!("from a key to its frame, {} keys: quickest", waits.len()), waits.least(), "ms");
    tell("from a key to its frame: median", waits.median(), "ms");
    table.at_most("from a key to its frame: 99th percentile", waits.at(0.99), "ms", 33.0);
    tell("from a key to its frame: longest", waits.worst(), "ms");
    playing.sees("the end of the run", |seen| seen.shows("stopped at a limit"));
    // Not esc: with the bracket of the next key it would be the start of a sequence.
    playing.types("\t");
    table.exactly("tokens that arrived", tokens_shown(&mut playing), MEMBERS * DRAFT * ROUNDS);
}
