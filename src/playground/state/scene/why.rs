//! Why a round was won: the candidates with every verifier's score, who agreed, and what other scoring rules would choose.

use std::sync::Arc;

use super::super::play::Play;
use super::super::prose::{Line, Prose, Tone, line, wrap};
use super::table::{Cell, cell, matrix};
use super::timeline::changed_before;
use super::{counted, figure, usage};
use crate::clean::clean_line;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::params::{Choice, Params};
use crate::engine::fusion::run::Round;
use crate::engine::fusion::score::ScoringRule;

/// The longest start of a candidate that is kept for the screen, in characters.
const LONGEST: usize = 400;

/// One candidate of the round.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateRow {
    /// Its authors, earliest first.
    pub authors: Vec<MemberIndex>,
    /// Its text, cleaned, on one line.
    pub text: String,
    /// Whether it ends the answer.
    pub ends: bool,
    /// The fused score.
    pub score: Option<f64>,
    /// A cell for each verifier.
    pub cells: Vec<Cell>,
    /// Whether it was accepted.
    pub accepted: bool,
}

/// What another scoring rule makes of the same recorded scores.
#[derive(Debug, Clone, PartialEq)]
pub struct OtherRule {
    /// The rule's name.
    pub rule: &'static str,
    /// Whose candidate it would choose.
    pub winner: Option<MemberIndex>,
    /// By how much.
    pub margin: Option<f64>,
    /// Whether it is the rule in force.
    pub in_force: bool,
    /// Whether it would have chosen another candidate than the rule in force.
    pub differs: bool,
}

/// The reasons of a round.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Why {
    /// The round; 0 where there is none.
    pub number: usize,
    /// Who verified.
    pub verifiers: Vec<MemberIndex>,
    /// Best first.
    pub candidates: Vec<CandidateRow>,
    /// In words: margin, agreement.
    pub notes: Vec<String>,
    /// Every scoring rule.
    pub rules: Vec<OtherRule>,
}

/// The reasons of the round looked at.
#[must_use]
pub fn why(play: &Play, round: Option<&Round>) -> Why {
    let Some(round) = round else { return Why::default() };
    let matrix = matrix(play, round, &round.params);
    let accepted = |candidate: &crate::engine::fusion::candidate::Candidate| {
        round.accepted.as_ref().is_some_and(|accepted| accepted.text == candidate.text && accepted.ends == candidate.ends)
    };
    let candidates = matrix.ranking.order.iter().map(|column| CandidateRow {
        authors: matrix.candidates[*column].authors.clone(),
        text: clean_line(&matrix.candidates[*column].text.chars().take(LONGEST).collect::<String>()),
        ends: matrix.candidates[*column].ends,
        score: matrix.ranking.scores[*column],
        cells: (0..matrix.verifiers.len()).map(|verifier| cell(round, &matrix, verifier, *column)).collect(),
        accepted: accepted(&matrix.candidates[*column]),
    });
    let candidates: Vec<CandidateRow> = candidates.collect();
    Why {
        number: round.number,
        notes: notes(play, round, &candidates, &matrix.verifiers, matrix.ranking.margin)
            .into_iter()
            .chain(tuned(play, round))
            .collect(),
        rules: rules(play, round),
        verifiers: matrix.verifiers,
        candidates,
    }
}

fn notes(play: &Play, round: &Round, candidates: &[CandidateRow], verifiers: &[MemberIndex], margin: Option<f64>) -> Vec<String> {
    let mut notes = Vec::new();
    let Some(best) = candidates.first() else { return vec!["no candidate yet".to_owned()] };
    if candidates.len() == 1 {
        notes.push(match (round.accepted.is_some(), best.authors.len()) {
            (false, _) => "one candidate so far".to_owned(),
            (true, 1) => "there was no other candidate, so nothing had to be scored".to_owned(),
            (true, _) => "all drafts were the same, so nothing had to be scored".to_owned(),
        });
        return notes;
    }
    if let Some(margin) = margin {
        notes.push(format!("the best is {} ahead of the second", figure(margin)));
    }
    let preferred = |verifier: &usize| {
        let score = |row: &CandidateRow| match &row.cells[*verifier] {
            Cell::Score { score, .. } => Some(*score),
            Cell::None | Cell::Open | Cell::Failed(_) => None,
        };
        let own = score(best)?;
        Some(candidates.iter().filter_map(score).all(|other| other <= own))
    };
    let opinions: Vec<(usize, bool)> =
        (0..verifiers.len()).filter_map(|verifier| Some((verifier, preferred(&verifier)?))).collect();
    let against: Vec<&str> =
        opinions.iter().filter(|(_, agrees)| !agrees).map(|(verifier, _)| play.name(verifiers[*verifier])).collect();
    let agree = opinions.len() - against.len();
    notes.push(if against.is_empty() {
        format!("all {} scored it highest", counted(agree, "verifier"))
    } else {
        format!("{} scored it highest; {} preferred another", counted(agree, "verifier"), against.join(", "))
    });
    if round.accepted.as_ref().is_some_and(|accepted| accepted.overridden) {
        notes.push("a person chose over the ranking".to_owned());
    }
    notes
}

/// Which knobs a person changed before the round.
fn tuned(play: &Play, round: &Round) -> Option<String> {
    let place = play.run.rounds.partition_point(|before| before.number < round.number);
    let changes = changed_before(play, place);
    let changes: Vec<String> = changes.iter().map(|(knob, value)| format!("{} to {value}", knob.name)).collect();
    (!changes.is_empty()).then(|| format!("knobs changed before this round: {}", changes.join(", ")))
}

/// Every scoring rule on the same recorded log-probabilities, with the same weights.
fn rules(play: &Play, round: &Round) -> Vec<OtherRule> {
    let winner = |rule: ScoringRule| {
        let params = Params { scoring: rule, ..Params::clone(&round.params) };
        let matrix = matrix(play, round, &Arc::new(params));
        let first = matrix.ranking.order.first().filter(|first| matrix.ranking.scores[**first].is_some());
        (first.map(|first| matrix.candidates[*first].key), matrix.ranking.margin)
    };
    let (chosen, _) = winner(round.params.scoring);
    ScoringRule::NAMES
        .iter()
        .map(|(rule, name)| {
            let (winner, margin) = winner(*rule);
            OtherRule { rule: name, winner, margin, in_force: *rule == round.params.scoring, differs: winner != chosen }
        })
        .collect()
}

/// The reasons as words, for a popup or a side panel of so many columns.
#[must_use]
pub fn prose(why: &Why, play: &Play, width: u16) -> Prose {
    let mut prose = Prose::new();
    if why.number == 0 {
        prose.push(line(Tone::Dim, "no round yet"));
        return prose;
    }
    prose.push(line(Tone::Heading, format!("round {}", why.number)));
    for note in &why.notes {
        wrap(&mut prose, Vec::new(), Tone::Plain, note, width, 0);
    }
    for (place, row) in why.candidates.iter().enumerate() {
        prose.push(Vec::new());
        let mut head = vec![(Tone::Plain, format!("{:>2} ", place + 1))];
        head.extend(row.authors.iter().map(|author| (Tone::Member(author.0), play.letter(*author).to_string())));
        head.push((Tone::Plain, " ".to_owned()));
        let indent = 4 + row.authors.len() as u16;
        let text = match (row.text.is_empty(), row.ends) {
            (true, _) => "(the answer ends here)".to_owned(),
            (false, true) => format!("{} [end]", row.text),
            (false, false) => row.text.clone(),
        };
        wrap(&mut prose, head, if row.accepted { Tone::Strong } else { Tone::Plain }, &text, width, indent);
        prose.extend(scores(row, &why.verifiers, play, width));
    }
    if why.candidates.len() > 1 {
        prose.push(Vec::new());
        prose.push(line(Tone::Heading, "what each rule would choose from the same scores"));
        prose.extend(why.rules.iter().map(|rule| rule_line(rule, play)));
    }
    prose.extend(used(play, width));
    prose
}

/// What each member used so far, where anybody counts it, and how those score whose way was lowered.
fn used(play: &Play, width: u16) -> Prose {
    let mut prose = Prose::new();
    for (place, member) in play.run.members.iter().enumerate() {
        let mut parts = Vec::new();
        if !member.usage.is_zero() {
            parts.push(usage::tokens(member.usage));
        }
        parts.extend(member.cost().map(usage::cost));
        if member.tier != member.header.capabilities.tier {
            parts.push(format!("{} now", member.tier.in_words()));
        }
        if !parts.is_empty() {
            let head = vec![(Tone::Member(place), format!("  {} ", play.letter(MemberIndex(place))))];
            wrap(&mut prose, head, Tone::Plain, &parts.join(" · "), width, 4);
        }
    }
    if !prose.is_empty() {
        prose.insert(0, line(Tone::Heading, "what the answer took so far"));
        prose.insert(0, Vec::new());
    }
    prose
}

/// The fused score, then each verifier's, in as many lines as they take.
fn scores(row: &CandidateRow, verifiers: &[MemberIndex], play: &Play, width: u16) -> Prose {
    let fused = row.score.map_or_else(|| "no score".to_owned(), figure);
    let mut lines = vec![vec![(Tone::Strong, format!("    {fused:>6} ="))]];
    let mut used = 12;
    for (verifier, cell) in verifiers.iter().zip(&row.cells) {
        if used + 8 > width {
            lines.push(vec![(Tone::Plain, " ".repeat(12))]);
            used = 12;
        }
        let (tone, text) = match cell {
            Cell::None => (Tone::Dim, "-".to_owned()),
            Cell::Open => (Tone::Dim, "\u{b7}".to_owned()),
            Cell::Failed(_) => (Tone::Bad, "err".to_owned()),
            Cell::Score { score, share, .. } => (Tone::Heat(super::heat(*share)), figure(*score)),
        };
        if let Some(last) = lines.last_mut() {
            last.push((Tone::Member(verifier.0), format!(" {}", play.letter(*verifier))));
            last.push((tone, format!("{text:>6}")));
        }
        used += 8;
    }
    let failed = row.cells.iter().zip(verifiers).filter_map(|(cell, verifier)| match cell {
        Cell::Failed(error) => Some(line(Tone::Bad, format!("    {}: {error}", play.name(*verifier)))),
        Cell::None | Cell::Open | Cell::Score { .. } => None,
    });
    let failed: Vec<Line> = failed.collect();
    lines.extend(failed);
    lines
}

fn rule_line(rule: &OtherRule, play: &Play) -> Line {
    let winner = rule.winner.map_or_else(|| "nobody".to_owned(), |winner| play.name(winner).to_owned());
    let margin = rule.margin.map_or_else(String::new, |margin| format!(" by {}", figure(margin)));
    let note = match (rule.in_force, rule.differs) {
        (true, _) => " (in force)",
        (false, true) => " (another)",
        (false, false) => "",
    };
    let tone = if rule.differs { Tone::Warning } else { Tone::Plain };
    let member = rule.winner.map_or(Tone::Dim, |winner| Tone::Member(winner.0));
    vec![(Tone::Dim, format!("  {:<13} ", rule.rule)), (member, winner), (tone, format!("{margin}{note}"))]
}
