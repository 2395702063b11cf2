//! Properties of the pure rules for every input.

use proptest::prelude::*;
use specfuse::engine::fusion::MemberIndex;
use specfuse::engine::fusion::candidate::{Draft, DraftToken, merge};
use specfuse::engine::fusion::exit::{ExitRule, ExitSettings, ExitState, Quality, Standing, ThresholdCount};
use specfuse::engine::fusion::feedback;
use specfuse::engine::fusion::score::{Cell, Grid, Normalisation, Ranking, ScoreSettings, ScoringRule, TokenScores, rank};
use specfuse::engine::fusion::segment::{SegmentRule, SegmentUnit, align};
use unicode_segmentation::UnicodeSegmentation;

// ---------------------------------------------------------------- segments and candidates

/// Text of every kind that cutting has a rule for, and arbitrary text.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("word"),
        Just("don't"),
        Just("well-known"),
        Just("3.14"),
        Just("42"),
        Just("Mr."),
        Just("e.g."),
        Just("J."),
        Just(" "),
        Just("  "),
        Just("\n"),
        Just("\n\n"),
        Just("\r\n"),
        Just("\t"),
        Just("\u{a0}"),
        Just("."),
        Just("!"),
        Just("…"),
        Just("\""),
        Just("”"),
        Just("("),
        Just(")"),
        Just("**"),
        Just("- "),
        Just("1."),
        Just("## "),
        Just("```"),
        Just("os.path"),
        Just("今"),
        Just("天"),
        Just("。"),
        Just("「"),
        Just("」"),
        Just("か"),
        Just("\u{3099}"),
        Just("สวัส"),
        Just("ดี"),
        Just("မာ"),
        Just("👩\u{200d}👩\u{200d}👧"),
        Just("\u{200d}"),
        Just("\u{301}"),
        Just("é"),
        Just("🇩🇪"),
        Just("🇩"),
        Just("각"),
    ];
    prop_oneof![
        4 => prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat()),
        1 => "\\PC{0,20}",
        1 => any::<String>(),
    ]
}

/// Words of plain letters, divided only by white space.
fn plain_text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop_oneof![Just("a"), Just("bc"), Just(" "), Just("\n"), Just("-"), Just("7")], 0..16)
        .prop_map(|pieces| pieces.concat())
}

fn any_segment_rule() -> impl Strategy<Value = SegmentRule> {
    let unit = prop_oneof![Just(SegmentUnit::Tokens), Just(SegmentUnit::Words), Just(SegmentUnit::Sentence)];
    (unit, 0_usize..6, 0_usize..30, any_text()).prop_map(|(unit, length, token_cap, accepted)| {
        SegmentRule { unit, length, token_cap, ..SegmentRule::sentence(0) }.after(&accepted)
    })
}

/// Whether text may be cut after this many bytes without splitting a character or a grapheme cluster.
fn is_boundary(text: &str, bytes: usize) -> bool {
    bytes == text.len() || text.grapheme_indices(true).any(|(start, _)| start == bytes)
}

proptest! {
    #[test]
    fn cutting_loses_nothing(rule in any_segment_rule(), text in any_text(), ended: bool) {
        let cut = rule.cut(&text, ended);
        prop_assert!(is_boundary(&text, cut.bytes));
        let (kept, rest) = text.split_at(cut.bytes);
        prop_assert_eq!(format!("{kept}{rest}"), text.as_str());
        prop_assert_eq!(kept.is_empty(), text.is_empty());
        prop_assert_eq!(kept.trim().is_empty(), text.trim().is_empty());
        prop_assert!(!cut.ends || (ended && rest.is_empty()));
    }

    #[test]
    fn what_was_cut_and_ends_is_not_cut_again(rule in any_segment_rule(), text in any_text()) {
        let kept = &text[..rule.cut(&text, true).bytes];
        let again = rule.cut(kept, true);
        prop_assert_eq!((again.bytes, again.ends), (kept.len(), true));
    }

    #[test]
    fn a_complete_draft_stays_complete(rule in any_segment_rule(), text in any_text(), tokens in 0_usize..40) {
        if rule.is_complete(&text, tokens) {
            prop_assert!(rule.is_complete(&text, tokens + 1));
        }
    }

    #[test]
    fn no_sentence_is_complete_for_a_full_stop_alone(accepted in any_text(), text in any_text()) {
        let rule = SegmentRule::sentence(100).after(&accepted);
        if !rule.is_complete(&text, 0) {
            let stopped = format!("{text}.");
            prop_assert!(!rule.is_complete(&stopped, 0), "{:?}", stopped);
        }
    }

    #[test]
    fn complete_words_are_the_words_asked_for(length in 1_usize..5, text in plain_text(), more in plain_text()) {
        let rule = SegmentRule::words(length, 100);
        let longer = format!("{text}{more}");
        if rule.is_complete(&text, 0) {
            prop_assert!(rule.is_complete(&longer, 0));
            prop_assert_eq!(text[..rule.cut(&text, false).bytes].split_whitespace().count(), length);
        }
        // However long the draft, the words kept are the same.
        let words = |text: &str| {
            text[..rule.cut(text, false).bytes].split_whitespace().map(str::to_owned).collect::<Vec<_>>()
        };
        if rule.is_complete(&text, 0) {
            prop_assert_eq!(words(&text), words(&longer));
        }
    }

    #[test]
    fn aligned_drafts_have_equally_many_words(texts in prop::collection::vec((plain_text(), any::<bool>()), 0..5)) {
        let drafts: Vec<(&str, bool)> = texts.iter().map(|(text, ends)| (text.as_str(), *ends)).collect();
        let cuts = align(&drafts);
        prop_assert_eq!(cuts.len(), drafts.len());
        let kept = || drafts.iter().zip(&cuts).map(|((text, _), cut)| &text[..cut.bytes]);
        let mut counts: Vec<usize> = kept().map(|text| text.split_whitespace().count()).filter(|&count| count > 0).collect();
        counts.dedup();
        prop_assert!(counts.len() <= 1);
        for ((text, ends), cut) in drafts.iter().zip(&cuts) {
            prop_assert_eq!(cut.ends, *ends && cut.bytes == text.len());
            prop_assert_eq!(text[..cut.bytes].trim().is_empty(), text.trim().is_empty());
        }
    }

    #[test]
    fn aligning_loses_nothing_and_is_done_once(texts in prop::collection::vec((any_text(), any::<bool>()), 0..5)) {
        let drafts: Vec<(&str, bool)> = texts.iter().map(|(text, ends)| (text.as_str(), *ends)).collect();
        let cuts = align(&drafts);
        let kept: Vec<(&str, bool)> =
            drafts.iter().zip(&cuts).map(|((text, _), cut)| (&text[..cut.bytes], cut.ends)).collect();
        prop_assert!(drafts.iter().zip(&cuts).all(|((text, _), cut)| is_boundary(text, cut.bytes)));
        for (cut, (text, ends)) in align(&kept).iter().zip(&kept) {
            prop_assert_eq!((cut.bytes, cut.ends), (text.len(), *ends));
        }
    }

    #[test]
    fn a_draft_is_cut_with_its_tokens(
        pieces in prop::collection::vec(any_text(), 0..6), rule in any_segment_rule(), ends: bool, members in 1_usize..4,
    ) {
        let tokens = pieces.iter().map(|text| DraftToken { text: text.clone(), logprob: Some(-1.0) }).collect();
        let draft = Draft { tokens, ends, end_logprob: Some(-0.5) };
        let text = draft.text();
        let cut = rule.cut(&text, ends);
        let kept = draft.cut(cut);
        prop_assert_eq!(kept.text(), &text[..cut.bytes]);
        prop_assert_eq!(kept.ends, cut.ends);
        prop_assert_eq!(kept.logprobs().len(), kept.tokens.len() + usize::from(cut.ends));
        if cut.ends {
            prop_assert_eq!(&kept, &draft);
        }
        // Copies are one candidate with all of them as authors, earliest first.
        let mut merged = Vec::new();
        (0..members).rev().for_each(|member| merge(&mut merged, MemberIndex(member), &kept));
        prop_assert_eq!(merged.len(), 1);
        prop_assert_eq!(&merged[0].authors, &(0..members).map(MemberIndex).collect::<Vec<_>>());
    }
}

// ---------------------------------------------------------------- scores

/// One verifier: its weight, and the log-probabilities and characters of each candidate.
type RowValues = (f64, Vec<Option<(Vec<f32>, usize)>>);

fn matrix(
    logprob: impl Strategy<Value = f32> + Clone + 'static,
    weight: impl Strategy<Value = f64> + Clone + 'static,
) -> impl Strategy<Value = Vec<RowValues>> {
    (1_usize..5, 1_usize..6).prop_flat_map(move |(candidates, verifiers)| {
        let cell = prop::option::weighted(0.85, (prop::collection::vec(logprob.clone(), 0..5), 0_usize..9));
        prop::collection::vec((weight.clone(), prop::collection::vec(cell, candidates)), verifiers)
    })
}

/// Log-probabilities that a model may give, including impossible ones.
fn usual_matrix() -> impl Strategy<Value = Vec<RowValues>> {
    let logprob = prop_oneof![8 => -12.0_f32..0.0, 1 => Just(f32::NEG_INFINITY), 1 => Just(-1.0_f32)].boxed();
    matrix(logprob, prop_oneof![Just(0.0), Just(1.0), 0.0..3.0].boxed())
}

fn any_score_settings() -> impl Strategy<Value = ScoreSettings> {
    let rule = prop::sample::select(ScoringRule::ALL);
    let normalisation = prop_oneof![
        Just(Normalisation::None),
        Just(Normalisation::SumToOne),
        (0.01..5.0).prop_map(|temperature| Normalisation::Softmax { temperature }),
    ];
    (rule, normalisation, prop::option::of(1.0..20.0)).prop_map(|(rule, normalisation, outlier_ratio)| ScoreSettings {
        rule,
        normalisation,
        outlier_ratio,
    })
}

fn rank_values(values: &[RowValues], settings: ScoreSettings) -> Ranking {
    let mut cells = Grid::filled(values.len(), values.first().map_or(0, |(_, cells)| cells.len()), None);
    for (row, (_, said)) in values.iter().enumerate() {
        for (cell, said) in cells[row].iter_mut().zip(said) {
            let tokens = |(logprobs, characters): &(Vec<f32>, usize)| TokenScores::of(logprobs, *characters).map(Cell::Tokens);
            *cell = said.as_ref().and_then(tokens);
        }
    }
    let weights: Vec<f64> = values.iter().map(|(weight, _)| *weight).collect();
    rank(&cells, &weights, settings)
}

proptest! {
    #[test]
    fn scores_are_numbers_whatever_comes_in(
        values in matrix(any::<f32>().boxed(), any::<f64>().boxed()),
        settings in any_score_settings(),
        temperature: f64,
        ratio: f64,
    ) {
        let odd = ScoreSettings {
            normalisation: match settings.normalisation {
                Normalisation::Softmax { .. } => Normalisation::Softmax { temperature },
                plain @ (Normalisation::None | Normalisation::SumToOne) => plain,
            },
            outlier_ratio: settings.outlier_ratio.map(|_| ratio),
            ..settings
        };
        for settings in [settings, odd] {
            let ranking = rank_values(&values, settings);
            let scores = ranking.verifier_scores.values().iter().chain(&ranking.scores);
            prop_assert!(scores.flatten().all(|score| score.is_finite()));
            prop_assert!(ranking.margin.is_none_or(|margin| margin >= 0.0));
            let mut order = ranking.order.clone();
            order.sort_unstable();
            prop_assert_eq!(order, (0..ranking.scores.len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_order_of_verifiers_and_candidates_does_not_matter(
        values in usual_matrix(), settings in any_score_settings(), turn in 0_usize..5,
    ) {
        let ranking = rank_values(&values, settings);
        let mut other_verifiers = values.clone();
        other_verifiers.rotate_left(turn % values.len());
        other_verifiers.reverse();
        for (a, b) in rank_values(&other_verifiers, settings).scores.iter().zip(&ranking.scores) {
            prop_assert_eq!(a.is_some(), b.is_some());
            if let Some((a, b)) = a.zip(*b) {
                prop_assert!((a - b).abs() <= 1e-12 * b.abs().max(1.0));
            }
        }
        let turn = turn % ranking.scores.len();
        let mut other_candidates = values.clone();
        for (_, cells) in &mut other_candidates {
            cells.rotate_left(turn);
        }
        let mut turned = ranking.scores.clone();
        turned.rotate_left(turn);
        prop_assert_eq!(rank_values(&other_candidates, settings).scores, turned);
    }

    #[test]
    fn the_order_follows_the_scores(values in usual_matrix(), settings in any_score_settings()) {
        let ranking = rank_values(&values, settings);
        for pair in ranking.order.windows(2) {
            let (first, second) = (ranking.scores[pair[0]], ranking.scores[pair[1]]);
            prop_assert!(first > second || (first == second && pair[0] < pair[1]));
        }
        let scored = ranking.scores.iter().flatten().count();
        prop_assert_eq!(ranking.margin.is_some(), scored >= 2);
    }

    #[test]
    fn shares_sum_to_one(values in usual_matrix(), settings in any_score_settings()) {
        let shares = ScoreSettings { normalisation: Normalisation::SumToOne, ..settings };
        for row in rank_values(&values, shares).verifier_scores.rows() {
            let sum: f64 = row.iter().flatten().sum();
            prop_assert!(row.iter().flatten().count() == 0 || (sum - 1.0).abs() < 1e-9);
        }
    }
}

// ---------------------------------------------------------------- exits and feedback

/// Any value of a quality: usual ones, none, and any number at all.
fn any_quality() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        6 => (-8.0_f64..0.0).prop_map(Some),
        1 => Just(None),
        2 => any::<f32>().prop_map(|value| Some(f64::from(value))),
        1 => any::<f64>().prop_map(Some),
    ]
}

fn any_exit_settings() -> impl Strategy<Value = ExitSettings> {
    let rule = prop_oneof![
        Just(ExitRule::Off),
        (0.1..3.0, 1_usize..8).prop_map(|(temperature, window)| ExitRule::Paper { temperature, window }),
        (0.3..2.0, 0.05..1.0, -20.0..-1.0).prop_map(|(caution, floor, worst_quality)| ExitRule::Evidence {
            caution,
            floor,
            worst_quality
        }),
        (any::<f64>(), any::<f64>(), any::<f64>()).prop_map(|(caution, floor, worst_quality)| ExitRule::Evidence {
            caution,
            floor,
            worst_quality
        }),
    ];
    let count = prop_oneof![Just(ThresholdCount::Current), Just(ThresholdCount::Initial)];
    (rule, 0.0..1.5, count, 0_usize..4, 0_usize..4).prop_map(|(rule, threshold, count, warm_up, min_members)| ExitSettings {
        rule,
        threshold,
        count,
        warm_up,
        min_members,
    })
}

/// Runs rounds, removing the members that leave; checks what is true of every round.
fn run_rounds(settings: &ExitSettings, rounds: &[Vec<Option<f64>>]) -> Result<Vec<usize>, TestCaseError> {
    let members = rounds.first().map_or(0, Vec::len);
    let mut state = ExitState::new(members);
    let mut active: Vec<usize> = (0..members).collect();
    for (number, values) in rounds.iter().enumerate() {
        let quality =
            |&member: &usize| Quality { member: MemberIndex(member), score: values[member], mean_logprob: values[member] };
        let round: Vec<Quality> = active.iter().map(quality).collect();
        let last = number + 1 == rounds.len();
        let standings = state.observe(settings, &round, last);
        let seen: Vec<usize> = standings.iter().map(|standing| standing.member.0).collect();
        prop_assert_eq!(&seen, &active, "one standing of each active member");
        check_round(settings, number, last, &standings)?;
        active.retain(|member| !standings.iter().any(|standing| standing.exits && standing.member.0 == *member));
        if number % 3 == 2 && active.len() < members {
            let back = (0..members).find(|member| !active.contains(member)).unwrap_or(0);
            state.readmit(MemberIndex(back));
            active.push(back);
            active.sort_unstable();
        }
    }
    Ok(active)
}

fn check_round(settings: &ExitSettings, number: usize, last: bool, standings: &[Standing]) -> Result<(), TestCaseError> {
    let sum: f64 = standings.iter().map(|standing| standing.retention).sum();
    prop_assert!((sum - 1.0).abs() < 1e-9, "retention sums to {}", sum);
    for standing in standings {
        prop_assert!((0.0..=1.0).contains(&standing.retention));
        prop_assert!(standing.cumulative.is_finite() && standing.threshold.is_finite());
        prop_assert!(!standing.exits || standing.retention < standing.threshold);
    }
    let leaving = standings.iter().filter(|standing| standing.exits).count();
    prop_assert!(leaving == 0 || standings.len() - leaving >= settings.min_members.max(1));
    prop_assert!(leaving == 0 || !(last || number < settings.warm_up));
    match settings.rule {
        ExitRule::Off => prop_assert_eq!(leaving, 0),
        ExitRule::Evidence { .. } => prop_assert!(leaving <= 1),
        ExitRule::Paper { .. } => {}
    }
    Ok(())
}

proptest! {
    #[test]
    fn exits_keep_their_bounds(
        settings in any_exit_settings(),
        rounds in (1_usize..6).prop_flat_map(|members| {
            prop::collection::vec(prop::collection::vec(any_quality(), members), 1..20)
        }),
    ) {
        run_rounds(&settings, &rounds)?;
    }

    #[test]
    fn equals_stay_together(
        settings in any_exit_settings(), threshold in 0.0..0.99, value in -5.0_f64..0.0, members in 1_usize..7,
    ) {
        let settings = ExitSettings { threshold, ..settings };
        let rounds = vec![vec![Some(value); members]; 200];
        prop_assert_eq!(run_rounds(&settings, &rounds)?.len(), members);
    }

    #[test]
    fn evidence_does_not_depend_on_the_scale_of_probabilities(
        rounds in prop::collection::vec(prop::collection::vec((-4.0_f64..-2.0).prop_map(Some), 4), 1..12), shift in -2.0_f64..2.0,
    ) {
        let rule = ExitRule::Evidence { caution: 1.0, floor: 0.5, worst_quality: -10.0 };
        let settings = ExitSettings { rule, threshold: 0.5, count: ThresholdCount::Current, warm_up: 0, min_members: 1 };
        let shifted: Vec<Vec<Option<f64>>> =
            rounds.iter().map(|round| round.iter().map(|value| value.map(|value| value + shift)).collect()).collect();
        prop_assert_eq!(run_rounds(&settings, &rounds)?, run_rounds(&settings, &shifted)?);
    }

    #[test]
    fn weights_stay_weights(
        weights in prop::collection::vec(prop_oneof![0.01..1.0, any::<f64>()], 2..6),
        scores in prop::collection::vec(prop::collection::vec(prop::option::of(prop_oneof![0.0..1.0, any::<f64>()]), 0..6), 0..6),
        round in 0_usize..100,
        rate in prop_oneof![0.0..100.0, any::<f64>()],
    ) {
        let mut updated = weights;
        feedback::update(&mut updated, &scores, round, rate);
        prop_assert!(updated.iter().all(|weight| *weight > 0.0 && *weight <= 1.0));
        prop_assert!((updated.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn who_wins_more_gains_more(own in 0.0_f64..1.0, rival in 0.0_f64..1.0, rate in 0.1..50.0) {
        // Both judges agree: the first candidate has one score, the second the other.
        let row = vec![Some(own), Some(rival)];
        let mut weights = [0.5, 0.5];
        feedback::update(&mut weights, &[row.clone(), row], 1, rate);
        prop_assert_eq!(weights[0].partial_cmp(&weights[1]), own.partial_cmp(&rival));
    }
}
