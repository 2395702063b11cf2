//! What is missing and how to get it, each a sentence for a person.

use super::Settings;
use super::kind::Kind;
use super::probe::Probed;
use super::request::Part;
use crate::engine::fusion::event::{Drafting, ScoreTier};

/// The sentences about one model.
pub(super) fn of(probed: &Probed, settings: &Settings) -> Vec<String> {
    let dialect = settings.kind.dialect();
    let drafting = match probed.drafting {
        Drafting::Raw | Drafting::Prefill => None,
        Drafting::Instruction => Some("it cannot be made to continue an answer begun: it is told to in words"),
        Drafting::None => Some("it reasons before it replies, and that cannot be switched off: it verifies, but does not draft"),
    };
    let scoring = probed.scoring.is_none().then_some(dialect.scoring_advice);
    let judging = match probed.tier() {
        ScoreTier::Labels => Some("it judges by the probability of the letter that names a candidate"),
        ScoreTier::Ranking => Some("it reports no log-probabilities of its own words: it judges by ranking, which says less"),
        ScoreTier::InProcess | ScoreTier::Prompt | ScoreTier::Forced | ScoreTier::None => None,
    };
    let end = (probed.scoring.is_some() && probed.end_token.is_none())
        .then_some("it cannot tell how probable the end of an answer is: only the text of candidates counts");
    let sampling = [(Part::Temperature, "temperature"), (Part::TopP, "top_p"), (Part::Seed, "seed")];
    let refused: Vec<&str> =
        sampling.into_iter().filter(|(part, _)| probed.tuning.refused.contains(part)).map(|(_, name)| name).collect();
    let refused = (!refused.is_empty()).then(|| format!("this model takes no {}: it is left out", refused.join(", ")));
    let unpinned = settings.kind == Kind::OpenRouter && settings.providers.is_empty();
    let unpinned = unpinned.then_some("no provider is pinned: rounds may be answered by different ones, which score differently");
    let fixed = [drafting, scoring, judging, end, unpinned].into_iter().flatten().map(str::to_owned);
    fixed.chain(refused).collect()
}
