//! Answers that have ended: what came of them, why they ended, and what the user can do if that was no end.

use super::super::closing::alike;
use super::super::{counted, figure};
use super::{Caption, Keys, Moment, of_round};
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{ExitReason, Outcome};
use crate::engine::fusion::run::{Phase, Round};
use crate::engine::fusion::single::Single;

/// More authors of an answer than these are counted.
const NAMED: usize = 5;

/// The caption of an answer to which nothing is added any more.
pub(super) fn over(moment: Moment<'_>) -> Caption {
    let run = &moment.answer.run;
    let rounds: Vec<&Round> = run
        .rounds
        .iter()
        .map(AsRef::as_ref)
        .filter(|round| round.accepted.as_ref().is_some_and(|it| is_text(&it.text)))
        .collect();
    let mut heads = match &run.phase {
        Phase::Finished(outcome) => ended(&moment, outcome, &rounds),
        Phase::Running | Phase::Paused => broken_off(&moment),
    };
    let mut parts = Vec::new();
    if !matches!(run.phase, Phase::Finished(Outcome::Answered)) && !rounds.is_empty() {
        parts.extend(authors(&moment, &rounds).into_iter().take(1));
    }
    parts.extend(left(&moment));
    parts.extend(moment.single.map(|single| against(&moment, single)));
    let last = moment.round.filter(|round| round.accepted.as_ref().is_some_and(|accepted| is_text(&accepted.text)));
    if last.is_some() {
        parts.extend(of_round(moment).forms().first().cloned());
    }
    if heads.is_empty() {
        heads.push("the answer is complete".into());
    }
    Caption::new(&heads, &parts)
}

fn is_text(text: &str) -> bool {
    !text.trim().is_empty()
}

fn ended(moment: &Moment<'_>, outcome: &Outcome, rounds: &[&Round]) -> Vec<DisplayText> {
    let params = &moment.answer.run.params;
    let Keys { tune, again, go_on } = moment.keys;
    let limit = |knob: &str, value: usize| {
        let short = display!("stopped at the limit `{knob}` ({value})");
        vec![display!("{short}: raise it with `{tune}`, then `{go_on}` goes on"), short]
    };
    match outcome {
        Outcome::Answered => authors(moment, rounds),
        Outcome::TokenLimit => limit("max-tokens", params.max_tokens),
        Outcome::RoundLimit => limit("max-rounds", params.max_rounds),
        Outcome::ContextLimit => vec![
            "stopped: the answer fills what the last member that drafts can read; a new conversation has room again".into(),
            "stopped: the answer fills what the last member can read".into(),
        ],
        Outcome::Stopped => {
            let short = if rounds.is_empty() {
                "stopped by hand before anything was accepted".into()
            } else {
                display!("stopped by hand after {}", counted(rounds.len(), "segment"))
            };
            vec![display!("{short}: `{go_on}` goes on, `{again}` asks again"), display!("{short}: `{go_on}` goes on"), short]
        }
        Outcome::NoMembers { error } => {
            let short = "no member is left that can draft";
            let long = display!("{short}: {}", clean_line(error));
            vec![display!("{long}; `{go_on}` tries again"), long, short.into()]
        }
    }
}

fn broken_off(moment: &Moment<'_>) -> Vec<DisplayText> {
    let number = moment.answer.run.rounds.last().map_or(0, |round| round.number);
    let go_on = moment.keys.go_on;
    let place = if number == 0 { "before round 1".into() } else { display!("in round {number}") };
    if moment.recording {
        let short = display!("nothing more was recorded: `{go_on}` continues it for real");
        vec![display!("the recording ends here, {place}, and the run had not ended: `{go_on}` continues it for real"), short]
    } else {
        let short = display!("the run was lost {place}");
        vec![display!("{short}: `{go_on}` takes it up again"), short]
    }
}

/// Who wrote how much of it.
fn authors(moment: &Moment<'_>, rounds: &[&Round]) -> Vec<DisplayText> {
    let mut shares: Vec<(Option<MemberIndex>, usize)> = Vec::new();
    for author in rounds.iter().filter_map(|round| round.accepted.as_ref()).map(|accepted| accepted.author) {
        match shares.iter_mut().find(|(of, _)| *of == author) {
            Some((_, segments)) => *segments += 1,
            None => shares.push((author, 1)),
        }
    }
    shares.sort_by_key(|(author, segments)| (std::cmp::Reverse(*segments), author.map_or(usize::MAX, |author| author.0)));
    let name = |author: Option<MemberIndex>| author.map_or("by hand".into(), |author| DisplayText::from(moment.name(author)));
    let all = rounds.len();
    match shares.as_slice() {
        [] => vec!["the answer is empty".into()],
        [(author, _)] => {
            let short = display!("{} wrote all of it: {}", name(*author), counted(all, "segment"));
            let alike = alike(moment.answer).map(|alike| display!("{short}, {alike} too"));
            alike.into_iter().chain([short]).collect()
        }
        [first, ..] => {
            let named = shares.iter().take(NAMED).map(|(author, segments)| display!("{} {segments}", name(*author)));
            let more = shares.len().saturating_sub(NAMED);
            let more = if more > 0 { display!(" and {more} more") } else { DisplayText::new() };
            let list = display!("{}{more} of {all} segments", DisplayText::joined(&named.collect::<Vec<_>>(), ", "));
            let members = shares.iter().filter(|(author, _)| author.is_some()).count();
            let short = display!("{members} members wrote it, {} most of it", name(first.0));
            let long = if members > 1 { display!("{members} members wrote it: {list}") } else { list.clone() };
            if first.1 > shares[1].1 && members > 1 { vec![long, list, short] } else { vec![long, list] }
        }
    }
}

/// Who left by the exit rule, and when.
fn left(moment: &Moment<'_>) -> Option<DisplayText> {
    let gone = moment.answer.run.departures().iter().filter(|departure| departure.returned.is_none());
    let gone: Vec<_> = gone.filter(|departure| departure.round > 0).collect();
    match gone.as_slice() {
        [] => None,
        [only] => {
            let name = moment.name(only.member);
            Some(match &only.reason {
                ExitReason::Retention { retention, threshold } => {
                    display!("{name} left after round {}: {} is below {}", only.round, figure(*retention), figure(*threshold))
                }
                ExitReason::Excluded => display!("{name} was excluded in round {}", only.round),
                ExitReason::Failures { .. } | ExitReason::Unusable { .. } | ExitReason::Late { .. } | ExitReason::NotReady => {
                    display!("{name} left in round {}", only.round)
                }
            })
        }
        several => Some(display!("{} members left", several.len())),
    }
}

/// The answer against its strongest member.
fn against(moment: &Moment<'_>, single: &Single) -> DisplayText {
    let (name, others, all) = (moment.name(single.strongest), single.from_others(), counted(single.segments(), "segment"));
    if others == 0 {
        return display!("{name}, the best single member, was accepted all along");
    }
    let means = single.means.map_or_else(DisplayText::new, |(fused, alone)| {
        display!(": a mean score of {} against {}", figure(fused), figure(alone))
    });
    display!("{others} of {all} are not by {name}, the best single member{means}")
}
