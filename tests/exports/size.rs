//! A long run still gives a page that opens quickly.

use std::sync::OnceLock;

use specfuse::engine::fusion::event::Record;
use specfuse::engine::fusion::run::Run;
use specfuse::engine::member::scripted::ScriptedMember;
use specfuse::export::{Format, render};

use super::support::{say, scripted_run, seat};

const ROUNDS: usize = 500;

/// Five members that never agree, each writing about ten tokens per round for 500 rounds; no member leaves.
fn long() -> &'static [Record] {
    static LONG: OnceLock<Vec<Record>> = OnceLock::new();
    LONG.get_or_init(|| {
        let seats = (0..5).map(|place| {
            let line = |round: usize| {
                say(&format!("member {place} writes its part number {round} of the answer; "), -0.2, round == ROUNDS)
            };
            seat(
                &format!("member {place}"),
                ScriptedMember::new((1..=ROUNDS).map(line).collect()).otherwise(-0.5 - place as f32 / 10.0),
            )
        });
        scripted_run(seats.collect(), &[("max-tokens", "100000"), ("max-rounds", "1000")], Vec::new())
    })
}

#[test]
fn the_page_of_500_rounds_of_five_members_is_at_most_a_megabyte() {
    let run = Run::from_records(long()).unwrap();
    assert_eq!((run.rounds.len(), run.rounds.iter().all(|round| round.candidates().len() == 5)), (ROUNDS, true));
    let page = render(&run, Format::Html).unwrap();
    assert!(page.len() <= 1_000_000, "{} bytes", page.len());
    super::markup::parse(&page);
    assert!(page.contains("member 4 writes its part number 500 of the answer;"), "the answer is whole");
}
