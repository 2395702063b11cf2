//! Runs with incidents: faults, exits, the user's commands.

use std::sync::OnceLock;

use specfuse::engine::Seat;
use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::{Event, Price, Record, ScoreTier, Usage};
use specfuse::engine::fusion::params::Params;
use specfuse::engine::member::scripted::{Line, ScriptedMember};
use specfuse::engine::round::Command;
use specfuse::playground::state::tuning::ladder::Length;

use super::support::{self, Reaction, answer, say, scripted_run, seat};

/// A member that drafts `name` and the number of the round, one segment per round, and ends after `rounds`.
pub fn counting(name: &str, rounds: usize, logprob: f32) -> ScriptedMember {
    ScriptedMember::new(counted(name, rounds, logprob)).otherwise(-1.5)
}

fn counted(name: &str, rounds: usize, logprob: f32) -> Vec<Line> {
    (1..=rounds).map(|round| say(&format!("{name} {round}; "), logprob, round == rounds)).collect()
}

/// A draft that fails, one that always fails until its member leaves, and a verifier that cannot score.
pub fn faulty() -> Vec<Record> {
    let fails_once = vec![
        say("b 1; ", -0.3, false),
        Line::Fail("out of memory".to_owned()),
        say("b 3; ", -0.3, false),
        say("b 4; ", -0.3, true),
    ];
    let seats = vec![
        seat("a", counting("a", 4, -0.2)),
        seat("b", ScriptedMember::new(fails_once)),
        seat("c", counting("c", 4, -0.4).failing_to_score("no scores today")),
        seat("d", ScriptedMember::new(vec![Line::Fail("never works".to_owned())])),
    ];
    scripted_run(seats, &[("max-failures", "3")], Vec::new())
}

/// All others find what `c` drafts improbable: it leaves by the exit rule.
pub fn exiting() -> Vec<Record> {
    let dislikes = |name: &str| {
        let member = ScriptedMember::new(counted(name, 6, -0.2)).otherwise(-0.4);
        (1..=6).fold(member, |member, round| member.thinking(&format!("c {round}; "), -9.0))
    };
    let seats = vec![seat("a", dislikes("a")), seat("b", dislikes("b")), seat("c", counting("c", 6, -8.0))];
    scripted_run(seats, &[("exit", "evidence"), ("exit-warm-up", "1")], Vec::new())
}

/// All members draft the same.
pub fn unanimous() -> Vec<Record> {
    let seats: Vec<Seat> = ["a", "b", "c"].map(|name| seat(name, counting("all", 3, -0.2))).into();
    scripted_run(seats, &[], Vec::new())
}

/// Learned weights and another rule.
pub fn learning() -> Vec<Record> {
    let seats: Vec<Seat> = ["a", "b", "c"].map(|name| seat(name, counting(name, 5, -0.2))).into();
    scripted_run(seats, &[("feedback", "on"), ("scoring", "mean-logprob"), ("outlier-filter", "on")], Vec::new())
}

fn stalls_in_round(name: &str, round: usize, rounds: usize) -> ScriptedMember {
    let mut lines = counted(name, rounds, -0.3);
    lines.insert(round - 1, Line::Stall);
    ScriptedMember::new(lines)
}

/// The user chooses the candidate ranked last, while `c` is still drafting.
pub fn overridden() -> Vec<Record> {
    let seats = vec![seat("a", counting("a", 3, -0.1)), seat("b", counting("b", 3, -2.0)), seat("c", stalls_in_round("c", 1, 3))];
    let both_drafted: fn(&Record) -> bool = |record| matches!(&record.event, Event::Score { member, .. } if &**member == "b");
    scripted_run(seats, &[], vec![(both_drafted, Command::Override { member: "b".to_owned(), segment: None })])
}

/// The user excludes `c`, which does not answer in round 2.
pub fn excluded() -> Vec<Record> {
    let seats = vec![seat("a", counting("a", 4, -0.1)), seat("b", counting("b", 4, -0.2)), seat("c", stalls_in_round("c", 2, 4))];
    let second: fn(&Record) -> bool = |record| record.round == 2;
    scripted_run(seats, &[], vec![(second, Command::Exclude { member: "c".to_owned() })])
}

/// `d` fails in round 3 and leaves; then the user goes back to the end of round 1.
pub fn rewound() -> Vec<Record> {
    let d = vec![say("d 1; ", -0.5, false), say("d 2; ", -0.5, false), Line::Fail("broken".to_owned())];
    let seats = vec![
        seat("a", counting("a", 6, -0.1)),
        seat("b", counting("b", 6, -0.2)),
        seat("c", stalls_in_round("c", 3, 6)),
        seat("d", ScriptedMember::new(d)),
    ];
    let left: fn(&Record) -> bool = |record| matches!(record.event, Event::Exited { .. });
    scripted_run(seats, &[("max-failures", "1")], vec![(left, Command::Rewind { to_round: 1 })])
}

/// The user pauses, steps, continues, excludes `c` and brings it back, and stops.
pub fn steered() -> Vec<Record> {
    let seats: Vec<Seat> = ["a", "b", "c"].map(|name| seat(name, counting(name, 40, -0.2))).into();
    let at: [Reaction; 7] = [
        (|record| record.round == 1, Command::Pause),
        (|record| matches!(record.event, Event::Paused), Command::Step),
        (|record| matches!(record.event, Event::Accepted { .. }) && record.round >= 2, Command::Resume),
        (|record| matches!(record.event, Event::Resumed), Command::Exclude { member: "c".to_owned() }),
        (|record| matches!(record.event, Event::Exited { .. }), Command::Readmit { member: "c".to_owned() }),
        (|record| matches!(record.event, Event::Readmitted { .. }), Command::Exclude { member: "nobody".to_owned() }),
        (|record| matches!(record.event, Event::Warning { .. }), Command::Stop),
    ];
    scripted_run(seats, &[], at.into())
}

/// Nothing was accepted before the user stopped it.
pub fn stopped_at_once() -> Vec<Record> {
    let seats = vec![seat("a", ScriptedMember::new(vec![Line::Stall]))];
    let begun: fn(&Record) -> bool = |record| matches!(record.event, Event::RoundStarted { .. });
    scripted_run(seats, &[], vec![(begun, Command::Stop)])
}

/// No remaining member can draft.
pub fn failed() -> Vec<Record> {
    let seats = vec![seat("a", ScriptedMember::new(vec![Line::Fail("gone for good".to_owned())]))];
    scripted_run(seats, &[("max-failures", "1")], Vec::new())
}

/// A proxy's reply in place of an answer.
pub const LONG_ERROR: &str = "https://models.example/v1/completions answered 503 Service Unavailable: the model `some-organisation/Some-Model-70B-Instruct` is loading, 41 % of its weights are there; ask again in 38 s, or look at the server's log";

/// Remote members: `a` scores exactly and costs something, `b` judges and reports no probabilities, `c` can do less than it
/// promised, the first draft of `d` fails with a long error.
pub fn mixed() -> Vec<Record> {
    let mut d = counted("d", 3, -0.9);
    d[0] = Line::Fail(LONG_ERROR.to_owned());
    let mut seats = vec![
        seat("a", counting("a", 3, -0.2)),
        seat("b", counting("b", 3, -0.3).without_logprobs().judging(ScoreTier::Labels)),
        seat("c", counting("c", 3, -0.5).lowered_to(ScoreTier::Ranking)),
        seat("d", ScriptedMember::new(d).otherwise(-2.0)),
    ];
    seats[0].price = Some(Price { input: 0.15, cached: None, output: 0.6 });
    let mut records = scripted_run(seats, &[], Vec::new());
    // A scripted member does not count tokens: pretend that its server did.
    for record in &mut records {
        let (member, usage) = match &mut record.event {
            Event::DraftFinished(draft) => (&draft.member, &mut draft.usage),
            Event::Score { member, usage, .. } => (&*member, usage),
            _ => continue,
        };
        if **member == *"a" {
            *usage = Usage::counted(1200, 800, 17);
        }
    }
    records
}

/// The built-in ensemble's answers to the same question at three lengths of segments, played once for all tests.
pub fn at_three_lengths() -> &'static [Vec<Record>; 3] {
    static RUNS: OnceLock<[Vec<Record>; 3]> = OnceLock::new();
    RUNS.get_or_init(|| {
        Length::Sentence.around().map(|length| {
            let question = Conversation::question(support::QUESTION);
            support::run(support::built_in(), length.over(&Params::default()), 1, question, Vec::new())
        })
    })
}

/// All of them, with names.
pub fn all() -> Vec<(&'static str, Vec<Record>)> {
    vec![
        ("built-in", answer().to_vec()),
        ("faulty", faulty()),
        ("exiting", exiting()),
        ("unanimous", unanimous()),
        ("learning", learning()),
        ("overridden", overridden()),
        ("excluded", excluded()),
        ("rewound", rewound()),
        ("steered", steered()),
        ("stopped at once", stopped_at_once()),
        ("failed", failed()),
        ("mixed", mixed()),
    ]
}
