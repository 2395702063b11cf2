use proptest::prelude::*;

use super::*;

fn record(t_ms: f64, round: usize, event: Event) -> Record {
    Record { t_ms, round, event }
}

fn started(t_ms: f64, round: usize) -> Record {
    record(t_ms, round, Event::RoundStarted { drafters: vec![], verifiers: vec![], ahead: None })
}

fn accepted(t_ms: f64, round: usize) -> Record {
    let (member, text) = (Some("a".into()), "x".to_owned());
    let (overridden, edited) = (false, false);
    record(t_ms, round, Event::Accepted { member, authors: vec![], text, tokens: 1, ends: false, overridden, edited })
}

fn readmitted(t_ms: f64, round: usize) -> Record {
    record(t_ms, round, Event::Readmitted { member: "a".into() })
}

fn warning(t_ms: f64) -> Record {
    record(t_ms, 0, Event::Warning { text: String::new() })
}

fn finished(t_ms: f64) -> Record {
    use crate::engine::fusion::event::{Finished, Outcome, Summary};
    record(t_ms, 9, Event::RunFinished(Box::new(Finished { outcome: Outcome::Stopped, summary: Summary::default() })))
}

/// A prelude, two rounds, each followed by an event that belongs to it, a round that was cut off, the end.
fn run() -> Vec<Record> {
    vec![
        warning(0.0),
        started(10.0, 1),
        warning(15.0),
        accepted(20.0, 1),
        readmitted(21.0, 1),
        started(30.0, 2),
        accepted(40.0, 2),
        readmitted(41.0, 2),
        started(50.0, 3),
        warning(55.0),
        finished(60.0),
    ]
}

fn times(records: &[Record]) -> Vec<f64> {
    records.iter().map(|record| record.t_ms).collect()
}

fn drain(player: &mut Player, now_ms: f64) -> Vec<f64> {
    let mut all = Vec::new();
    loop {
        let due = times(player.due(now_ms));
        if due.is_empty() {
            return all;
        }
        all.extend(due);
    }
}

#[test]
fn records_come_when_their_time_has_come() {
    let mut player = Player::new(run());
    // A screen's clock does not start at 0.
    assert_eq!(player.deadline(7_000.0), Some(7_000.0));
    assert_eq!(times(player.due(7_000.0)), [0.0]);
    assert_eq!(player.deadline(7_001.0), Some(7_010.0));
    assert_eq!(times(player.due(7_009.9)), [0.0; 0]);
    assert_eq!(times(player.due(7_020.0)), [10.0, 15.0, 20.0]);
    assert!((player.played_ms(7_025.5) - 25.5).abs() < 1e-9);
    assert_eq!(drain(&mut player, 8_000.0).len(), 7);
    assert!(player.is_over());
    assert_eq!((player.deadline(8_000.0), player.played_ms(9_000.0)), (None, 60.0));
}

#[test]
fn pausing_and_changing_speed_keep_the_position() {
    let mut player = Player::new(run());
    drain(&mut player, 100.0);
    player.set_speed(112.0, 4.0);
    assert!((player.played_ms(112.0) - 12.0).abs() < 1e-9);
    assert!((player.played_ms(113.0) - 16.0).abs() < 1e-9);
    player.pause(113.0);
    assert_eq!(drain(&mut player, 1e6), [0.0; 0], "10 and 15 wait too: nothing moves while paused");
    assert_eq!((player.is_playing(), player.deadline(1e6)), (false, None));
    assert!((player.played_ms(1e6) - 16.0).abs() < 1e-9);
    player.resume(2e6);
    assert_eq!(drain(&mut player, 2e6), [10.0, 15.0]);
    assert_eq!(player.deadline(2e6), Some(2e6 + 1.0));
    for (wanted, taken) in [(0.0, 0.25), (-3.0, 0.25), (f64::INFINITY, 16.0), (f64::NAN, 16.0), (2.0, 2.0)] {
        player.set_speed(2e6, wanted);
        assert!((player.speed() - taken).abs() < f64::EPSILON, "{wanted}");
    }
}

#[test]
fn a_step_plays_to_the_end_of_the_round() {
    let mut player = Player::new(run());
    let mut steps = Vec::new();
    for now in 0..5 {
        player.step(f64::from(now));
        assert!(!player.is_playing());
        steps.push(drain(&mut player, f64::from(now)));
    }
    assert_eq!(steps[0], [0.0, 10.0, 15.0, 20.0, 21.0], "what comes before the first round goes with it");
    assert_eq!(steps[1..], [vec![30.0, 40.0, 41.0], vec![50.0, 55.0], vec![60.0], vec![]]);
    assert!(player.is_over());
}

#[test]
fn a_step_in_the_middle_plays_the_rest_of_the_round() {
    let mut player = Player::new(run());
    drain(&mut player, 0.0);
    assert_eq!(drain(&mut player, 16.0), [10.0, 15.0]);
    player.step(17.0);
    assert_eq!((player.deadline(17.0), player.played_ms(17.0)), (Some(17.0), 21.0));
    assert_eq!(drain(&mut player, 17.0), [20.0, 21.0]);
    // A round is over after its accepted segment: the rest goes with the next one.
    player.restart(100.0);
    assert_eq!(drain(&mut player, 120.0).last(), Some(&20.0));
    player.step(120.0);
    assert_eq!(drain(&mut player, 120.0), [21.0, 30.0, 40.0, 41.0]);
    player.resume(200.0);
    assert_eq!(player.deadline(200.0), Some(209.0), "time goes on from where the step ended");
}

#[test]
fn two_steps_before_a_draw_are_two_rounds() {
    let mut player = Player::new(run());
    player.step(0.0);
    player.step(0.0);
    assert_eq!(drain(&mut player, 0.0).last(), Some(&41.0));
}

#[test]
fn the_end_can_be_skipped_to_and_the_beginning_played_again() {
    let mut player = Player::new(run());
    player.pause(0.0);
    player.skip_to_end();
    assert_eq!(drain(&mut player, 0.0), times(&run()));
    assert!(player.is_over());
    player.step(0.0);
    assert_eq!(drain(&mut player, 0.0), [0.0; 0]);
    player.restart(5.0);
    assert!(player.is_playing() && !player.is_over());
    assert_eq!(drain(&mut player, 15.0), [0.0, 10.0]);
}

fn begun() -> Record {
    use crate::engine::fusion::conversation::Conversation;
    use crate::engine::fusion::event::Header;
    let header = Header {
        format: String::new(),
        version: 0,
        program: String::new(),
        members: vec![],
        params: crate::engine::fusion::params::Params::default(),
        seed: 0,
        conversation: Conversation::default(),
        answers: vec![],
    };
    record(0.0, 0, Event::RunStarted(Box::new(header)))
}

#[test]
fn runs_in_a_row_are_played_one_after_the_other_each_by_its_own_clock() {
    let one = [vec![begun()], run()].concat();
    let mut player = Player::new([one.clone(), one].concat());
    assert!((player.duration_ms() - 120.0).abs() < 1e-9);
    player.due(0.0);
    assert_eq!(drain(&mut player, 59.0).last(), Some(&55.0));
    assert!((player.run_ms(59.0) - 59.0).abs() < 1e-9);
    assert_eq!(drain(&mut player, 75.0), [60.0, 0.0, 0.0, 10.0, 15.0]);
    assert!((player.run_ms(77.5) - 17.5).abs() < 1e-9 && (player.played_ms(77.5) - 77.5).abs() < 1e-9);
    player.step(80.0);
    assert_eq!(drain(&mut player, 80.0), [20.0, 21.0]);
}

#[test]
fn a_call_gives_a_screenful_at_most() {
    let mut player = Player::new((0..1300).map(|_| warning(1.0)).collect());
    player.due(0.0);
    let calls: Vec<usize> = (0..4).map(|_| player.due(2.0).len()).collect();
    assert_eq!(calls, [512, 512, 276, 0]);
    player.restart(0.0);
    player.skip_to_end();
    assert_eq!((player.due(0.0).len(), player.is_over()), (512, false));
}

#[test]
fn a_run_without_records_is_over() {
    let mut player = Player::new(vec![]);
    player.step(0.0);
    player.skip_to_end();
    assert!(player.due(1.0).is_empty() && player.is_over());
    assert_eq!((player.deadline(1.0), player.played_ms(1.0), player.duration_ms()), (None, 0.0, 0.0));
}

#[derive(Debug, Clone)]
enum Call {
    Due,
    Pause,
    Resume,
    Speed(f64),
    Step,
    Skip,
}

fn calls() -> impl Strategy<Value = Vec<(f64, Call)>> {
    let call = prop_oneof![
        6 => Just(Call::Due),
        1 => Just(Call::Pause),
        2 => Just(Call::Resume),
        2 => any::<f64>().prop_map(Call::Speed),
        1 => prop::sample::select(SPEEDS).prop_map(Call::Speed),
        1 => Just(Call::Step),
        1 => Just(Call::Skip),
    ];
    let now = prop_oneof![8 => 0.0..5000.0, 1 => any::<f64>()];
    prop::collection::vec((now, call), 0..40)
}

/// Records with time stamps as a user with an editor might leave them; `round` numbers them.
fn edited() -> impl Strategy<Value = Vec<Record>> {
    let time =
        prop_oneof![8 => 0.0..3000.0, 1 => any::<f64>(), 1 => prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::MAX])];
    let kind = prop::sample::select(vec![started as fn(f64, usize) -> Record, accepted, readmitted, |t_ms, _| finished(t_ms)]);
    prop::collection::vec((time, kind), 0..60).prop_map(|kinds| {
        let numbered = kinds.into_iter().enumerate();
        numbered.map(|(round, (t_ms, make))| Record { round, ..make(t_ms, round) }).collect()
    })
}

proptest! {
    #[test]
    fn every_record_comes_once_and_in_order(records in edited(), calls in calls()) {
        let mut player = Player::new(records.clone());
        let mut seen: Vec<usize> = Vec::new();
        for (now, call) in calls {
            match call {
                Call::Due => seen.extend(player.due(now).iter().map(|record| record.round)),
                Call::Pause => player.pause(now),
                Call::Resume => player.resume(now),
                Call::Speed(speed) => player.set_speed(now, speed),
                Call::Step => player.step(now),
                Call::Skip => player.skip_to_end(),
            }
            let played = player.played_ms(now);
            prop_assert!((0.0..=player.duration_ms()).contains(&played), "{played}");
            prop_assert_eq!(player.is_over(), seen.len() == records.len());
        }
        player.skip_to_end();
        seen.extend(player.due(0.0).iter().map(|record| record.round));
        prop_assert_eq!(seen, (0..records.len()).collect::<Vec<_>>());
    }

    /// A screen that sleeps until each deadline sees every record and ends.
    #[test]
    fn at_its_deadline_a_record_is_due(records in edited(), speed in prop::sample::select(SPEEDS), start in 0.0..1e9) {
        let mut player = Player::new(records.clone());
        player.set_speed(start, speed);
        let (mut now, mut count) = (start, 0);
        while let Some(deadline) = player.deadline(now) {
            prop_assert!(deadline >= now && deadline.is_finite());
            now = deadline;
            let due = player.due(now).len();
            prop_assert!(due > 0);
            count += due;
        }
        prop_assert_eq!(count, records.len());
    }

    /// A whole run takes as many steps as it has rounds and ends.
    #[test]
    fn steps_end(records in edited()) {
        let mut player = Player::new(records.clone());
        for _ in 0..=records.len() {
            let played = player.next;
            player.step(0.0);
            player.due(0.0);
            prop_assert!(player.is_over() || player.next > played);
        }
        prop_assert!(player.is_over());
    }
}
