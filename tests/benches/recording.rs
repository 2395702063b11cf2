//! A run to measure with: scripted members that draft ten words per round and score each other's, immediately.

use std::path::Path;
use std::sync::Arc;

use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::Record;
use specfuse::engine::fusion::params::Params;
use specfuse::engine::member::Member;
use specfuse::engine::member::scripted::{Line, ScriptedMember};
use specfuse::engine::trace::Journal;
use specfuse::engine::{Engine, Seat, Setup, wall_clock};

/// A member under a unique name, which drafts and verifies.
pub fn seat(place: usize, member: Arc<dyn Member>) -> Seat {
    Seat::new(format!("member-{place}"), member)
}

/// This many rounds of segments counted in tokens, without exits.
pub fn params(rounds: usize) -> Params {
    let mut params = Params::default();
    for (name, value) in [("segment", "tokens"), ("exit", "off"), ("max-tokens", "100000")] {
        params.set_text(name, value).expect("a knob of ours");
    }
    params.max_rounds = rounds;
    params
}

/// A member that drafts ten tokens of its own per round, with log-probabilities as long as a model's.
pub fn talker(place: usize) -> Seat {
    let text = format!("m{place} says ten words a round and no more, ever.");
    let logprob = -0.123_456_7 - 0.010_203 * place as f32;
    let member = ScriptedMember::new(vec![Line::Say { text, logprob, ends: false }]).otherwise(-1.234_567_8);
    seat(place, Arc::new(member))
}

/// Plays this many rounds of this many members; `listen` receives every record.
pub fn play(members: usize, rounds: usize, journal: Option<Journal>, mut listen: impl FnMut(Record)) {
    let setup = Setup {
        seats: (0..members).map(talker).collect(),
        params: params(rounds),
        seed: 1,
        conversation: Conversation::question("How fast?"),
        answers: Vec::new(),
        journal,
        clock: wall_clock(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        let mut engine = Engine::start(setup).await.expect("a run");
        while let Some(record) = engine.next_event().await {
            listen(record);
        }
    });
}

/// Plays them into a trace.
pub fn record(members: usize, rounds: usize, path: &Path) {
    play(members, rounds, Some(Journal::create(path).expect("a journal")), drop);
}
