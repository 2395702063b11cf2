//! The reasons of a decided round in lines of words, kept while nothing changes that they are made of: they stand beside the drafts
//! of the round after it, of which a token comes with every frame.

use std::sync::Arc;

use crate::engine::fusion::event::{ScoreTier, Usage};
use crate::engine::fusion::run::{Departure, MemberState, Round};
use crate::engine::fusion::single::Single;
use crate::playground::state::answer::Answer;
use crate::playground::state::prose::Prose;
use crate::playground::state::scene::why;

/// The last reasons that were put into words.
#[derive(Debug, Clone, Default)]
pub struct Reasons(Option<(Source, Arc<Prose>)>);

/// What they were made of.
#[derive(Debug, Clone)]
struct Source {
    /// Decided, so that it hardly ever changes; see [`super::cached::Cached`].
    round: Arc<Round>,
    single: Arc<Option<Single>>,
    departures: Vec<Departure>,
    weights: Vec<f64>,
    used: Vec<(Usage, ScoreTier)>,
    width: u16,
}

fn used(member: &MemberState) -> (Usage, ScoreTier) {
    (member.usage, member.tier)
}

impl Source {
    fn is(&self, answer: &Answer, round: &Arc<Round>, single: &Arc<Option<Single>>, width: u16) -> bool {
        let run = &answer.run;
        self.width == width
            && Arc::ptr_eq(&self.round, round)
            && Arc::ptr_eq(&self.single, single)
            && self.departures == run.departures()
            && self.weights == run.weights().now()
            && self.used.iter().copied().eq(run.members.iter().map(used))
    }

    fn new(answer: &Answer, round: &Arc<Round>, single: &Arc<Option<Single>>, width: u16) -> Self {
        let run = &answer.run;
        Self {
            round: Arc::clone(round),
            single: Arc::clone(single),
            departures: run.departures().to_vec(),
            weights: run.weights().now().to_vec(),
            used: run.members.iter().map(used).collect(),
            width,
        }
    }
}

impl Reasons {
    /// The reasons of the round at this place among the answer's rounds, in lines of this many columns; while it is open those of
    /// the last decided round before it, if there is any. `single` holds the run against its strongest member.
    pub fn of(&mut self, answer: &Answer, at: Option<usize>, single: &Arc<Option<Single>>, width: u16) -> Arc<Prose> {
        let rounds = at.and_then(|at| answer.run.rounds.get(..=at)).unwrap_or_default();
        let make = |round| Arc::new(why::prose(&why::why(answer, round, Option::as_ref(single)), answer, width));
        let Some(round) = rounds.iter().rfind(|round| round.accepted.is_some()) else {
            // An open round changes with every event, and whoever keeps it makes each of them copy it.
            return make(rounds.last().map(AsRef::as_ref));
        };
        match &self.0 {
            Some((source, prose)) if source.is(answer, round, single, width) => Arc::clone(prose),
            Some(_) | None => {
                let prose = make(Some(round.as_ref()));
                self.0 = Some((Source::new(answer, round, single, width), Arc::clone(&prose)));
                prose
            }
        }
    }
}
