//! Silent members with the real driver, on a clock that jumps: how long an answer waits for them, and that it reports them.

use std::time::Duration;

use specfuse::engine::fusion::event::{Capabilities, ExitReason};
use specfuse::engine::member::turns::{InTurn, Turns};
use specfuse::engine::member::{DraftRequest, Drafted, Member, Progress, Reply, ScoreRequest, Scored};
use tokio::time::Instant;

use super::*;

/// A member that takes a while to report that it is ready.
struct Slow {
    member: ScriptedMember,
    ready_after: Duration,
}

impl Member for Slow {
    fn capabilities(&self) -> &Capabilities {
        self.member.capabilities()
    }

    fn prepare(&self, conversation: Arc<Conversation>) -> Reply<usize> {
        let (prepared, delay) = (self.member.prepare(conversation), self.ready_after);
        Box::pin(async move {
            tokio::time::sleep(delay).await;
            prepared.await
        })
    }

    fn draft(&self, request: DraftRequest, progress: Progress) -> Reply<Drafted> {
        self.member.draft(request, progress)
    }

    fn score(&self, request: ScoreRequest) -> Reply<Scored> {
        self.member.score(request)
    }
}

/// The team's setup with another member, on tokio's clock.
fn with(member: Arc<dyn Member>) -> Setup {
    let mut seats = team();
    seats.push(Seat::new("d", member));
    let begun = Instant::now();
    Setup { clock: Box::new(move || begun.elapsed().as_secs_f64() * 1000.0), ..setup(seats, &[]) }
}

fn stalling() -> ScriptedMember {
    ScriptedMember::new(vec![Line::Stall])
}

fn seconds(records: &[Record]) -> f64 {
    records.last().unwrap().t_ms / 1000.0
}

fn count(records: &[Record], wanted: fn(&Event) -> bool) -> usize {
    records.iter().filter(|record| wanted(&record.event)).count()
}

#[tokio::test(start_paused = true)]
async fn one_dead_member_among_three_costs_less_than_half_a_minute() {
    let all: [Arc<dyn Member>; 4] = [
        Arc::new(stalling()),
        Arc::new(ScriptedMember::saying(&["Sky,", " is wet."], -5.0).stalling_when_scoring()),
        Arc::new(stalling().stalling_when_scoring()),
        Arc::new(Slow { member: stalling().stalling_when_scoring(), ready_after: Duration::from_secs(100_000) }),
    ];
    for (place, dead) in all.into_iter().enumerate() {
        let records = records(with(dead)).await;
        let run = Run::from_records(&records).unwrap();
        assert_eq!((run.answer().as_str(), outcome(&run)), ("The sky, is blue.", Outcome::Answered), "{place}");
        assert!(seconds(&records) < 30.0, "{place}: {} s", seconds(&records));
        let silent =
            count(&records, |event| matches!(event, Event::Late { .. } | Event::Exited { reason: ExitReason::NotReady, .. }));
        assert!(silent >= 1, "{place}: it is said");
        let told = records.iter().filter_map(Record::trouble).any(|text| text.contains('d'));
        assert!(told, "{place}: in words");
    }
}

#[tokio::test(start_paused = true)]
async fn without_patience_the_time_limits_decide() {
    let mut setup = with(Arc::new(stalling()));
    setup.params = params(&[("patience", "0"), ("draft-seconds", "50"), ("max-failures", "1")]);
    let records = records(setup).await;
    assert_eq!(count(&records, |event| matches!(event, Event::Late { .. })), 0);
    assert!((50.0..52.0).contains(&seconds(&records)), "{} s", seconds(&records));
}

#[tokio::test(start_paused = true)]
async fn a_member_that_is_ready_late_joins_a_run_under_way() {
    let gate = Arc::new(Semaphore::new(0));
    let mut setup = with(Arc::new(Slow {
        member: ScriptedMember::saying(&["The sky,", " is blue."], -0.1),
        ready_after: Duration::from_secs(5),
    }));
    setup.seats[0] = seat("a", ScriptedMember::saying(&["The sky,", " is green."], -0.1).behind(Arc::clone(&gate)));
    setup.params = params(&[("patience", "0")]);
    let mut engine = Engine::start(setup).await.unwrap();
    let mut records = Vec::new();
    while let Some(record) = engine.next_event().await {
        if matches!(record.event, Event::Joined { .. }) {
            gate.add_permits(100);
        }
        records.push(record);
    }
    let run = Run::from_records(&records).unwrap();
    let drafters: Vec<usize> = run.rounds.iter().map(|round| round.drafters.len()).collect();
    assert_eq!(drafters[..2], [3, 4]);
    let begun = records.iter().find(|record| matches!(record.event, Event::RoundStarted { .. })).unwrap();
    assert!((2_000.0..2_100.0).contains(&begun.t_ms), "{}", begun.t_ms);
}

#[tokio::test(start_paused = true)]
async fn a_question_waits_for_the_only_member_that_drafts() {
    let slow = Slow { member: ScriptedMember::saying(&["Yes."], -0.1), ready_after: Duration::from_secs(60) };
    let mut setup = with(Arc::new(slow));
    for seat in &mut setup.seats[..3] {
        seat.role = Role::Verify;
    }
    assert_eq!(play(setup).await.answer(), "Yes.");
}

/// A member whose every call takes this long.
struct Lasting(ScriptedMember, Duration);

impl Member for Lasting {
    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    fn prepare(&self, conversation: Arc<Conversation>) -> Reply<usize> {
        self.0.prepare(conversation)
    }

    fn draft(&self, request: DraftRequest, progress: Progress) -> Reply<Drafted> {
        let (reply, lasts) = (self.0.draft(request, progress), self.1);
        Box::pin(async move {
            tokio::time::sleep(lasts).await;
            reply.await
        })
    }

    fn score(&self, request: ScoreRequest) -> Reply<Scored> {
        let (reply, lasts) = (self.0.score(request), self.1);
        Box::pin(async move {
            tokio::time::sleep(lasts).await;
            reply.await
        })
    }
}

/// Eight members that share a device, where each call takes this many seconds.
fn in_turn(seconds: u64, changes: &[(&str, &str)]) -> Setup {
    let turns = Turns::default();
    let seats = (0..8).map(|number| {
        let member = ScriptedMember::saying(&[&format!("{number} is,"), &format!("{number} was.")], -1.0 - number as f32);
        let member = InTurn::new(Arc::new(Lasting(member, Duration::from_secs(seconds))), turns.clone());
        Seat::new(format!("m{number}"), Arc::new(member))
    });
    let begun = Instant::now();
    Setup { clock: Box::new(move || begun.elapsed().as_secs_f64() * 1000.0), ..setup(seats.collect(), changes) }
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_turn_is_never_late() {
    let records = records(in_turn(30, &[("patience", "1"), ("max-rounds", "1")])).await;
    let run = Run::from_records(&records).unwrap();
    assert_eq!(records.iter().filter_map(Record::trouble).collect::<Vec<_>>(), [""; 0]);
    assert_eq!(run.rounds[0].scores().iter().filter(|cell| cell.verifier != cell.candidate).count(), 56);
    // Eight drafts and at least as many scorings, one after another.
    assert!(seconds(&records) >= 480.0, "{} s", seconds(&records));
}

#[tokio::test(start_paused = true)]
async fn a_time_limit_begins_with_the_turn() {
    for (limit, fails) in [("31", false), ("29", true)] {
        let records = records(in_turn(30, &[("draft-seconds", limit), ("score-seconds", limit), ("max-rounds", "1")])).await;
        let failed = count(&records, |event| matches!(event, Event::DraftFailed { .. } | Event::ScoreFailed { .. }));
        assert_eq!(failed > 0, fails, "{limit} s");
    }
}
