//! Rounds that verifiers decide, and open ones while their votes come.

use super::super::figure;
use super::quotes::quotes;
use super::{Caption, Moment};
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::candidate::Candidate;
use crate::engine::fusion::deciding::{Deciding, Vote};
use crate::engine::fusion::run::Round;

/// The others do not care if they put the two best candidates no further apart than this part of what the deciding vote does.
const INDIFFERENT: f64 = 0.25;

/// The two best candidates in words.
struct Best {
    winner: DisplayText,
    second: DisplayText,
    author: DisplayText,
    /// The winner's authors as its owners.
    authors: DisplayText,
    rival: DisplayText,
    /// The runner-up's authors as its owners.
    rivals: DisplayText,
}

impl Moment<'_> {
    fn best(&self, deciding: &Deciding) -> Option<Best> {
        let (winner, second) = (self.candidate(deciding.winner)?, self.candidate(deciding.second)?);
        let (one, other) = quotes(winner, second);
        let named = |candidate: &Candidate| (self.named(&candidate.authors), self.owned(&candidate.authors));
        let ((author, authors), (rival, rivals)) = (named(winner), named(second));
        Some(Best { winner: one, second: other, author, authors, rival, rivals })
    }

    /// A round that was decided by votes; `parts` is what else happened in it.
    pub(super) fn voted(&self, round: &Round, deciding: &Deciding, parts: Vec<DisplayText>) -> Caption {
        let Some(best) = self.best(deciding) else { return "the drafts are in".into() };
        let accepted = round.accepted_candidate().map(|candidate| candidate.key);
        if accepted.is_some() && accepted != self.candidate(deciding.winner).map(|candidate| candidate.key) {
            let short = "most verifiers end the answer here";
            return Caption::new(&[display!("{short}, though {} draft scored best", best.authors), short.into()], &parts);
        }
        let heads = self.heads(deciding, &best);
        let own: Vec<DisplayText> = self.about_the_others(deciding);
        // Who leaves comes before how sure the decision is, but not before what was decided against most.
        let (first, rest) = own.split_at(own.len().min(1));
        let all: Vec<DisplayText> = first.iter().cloned().chain(parts).chain(rest.iter().cloned()).collect();
        Caption::new(&heads, &all)
    }

    fn heads(&self, deciding: &Deciding, best: &Best) -> Vec<DisplayText> {
        let Best { winner, second, author, authors, rival, rivals } = best;
        let Some(margin) = deciding.margin else {
            let long = display!("{author} won with {winner}: of {rivals} {second} only its author has a score");
            return vec![long, display!("{author} won with {winner}")];
        };
        if margin == 0.0 {
            let long = display!("a tie: {authors} {winner} and {rivals} {second} score the same, and {author} is listed first");
            return vec![long, display!("a tie: {author} is listed before {rival}"), "a tie".into()];
        }
        let behind = display!("{rival}, second by {}", figure(margin));
        let cast = deciding.votes.iter().filter(|vote| vote.winner.is_some()).count();
        match deciding.deciding_vote() {
            Some(vote) if cast > 1 && sways(deciding, vote) => {
                let who = self.name(vote.verifier);
                let what = if vote.own { "its own " } else { "" };
                let did = if deciding.turns(vote) { "decided it" } else { "mattered most" };
                let short = if vote.own { display!("{who} {did}") } else { display!("{who} {did} for {author}") };
                let numbers = numbers(vote, winner, second);
                vec![
                    display!("{short}: {} for {what}{winner}, {} for {second} ({behind})", said(vote.winner), said(vote.second)),
                    display!("{short}: {numbers}"),
                    short,
                ]
            }
            Some(vote) if cast == 1 => {
                let who = self.name(vote.verifier);
                vec![
                    display!("{who} alone voted: {} ({behind})", numbers(vote, winner, second)),
                    display!("{who} alone voted: {}", numbers(vote, winner, second)),
                    display!("{who} alone voted"),
                ]
            }
            _ if deciding.all_agree() => {
                let of = deciding.majority.map_or(0, |majority| majority.of);
                vec![
                    display!("all {of} verifiers prefer {authors} {winner} to {second} ({behind})"),
                    display!("all {of} verifiers prefer {winner} to {second}"),
                    display!("all {of} verifiers prefer {authors} draft"),
                ]
            }
            Some(vote) => {
                let short = display!("{author} won with {winner}, {} ahead of {rivals} {second}", figure(margin));
                let most = display!("{} mattered most ({})", self.name(vote.verifier), pair(vote));
                vec![display!("{short}; {most}"), short, display!("{author} won by {}", figure(margin))]
            }
            None => {
                let short = display!("{author} won by {}", figure(margin));
                vec![display!("{author} won with {winner}, {} ahead of {rivals} {second}", figure(margin)), short]
            }
        }
    }

    /// What the other votes say, the most important first.
    fn about_the_others(&self, deciding: &Deciding) -> Vec<DisplayText> {
        let mut parts = Vec::new();
        let Some(vote) = deciding.deciding_vote().filter(|_| deciding.margin != Some(0.0)) else { return parts };
        let turning = deciding.turning().count();
        let cast = deciding.votes.iter().filter(|vote| vote.winner.is_some()).count();
        if let Some(apart) = indifferent(deciding, vote) {
            parts.push(apart);
        }
        if let Some(majority) = deciding.outvoted() {
            let ahead = deciding.votes.iter().filter(|vote| vote.prefers == Some(deciding.winner)).count();
            let (liked, winner) = (self.owners(majority.candidate), self.owners(deciding.winner));
            parts.push(display!("{} of {} preferred {liked}, {ahead} {winner}", majority.votes, majority.of));
        }
        match vote.without.filter(|_| cast > 1) {
            Some(other) if other.candidate != deciding.winner => {
                parts.push(display!(
                    "without {}'s vote {} would have won",
                    self.name(vote.verifier),
                    self.authors(other.candidate)
                ));
            }
            Some(same) if sways(deciding, vote) => {
                let by = same.margin.map_or_else(DisplayText::new, |margin| display!(", by {}", figure(margin)));
                let winner = self.authors(same.candidate);
                let whose = if vote.own { "its own".into() } else { display!("{}'s", self.name(vote.verifier)) };
                parts.push(display!("without {whose} vote {winner} would still have won{by}"));
            }
            Some(_) | None => {}
        }
        if let Some(blind) = deciding.without_own.filter(|blind| blind.candidate != deciding.winner) {
            parts.push(display!("without authors' own scores {} would have won", self.authors(blind.candidate)));
        }
        match turning {
            _ if cast < 2 => {}
            0 if !deciding.all_agree() && !sways(deciding, vote) => parts.push("no single vote decided it".into()),
            0 => {}
            1 => parts.push("no other vote would have changed it".into()),
            several => parts.push(display!("each of {several} votes could have changed it")),
        }
        parts
    }

    /// An open round: who is ahead; `votes` says how many are in.
    pub(super) fn ahead(&self, deciding: &Deciding, votes: DisplayText, parts: Vec<DisplayText>) -> Caption {
        let Some(best) = self.best(deciding) else { return "the drafts are in".into() };
        let Best { winner, second, author, authors, rival, rivals } = &best;
        let mut more = vec![votes];
        let heads = match (deciding.margin, deciding.deciding_vote()) {
            (Some(0.0), _) => {
                vec![display!("{authors} {winner} and {rivals} {second} are level"), display!("{author} and {rival} are level")]
            }
            (_, Some(vote)) if vote.prefers == Some(deciding.winner) && indifferent(deciding, vote).is_some() => {
                let who = if vote.own { "it".into() } else { display!("{}", self.name(vote.verifier)) };
                more.insert(0, indifferent(deciding, vote).unwrap_or_default());
                vec![
                    display!(
                        "{author} is ahead: {who} alone is sure ({} for {winner}, at most {} for the rest)",
                        said(vote.winner),
                        said(vote.rest)
                    ),
                    display!("{author} is ahead: {who} alone is sure ({} for {winner})", said(vote.winner)),
                    display!("{author} is ahead: {who} alone is sure"),
                ]
            }
            _ if deciding.all_agree() => {
                vec![display!("{author} is ahead: every vote so far prefers {winner} to {second}"), display!("{author} is ahead")]
            }
            (margin, _) => {
                let by = margin.map_or_else(DisplayText::new, |margin| display!(" by {}", figure(margin)));
                vec![
                    display!("{authors} {winner} is ahead of {rivals} {second}{by}"),
                    display!("{author} is ahead of {rival}{by}"),
                ]
            }
        };
        more.extend(parts);
        Caption::new(&heads, &more)
    }
}

/// Whether a vote alone tells how the round went: another candidate would have won without it, or no other verifier cares.
fn sways(deciding: &Deciding, vote: &Vote) -> bool {
    let prefers = vote.prefers == Some(deciding.winner);
    deciding.turns(vote) || (prefers && indifferent(deciding, vote).is_some())
}

/// How little the others care, if they do.
fn indifferent(deciding: &Deciding, vote: &Vote) -> Option<DisplayText> {
    let (count, apart) = deciding.others()?;
    let who = if count == 1 { "the other hardly cares".into() } else { display!("the other {count} hardly care") };
    let cares = apart > vote.difference()?.abs() * INDIFFERENT;
    let apart = if apart < 0.0005 { DisplayText::new() } else { display!(" (at most {} apart)", figure(apart)) };
    (!cares).then(|| display!("{who}{apart}"))
}

/// A vote's two numbers with what they are for.
fn numbers(vote: &Vote, winner: &DisplayText, second: &DisplayText) -> DisplayText {
    display!("{} for {winner}, {} for {second}", said(vote.winner), said(vote.second))
}

fn pair(vote: &Vote) -> DisplayText {
    display!("{} against {}", said(vote.winner), said(vote.second))
}

fn said(score: Option<f64>) -> DisplayText {
    score.map_or_else(|| "no score".into(), figure)
}
