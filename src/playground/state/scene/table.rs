//! The ranking table: where each member is in the selected round, live while scores arrive.

use unicode_width::UnicodeWidthStr;

use super::super::answer::Answer;
use super::super::roster::Standing;
use super::figure;
use super::lazy::{self, Part};
use super::matrix::{Cell, Matrix, cell, share};
use super::pane::Activity;
use super::status::rule_in_words;
use crate::clean::{DisplayStr, DisplayText, clean_line};
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{ExitReason, Ranked};
use crate::engine::fusion::run::Round;
use crate::engine::fusion::what_if::WhatIf;

/// One member's row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Whose.
    pub member: MemberIndex,
    /// From 1; equal candidates share a rank.
    pub rank: Option<usize>,
    /// The fused score of its candidate.
    pub score: Option<f64>,
    /// What its candidate's score and rank would be under the knobs that are tried.
    pub tried: Option<(f64, usize)>,
    /// The score from 0 to 1, for the bar.
    pub share: f64,
    /// A cell for each verifier of the table.
    pub cells: Vec<Cell>,
    /// How far the best is ahead of the second; for the others how far they are behind the best (negative).
    pub margin: Option<f64>,
    /// Its weight as a verifier.
    pub weight: Option<f64>,
    /// Q.
    pub cumulative: Option<f64>,
    /// p, and the threshold δ / n that it is compared with.
    pub retention: Option<(f64, f64)>,
    /// What it is doing.
    pub activity: Activity,
    /// How it stands, with the reason.
    pub status: DisplayText,
    /// Whether its candidate was accepted.
    pub accepted: bool,
    /// Whether it leaves after this round, or is away already.
    pub leaves: bool,
}

/// The ranking of a round.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The round; 0 where there is none.
    pub number: usize,
    /// Who verifies.
    pub verifiers: Vec<MemberIndex>,
    /// Best first; then those that have no candidate or are away.
    pub rows: Vec<Row>,
    /// Best minus second best.
    pub margin: Option<f64>,
    /// Whether all drafts were one candidate.
    pub unanimous: bool,
    /// The scoring rule in words.
    pub rule: &'static str,
    /// How many verifiers have said all they have to say, and how many there are.
    pub votes: (usize, usize),
    /// Whether this is the last decided round, while nobody has voted in the open one.
    pub is_of_the_round_before: bool,
}

/// The table of a round from its scores; without a round, before the first. `activities` says what each member is doing, by place.
#[must_use]
pub fn table(answer: &Answer, round: Option<(&Round, Matrix)>, activities: &[Activity]) -> Table {
    let Some((round, matrix)) = round else { return before_the_first(answer, activities) };
    let members = (0..answer.labels.len()).map(MemberIndex);
    let mut rows: Vec<Row> = members.map(|member| row(answer, round, &matrix, member, activities)).collect();
    rows.sort_by_key(|row| (row.rank.is_none(), row.rank, row.leaves, row.member));
    Table {
        number: round.number,
        margin: matrix.ranking.margin,
        unanimous: round.ranked.as_ref().is_some_and(|ranked| ranked.unanimous),
        rule: rule_in_words(round.params.scoring),
        votes: votes_in(round, &matrix, &rows),
        verifiers: matrix.verifiers,
        rows,
        is_of_the_round_before: false,
    }
}

/// How many verifiers have said all they have to say, and how many there are.
fn votes_in(round: &Round, matrix: &Matrix, rows: &[Row]) -> (usize, usize) {
    let voted = |verifier: &usize| {
        let cells = || rows.iter().filter_map(|row| row.cells.get(*verifier));
        cells().next().is_some() && !cells().any(|cell| *cell == Cell::Open)
    };
    let (of, count) = (matrix.verifiers.len(), (0..matrix.verifiers.len()).filter(voted).count());
    // There is more to say while drafts are being written.
    let most = if round.accepted.is_some() || round.all_drafted() { of } else { of.saturating_sub(1) };
    (count.min(most), of)
}

impl Row {
    /// The status in this many columns: fewer words where all of them do not fit, rather than a number that is cut.
    #[must_use]
    pub fn status_in(&self, columns: u16) -> DisplayStr<'_> {
        let whole = self.status.as_display();
        let fits = |text: &DisplayStr<'_>| text.width() <= usize::from(columns);
        let before = |mark: &str| whole.find(mark).map(|at| whole.slice(..at));
        let shorter = [": ", " (", "; ", " after "].into_iter().filter_map(before).find(fits);
        if fits(&whole) { whole } else { shorter.unwrap_or(whole) }
    }
}

impl Table {
    /// Whether every verifier has voted.
    #[must_use]
    pub fn has_all_votes(&self) -> bool {
        self.votes.0 == self.votes.1
    }

    /// Whether scores are known that the candidates would have under other knobs.
    #[must_use]
    pub fn has_tried(&self) -> bool {
        self.rows.iter().any(|row| row.tried.is_some())
    }

    /// Says behind a question mark whose candidate would have won under the knobs that are tried, and who would have left; and what
    /// each would have scored.
    pub fn mark(&mut self, round: &Round, what_if: &WhatIf) {
        let Some(again) = what_if.round(round.number) else { return };
        for (place, (key, score)) in again.ranking.iter().enumerate() {
            let candidate = round.candidates().iter().find(|candidate| candidate.key == *key);
            let wrote = |row: &&mut Row| {
                again.drafters.contains(&row.member) && candidate.is_some_and(|candidate| candidate.authors.contains(&row.member))
            };
            for row in self.rows.iter_mut().filter(wrote) {
                row.tried = score.map(|score| (score, place + 1));
            }
        }
        let winner = again.winner.filter(|_| again.differs);
        let authors = winner.and_then(|winner| round.candidates().iter().find(|candidate| candidate.key == winner));
        for row in &mut self.rows {
            let wins = authors.is_some_and(|candidate| candidate.authors.contains(&row.member));
            let left = what_if.leaves.get(row.member.0).copied().flatten();
            let words = match (wins, left) {
                (true, _) => "? wins".into(),
                (false, Some(left)) if left == round.number => "? leaves".into(),
                (false, Some(left)) if left < round.number && !row.leaves => display!("? left after {left}"),
                (false, _) => continue,
            };
            row.status = if row.status.is_empty() { words } else { display!("{words}; {}", row.status) };
        }
    }
}

fn before_the_first(answer: &Answer, activities: &[Activity]) -> Table {
    let row = |member: MemberIndex| {
        let departure = answer.absence(member, 0);
        let standing = answer.standings.get(member.0);
        Row {
            status: match (departure, standing) {
                (Some(departure), _) => clean_line(&departure.reason.in_words()),
                (None, Some(Standing::Away(reason))) => display!("away: {reason}"),
                (None, Some(Standing::Connecting(_))) => "connecting".into(),
                (None, Some(Standing::Unknown | Standing::Ready(_)) | None) => DisplayText::new(),
            },
            leaves: departure.is_some() || matches!(standing, Some(Standing::Away(_))),
            ..empty(member, activities)
        }
    };
    Table {
        rows: (0..answer.labels.len()).map(|place| row(MemberIndex(place))).collect(),
        rule: rule_in_words(answer.run.params.scoring),
        ..Table::default()
    }
}

fn empty(member: MemberIndex, activities: &[Activity]) -> Row {
    Row {
        member,
        rank: None,
        score: None,
        tried: None,
        share: 0.0,
        cells: Vec::new(),
        margin: None,
        weight: None,
        cumulative: None,
        retention: None,
        activity: activities.get(member.0).copied().unwrap_or(Activity::Ready),
        status: DisplayText::new(),
        accepted: false,
        leaves: false,
    }
}

fn row(answer: &Answer, round: &Round, matrix: &Matrix, member: MemberIndex, activities: &[Activity]) -> Row {
    let mut row = empty(member, activities);
    let ranking = &matrix.ranking;
    if let Some(column) = matrix.candidates.iter().position(|candidate| candidate.authors.contains(&member)) {
        row.score = ranking.scores[column];
        row.share = row.score.map_or(0.0, |score| share(score, round));
        row.rank = row.score.and_then(|_| ranking.order.iter().position(|place| *place == column)).map(|place| place + 1);
        row.cells = (0..matrix.verifiers.len()).map(|verifier| cell(round, matrix, verifier, column)).collect();
        let best = ranking.order.first().and_then(|best| ranking.scores[*best]);
        row.margin = match row.rank {
            Some(1) => ranking.margin,
            Some(_) if ranking.unconfirmed[column] => None,
            Some(_) | None => row.score.zip(best).map(|(score, best)| score - best),
        };
    }
    let ranked = round.ranked.as_deref();
    let standing = ranked.and_then(|ranked| ranked.standings.iter().find(|standing| *standing.member == *name(answer, member)));
    if let Some(standing) = standing {
        row.cumulative = Some(standing.cumulative);
        row.retention = Some((standing.retention, standing.threshold));
    }
    row.weight = weight(answer, ranked, member);
    row.accepted = round.accepted.as_ref().is_some_and(|accepted| accepted.authors.contains(&member));
    let departure =
        answer.run.departures().iter().rfind(|departure| departure.member == member && departure.round == round.number);
    let away = answer.absence(member, round.number);
    row.leaves = away.or(departure).is_some();
    row.status = status(round, &row, away.or(departure).map(|departure| (departure.round, &departure.reason)));
    let aside = round.candidate_of(member).and_then(|candidate| round.repeats(candidate.key));
    if let Some(status) = lazily(round, member).filter(|_| !row.leaves) {
        row.status = status;
    }
    if let Some(repeats) = aside.filter(|_| !row.leaves) {
        row.status = display!("set aside: repeats {}", repeats.in_words());
    }
    row
}

fn name(answer: &Answer, member: MemberIndex) -> &str {
    &answer.run.member(member).header.name
}

fn weight(answer: &Answer, ranked: Option<&Ranked>, member: MemberIndex) -> Option<f64> {
    if !answer.labels[member.0].verifies {
        return None;
    }
    match ranked {
        Some(ranked) => ranked.weights.iter().find(|(of, _)| **of == *name(answer, member)).map(|(_, weight)| *weight),
        None => answer.run.weights().now().get(member.0).copied(),
    }
}

/// What a member has to do with a round of lazy drafting, where that is not what the table says of others.
fn lazily(round: &Round, member: MemberIndex) -> Option<DisplayText> {
    match lazy::part(round, member)? {
        Part::Ahead => lazy::kept(round).or_else(|| (!lazy::is_drafting_ahead(round)).then(|| "drafted".into())),
        Part::Verifies if round.accepted.is_some() => Some("judges alone".into()),
        Part::Verifies => None,
        Part::None => Some("takes no part: lazy drafting".into()),
    }
}

/// How a member stands after, or in, this round.
fn status(round: &Round, row: &Row, departure: Option<(usize, &ExitReason)>) -> DisplayText {
    match departure {
        Some((left, ExitReason::Retention { retention, threshold })) if left == round.number => {
            return display!("leaves: {} below {}", figure(*retention), figure(*threshold));
        }
        Some((0, reason)) => return clean_line(&reason.in_words()),
        Some((left, ExitReason::Retention { retention, threshold })) => {
            return display!("left after {left}: {} below {}", figure(*retention), figure(*threshold));
        }
        Some((left, reason)) => return display!("left after {left}: {}", clean_line(&reason.in_words())),
        None => {}
    }
    match (row.activity, &round.accepted) {
        (Activity::Won, Some(accepted)) if accepted.overridden => "chosen by hand".into(),
        (Activity::Won, Some(accepted)) if accepted.authors.len() > 1 && accepted.author != Some(row.member) => {
            "accepted (wrote the same)".into()
        }
        (Activity::Won, _) => "accepted".into(),
        (Activity::Lost, _) => DisplayText::new(),
        (activity, _) => activity.word().into(),
    }
}
