//! Votes worked out by hand, and against a slow reference that ranks again without the rows in question.

use proptest::prelude::*;

use super::*;
use crate::engine::fusion::score::{Cell, Cells, Grid, Normalisation, ScoreSettings, ScoringRule, TokenScores, rank};

/// A row per verifier, a probability per candidate.
type Rows = Vec<Vec<Option<f32>>>;

const PLAIN: ScoreSettings =
    ScoreSettings { rule: ScoringRule::MeanProb, normalisation: Normalisation::None, outlier_ratio: None };

fn cells(rows: &Rows, columns: usize) -> Grid<Option<Cell>> {
    let mut cells = Grid::filled(rows.len(), columns, None);
    for (place, row) in rows.iter().enumerate() {
        for (cell, probability) in cells[place].iter_mut().zip(row) {
            *cell = probability.and_then(|probability| TokenScores::of(&[probability.ln()], 1)).map(Cell::Tokens);
        }
    }
    cells
}

fn judged(rows: &[&[f32]]) -> Grid<Option<Cell>> {
    let mut cells = Grid::filled(rows.len(), rows[0].len(), None);
    for (place, row) in rows.iter().enumerate() {
        for (cell, share) in cells[place].iter_mut().zip(*row) {
            *cell = Some(Cell::Preference(*share));
        }
    }
    cells
}

/// Candidate n is by member n, unless `shared` says by whom.
fn candidates(count: usize, shared: Option<&[MemberIndex]>) -> Vec<Candidate> {
    let candidate = |place: usize| Candidate {
        key: MemberIndex(place),
        authors: shared.filter(|_| place == 0).map_or_else(|| vec![MemberIndex(place)], <[_]>::to_vec),
        text: format!("{place}").into(),
        characters: 1,
        ends: false,
    };
    (0..count).map(candidate).collect()
}

fn decide(cells: &impl Cells, weights: &[f64], settings: ScoreSettings) -> Option<Deciding> {
    let verifiers: Vec<MemberIndex> = (0..cells.rows()).map(MemberIndex).collect();
    let ranking = rank(cells, weights, settings);
    let candidates = candidates(cells.columns(), None);
    Deciding::of(Votes { verifiers: &verifiers, candidates: &candidates, ranking: &ranking, weights }, |_| true)
}

fn plain(rows: &[&[f32]]) -> Option<Deciding> {
    let rows: Rows = rows.iter().map(|row| row.iter().copied().map(Some).collect()).collect();
    decide(&cells(&rows, rows[0].len()), &vec![1.0; rows.len()], PLAIN)
}

#[test]
fn an_author_that_is_sure_of_its_own_draft_decides_where_the_others_do_not_care() {
    let votes = plain(&[&[0.30, 0.34, 0.30], &[0.02, 0.99, 0.05], &[0.30, 0.33, 0.34]]).unwrap();
    assert_eq!((votes.winner, votes.second, votes.deciding), (1, 2, Some(1)));
    let vote = votes.deciding_vote().unwrap();
    assert!(vote.own);
    assert!((vote.winner.unwrap() - 0.99).abs() < 1e-6 && (vote.rest.unwrap() - 0.05).abs() < 1e-6);
    let (others, apart) = votes.others().unwrap();
    assert!(others == 2 && (apart - 0.04).abs() < 1e-6, "{apart}");
    assert_eq!(votes.turning().count(), 0, "without it .335 are still ahead of .32");
    assert!(!votes.all_agree() && votes.outvoted().is_none());
}

#[test]
fn a_vote_that_outvotes_the_majority_is_told() {
    let votes = plain(&[&[0.99, 0.10, 0.10], &[0.30, 0.40, 0.30], &[0.30, 0.40, 0.30]]).unwrap();
    assert_eq!((votes.winner, votes.second, votes.deciding), (0, 1, Some(0)));
    assert_eq!(votes.turning().map(|vote| vote.verifier.0).collect::<Vec<_>>(), [0]);
    assert_eq!(votes.outvoted(), Some(Majority { candidate: 1, votes: 2, of: 3 }));
    assert_eq!(votes.without_own.map(|ahead| ahead.candidate), Some(0), "of the others .3 against .25");
}

#[test]
fn votes_that_are_alike_decide_together() {
    let votes = plain(&[&[0.5, 0.25], &[0.5, 0.25], &[0.5, 0.25]]).unwrap();
    assert_eq!((votes.deciding, votes.all_agree()), (None, true));
    let tie = plain(&[&[0.5, 0.5], &[0.5, 0.5]]).unwrap();
    assert_eq!((tie.winner, tie.margin, tie.deciding, tie.majority), (0, Some(0.0), None, None));
}

#[test]
fn without_the_only_verifier_nothing_is_ahead() {
    let votes = plain(&[&[0.2, 0.7]]).unwrap();
    assert_eq!((votes.winner, votes.deciding, votes.others()), (1, Some(0), None));
    assert_eq!(votes.votes[0].without, None);
    assert!(votes.turns(&votes.votes[0]) && !votes.all_agree());
}

#[test]
fn fewer_than_two_scored_candidates_decide_nothing() {
    assert_eq!(plain(&[&[0.2], &[0.7]]), None);
    assert_eq!(decide(&cells(&vec![vec![Some(0.5), None]; 2], 2), &[1.0; 2], PLAIN), None);
    assert_eq!(decide(&cells(&vec![vec![None, None]; 2], 2), &[1.0; 2], PLAIN), None);
    assert_eq!(decide(&cells(&Vec::new(), 2), &[], PLAIN), None);
}

#[test]
fn a_judge_is_a_vote_like_another() {
    let votes = decide(&judged(&[&[0.8, 0.2], &[0.4, 0.6]]), &[1.0; 2], PLAIN).unwrap();
    assert_eq!((votes.winner, votes.deciding, votes.turning().count()), (0, Some(0), 1));
}

#[test]
fn who_has_yet_to_score_a_candidate_does_not_count() {
    let rows = vec![vec![Some(0.9), None], vec![Some(0.2), Some(0.6)]];
    let (grid, weights) = (cells(&rows, 2), [1.0; 2]);
    let ranking = rank(&grid, &weights, PLAIN);
    let (verifiers, candidates) = ([MemberIndex(0), MemberIndex(1)], candidates(2, None));
    let votes = Votes { verifiers: &verifiers, candidates: &candidates, ranking: &ranking, weights: &weights };
    let all = |counts: &dyn Fn(usize) -> bool| Deciding::of(votes, counts).map(|votes| (votes.winner, votes.deciding));
    assert_eq!(all(&|_| true), Some((1, Some(1))));
    assert_eq!(all(&|row| row == 1), Some((1, Some(1))));
    assert_eq!(all(&|row| row == 0), None, "one candidate alone");
}

/// What is ahead under the votes of these rows only, ranked from their cells.
fn reference(
    rows: &Rows,
    columns: usize,
    weights: &[f64],
    settings: ScoreSettings,
    kept: &[usize],
) -> Option<(usize, Option<f64>)> {
    let rows: Rows = kept.iter().map(|row| rows[*row].clone()).collect();
    let weights: Vec<f64> = kept.iter().map(|row| weights[*row]).collect();
    let ranking = rank(&cells(&rows, columns), &weights, settings);
    let first = *ranking.order.first()?;
    ranking.scores[first].map(|_| (first, ranking.margin))
}

fn settings() -> impl Strategy<Value = ScoreSettings> {
    let rules = prop::sample::select(ScoringRule::ALL);
    (rules, prop::option::of(1.5_f64..4.0)).prop_map(|(rule, outlier_ratio)| ScoreSettings { rule, outlier_ratio, ..PLAIN })
}

fn tables() -> impl Strategy<Value = (Rows, usize, Vec<f64>)> {
    (1_usize..6, 0_usize..6).prop_flat_map(|(columns, rows)| {
        // Few different values, so that ties are frequent.
        let probability = prop::option::weighted(0.9, prop::sample::select(vec![0.1_f32, 0.25, 0.5, 0.75, 0.9]));
        let rows_of = prop::collection::vec(prop::collection::vec(probability, columns), rows);
        let weights = prop::collection::vec(prop::sample::select(vec![0.0_f64, 0.5, 1.0, 2.0]), rows);
        (rows_of, Just(columns), weights)
    })
}

proptest! {
    #[test]
    fn every_vote_left_out_is_a_vote_that_was_never_cast(
        (rows, columns, weights) in tables(),
        settings in settings(),
    ) {
        let all: Vec<usize> = (0..rows.len()).collect();
        let votes = decide(&cells(&rows, columns), &weights, settings);
        let scored = rank(&cells(&rows, columns), &weights, settings).scores.iter().flatten().count();
        prop_assert_eq!(votes.is_some(), scored > 1);
        let Some(votes) = votes else { return Ok(()) };
        let told = |ahead: Option<Ahead>| ahead.map(|ahead| (ahead.candidate, ahead.margin));
        prop_assert_eq!(Some((votes.winner, votes.margin)), reference(&rows, columns, &weights, settings, &all));
        let mut leads = Vec::new();
        for (row, vote) in votes.votes.iter().enumerate() {
            let kept: Vec<usize> = all.iter().copied().filter(|other| *other != row).collect();
            let expected = reference(&rows, columns, &weights, settings, &kept);
            prop_assert_eq!(told(vote.without), expected);
            prop_assert_eq!(votes.turns(vote), expected.map(|(first, _)| first) != Some(votes.winner));
            let said: Rows = kept.iter().map(|row| rows[*row].clone()).collect();
            let weights: Vec<f64> = kept.iter().map(|row| weights[*row]).collect();
            let scores = rank(&cells(&said, columns), &weights, settings).scores;
            let rival = scores.iter().enumerate().filter(|(place, _)| *place != votes.winner).filter_map(|(_, score)| *score);
            let rival = rival.fold(f64::NEG_INFINITY, f64::max);
            leads.push(scores[votes.winner].map_or(f64::NEG_INFINITY, |own| own - rival));
        }
        // No other vote leaves the winner less ahead than the deciding one, and none does if there is none.
        let least = leads.iter().copied().fold(f64::INFINITY, f64::min);
        match votes.deciding {
            Some(row) => prop_assert!(leads[row] <= least && leads[row] < votes.margin.unwrap_or(f64::INFINITY)),
            None => prop_assert!(least >= votes.margin.unwrap_or(f64::INFINITY) - 1e-9, "{leads:?} {:?}", votes.margin),
        }
        // Whatever turns the round leaves the winner behind or level.
        prop_assert!(votes.votes.iter().zip(&leads).all(|(vote, lead)| !votes.turns(vote) || *lead <= 1e-9));
    }

    #[test]
    fn without_own_scores_is_a_round_in_which_no_author_votes_on_its_draft((rows, columns, weights) in tables()) {
        let Some(votes) = decide(&cells(&rows, columns), &weights, PLAIN) else { return Ok(()) };
        let mut blind = rows.clone();
        for (place, row) in blind.iter_mut().enumerate() {
            if let Some(own) = row.get_mut(place) {
                *own = None;
            }
        }
        let all: Vec<usize> = (0..rows.len()).collect();
        let expected = reference(&blind, columns, &weights, PLAIN, &all);
        prop_assert_eq!(votes.without_own.map(|ahead| (ahead.candidate, ahead.margin)), expected);
    }

    #[test]
    fn the_majority_is_what_most_verifiers_score_highest((rows, columns, weights) in tables()) {
        let Some(votes) = decide(&cells(&rows, columns), &weights, PLAIN) else { return Ok(()) };
        let count = |candidate| votes.votes.iter().filter(|vote| vote.prefers == Some(candidate)).count();
        let most = (0..columns).map(count).max().unwrap_or(0);
        prop_assert_eq!(votes.majority.map_or(0, |majority| majority.votes), most);
        prop_assert_eq!(votes.majority.map_or(0, |majority| count(majority.candidate)), most);
        if let Some(outvoted) = votes.outvoted() {
            prop_assert!(outvoted.votes > count(votes.winner));
        }
        if votes.all_agree() {
            prop_assert!(votes.votes.iter().all(|vote| vote.prefers.is_none_or(|first| first == votes.winner)));
        }
    }
}
