//! Members that are late, that rest, and that are not ready yet.

use specfuse::engine::fusion::event::{Event, ExitReason, Record};

use super::{State, after, recorded};

pub fn states() -> Vec<State> {
    vec![
        State::new("silent", |size| after(size, &first_round())).over("under-way"),
        State::new("silent-rests", |size| after(size, &rested())).over("silent"),
    ]
}

/// The first round of the recorded example, in which almanac is silent and for which babble is not ready.
fn first_round() -> Vec<Record> {
    let drafts = |member: &str| member != "almanac" && member != "babble";
    let kept = |record: &&Record| match &record.event {
        Event::RunStarted(_) | Event::RoundStarted { .. } => true,
        Event::Token { member, .. } => drafts(member),
        Event::DraftFinished(draft) => drafts(&draft.member),
        Event::Score { member, scores, .. } => drafts(member) && scores.iter().all(|score| drafts(&score.candidate)),
        _ => false,
    };
    let mut records: Vec<Record> = recorded().iter().filter(|record| record.round <= 1).filter(kept).cloned().collect();
    records.insert(1, event(0, 2_000.0, Event::Exited { member: "babble".into(), reason: ExitReason::NotReady }));
    for record in &mut records[1..] {
        if let Event::RoundStarted { drafters, verifiers, .. } = &mut record.event {
            drafters.retain(|member| &**member != "babble");
            verifiers.retain(|member| &**member != "babble");
        }
        record.t_ms = record.t_ms.max(2_000.0);
    }
    let late = Event::Late { member: "almanac".into(), candidates: Vec::new(), silent_ms: 10_000.0, elapsed_ms: 10_000.0 };
    records.push(event(1, 12_000.0, late));
    records
}

fn event(round: usize, t_ms: f64, event: Event) -> Record {
    Record { t_ms, round, event }
}

/// The one that was late rests, the one that was not ready has joined.
fn rested() -> Vec<Record> {
    let mut records = first_round();
    let rests = Event::Exited { member: "almanac".into(), reason: ExitReason::Late { rounds: 2 } };
    records.push(event(1, 12_000.0, rests));
    records.push(event(1, 12_500.0, Event::Joined { member: "babble".into(), capabilities: None }));
    records
}
