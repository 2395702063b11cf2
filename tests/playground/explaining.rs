//! Why a round was won, the run against its strongest member, where the time went: what is told is what the records hold.

use specfuse::engine::fusion::agreement::agreement;
use specfuse::engine::fusion::event::{Event, Record, Role};
use specfuse::engine::fusion::params::Params;
use specfuse::engine::fusion::reading::{TokenText, reading};
use specfuse::engine::fusion::run::{Round, Run};
use specfuse::engine::fusion::single::{Fate, Single, single};
use specfuse::engine::fusion::skipped::skipped;
use specfuse::engine::fusion::timing::{Busy, run_timing};
use specfuse::engine::member::scripted::ScriptedMember;
use specfuse::playground::state::answer::Answer;
use specfuse::playground::state::glyphs::Glyphs;
use specfuse::playground::state::prose::{Line, Prose};
use specfuse::playground::state::scene::matrix::{matrix, weights};
use specfuse::playground::state::scene::waterfall::{round_page, run_page};
use specfuse::playground::state::scene::why::{Why, prose, why};
use specfuse::playground::state::scene::{single as held, why as reasons};
use specfuse::playground::state::{Message, Screen};
use unicode_width::UnicodeWidthStr;

use super::runs;
use super::support::{self, feed, press, recorded, say, scripted_run, seat};

fn play(records: &[Record]) -> Answer {
    let Event::RunStarted(header) = &records[0].event else { panic!("a run begins with its header") };
    let mut play = Answer::new((**header).clone());
    for record in records {
        play.apply(record);
    }
    play
}

/// Every run there is, also one that a real ensemble answered in real time.
fn plays() -> Vec<(&'static str, Answer)> {
    let all = runs::all().into_iter().chain([("recorded", recorded())]);
    all.map(|(name, records)| (name, play(&records))).collect()
}

fn closed(play: &Answer) -> impl Iterator<Item = &Round> {
    play.run.rounds.iter().map(AsRef::as_ref).filter(|round| round.accepted.is_some())
}

fn text(prose: &Prose) -> String {
    let line = |line: &Line| line.iter().map(|(_, text)| text.as_str()).collect::<String>();
    prose.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn reasons_of(play: &Answer, place: usize) -> Why {
    let round = &play.run.rounds[place];
    why(play, Some(round), single(&play.run).as_ref())
}

/// A reading is what the vote counted: its score is the verifier's, cell by cell.
#[test]
fn readings_are_what_the_scores_were_made_of() {
    let mut compared = 0;
    for (name, play) in plays() {
        for round in closed(&play).filter(|round| !round.is_judged()) {
            let matrix = matrix(&play, round, &round.params);
            for (row, verifier) in matrix.verifiers.iter().enumerate() {
                for (column, candidate) in matrix.candidates.iter().enumerate() {
                    let read = reading(&play.run.members, round, *verifier, candidate);
                    let own = read.as_ref().and_then(|read| read.score(round.params.scoring, candidate.characters));
                    let counted = matrix.ranking.verifier_scores[row][column];
                    let near = own.zip(counted).is_some_and(|(own, counted)| (own - counted).abs() < 1e-6);
                    assert!(near || own.is_none() && counted.is_none(), "{name} {own:?} {counted:?}");
                    compared += usize::from(near);
                }
            }
        }
    }
    assert!(compared > 100, "{compared}");
}

/// The texts of a reading are those of its author, and leave nothing out.
#[test]
fn tokens_that_are_known_are_the_whole_candidate() {
    let mut known = 0;
    for (_, play) in plays() {
        for round in closed(&play) {
            for candidate in round.candidates() {
                let all = round.verifiers.iter().filter_map(|verifier| reading(&play.run.members, round, *verifier, candidate));
                for read in all.filter(specfuse::engine::fusion::reading::Reading::knows_texts) {
                    let texts = read.tokens.iter().filter_map(|token| match &token.text {
                        TokenText::Known(text) => Some(text.as_str()),
                        TokenText::End | TokenText::Unknown => None,
                    });
                    assert_eq!(texts.collect::<String>(), &*candidate.text);
                    known += 1;
                }
            }
        }
    }
    assert!(known > 50, "{known}");
}

/// Scores are told twice only where normalising changed them; what is told as raw are the log-probabilities' own scores.
#[test]
fn raw_scores_stand_beside_normalised_ones() {
    let normalised = [("normalisation", "sum-to-one")];
    let seats = || ["a", "b", "c"].map(|name| seat(name, runs::counting(name, 3, -0.2))).into();
    let (plain, shares) = (play(&scripted_run(seats(), &[], Vec::new())), play(&scripted_run(seats(), &normalised, Vec::new())));
    assert!(reasons_of(&plain, 0).verifiers.iter().all(|row| row.raw.is_none()));
    let why = reasons_of(&shares, 0);
    let own: Vec<f64> =
        why.verifiers.iter().map(|row| row.raw.as_ref().unwrap()).flat_map(|raw| raw.iter().flatten().copied()).collect();
    assert_eq!(own.len(), 9);
    for score in own {
        assert!([(-0.2_f32).exp(), (-1.5_f32).exp()].iter().any(|known| (f64::from(*known) - score).abs() < 1e-6), "{score}");
    }
    assert!(text(&prose(&why, &shares, 74)).contains("not normalised"));
    // Of a judged round too: the judge has no score of its own beside its shares.
    let mixed = play(&runs::mixed());
    let raw: Vec<bool> = reasons_of(&mixed, 1).verifiers.iter().map(|row| row.raw.is_some()).collect();
    assert_eq!(raw[..2], [true, false]);
}

#[test]
fn each_alternative_is_what_a_vote_under_it_would_choose() {
    let mut others = 0;
    for (_, play) in plays() {
        for round in closed(&play).filter(|round| round.candidates().len() > 1) {
            let why = why(&play, Some(round), None);
            let mut in_force = 0;
            for other in &why.alternatives {
                let mut params = Params::clone(&round.params);
                match other.name {
                    "not normalised" => params.set_text("normalisation", "none").unwrap(),
                    "sum-to-one" | "softmax" => params.set_text("normalisation", other.name).unwrap(),
                    "outlier filter" => params.outlier_filter = true,
                    "without outlier filter" => params.outlier_filter = false,
                    "equal weights" => continue,
                    rule => params.set_text("scoring", rule).unwrap(),
                }
                let matrix = matrix(&play, round, &params);
                let best = matrix.candidates[matrix.ranking.order[0]].key;
                assert_eq!(other.winner, matrix.ranking.scores[matrix.ranking.order[0]].map(|_| best), "{}", other.name);
                in_force += usize::from(other.in_force);
                others += usize::from(other.differs);
            }
            assert_eq!(in_force, 2, "a rule and a normalisation");
        }
    }
    assert!(others > 0, "somewhere another rule chooses otherwise");
}

/// The weights are told, and what equal ones would have chosen.
#[test]
fn equal_weights_are_an_alternative_to_learned_ones() {
    let play = play(&runs::learning());
    let last = play.run.rounds.len() - 1;
    let why = reasons_of(&play, last);
    let known = weights(&play, &play.run.rounds[last]);
    assert_eq!(why.verifiers.iter().map(|row| row.weight).collect::<Vec<_>>(), known);
    let equal = why.alternatives.iter().find(|other| other.name == "equal weights").unwrap();
    assert_eq!(equal.in_force, known.iter().all(|weight| (weight - known[0]).abs() < 1e-9));
}

#[test]
fn who_would_have_chosen_what_is_told_of_every_verifier() {
    let play = play(&recorded());
    let why = reasons_of(&play, 2);
    let told: usize = why.firsts.iter().map(|choice| choice.verifiers.len()).sum();
    assert_eq!(told, why.verifiers.len());
    let scores = matrix(&play, &play.run.rounds[2], &play.run.rounds[2].params).ranking.verifier_scores;
    let (alike, of) = agreement(&scores.rows().map(<[_]>::to_vec).collect::<Vec<_>>()).total();
    assert!(why.alike.unwrap().contains(&format!("{alike} of {of}")));
}

/// Two members; each finds the tokens of each text as probable as the table says.
fn two(texts: [&str; 2], probabilities: [&[f64]; 2], changes: &[(&str, &str)]) -> Vec<Record> {
    let mean = |place: usize| (probabilities[place].iter().sum::<f64>() / probabilities[place].len() as f64).ln() as f32;
    let member = |own: usize| {
        let lines = vec![say(texts[own], mean(own), false), say("End.", -0.1, true)];
        ScriptedMember::new(lines).thinking(texts[1 - own], mean(1 - own)).otherwise(-0.1)
    };
    let changes: Vec<(&str, &str)> = [("segment-tokens", "20")].iter().chain(changes).copied().collect();
    let mut records = scripted_run(vec![seat("ada", member(0)), seat("bob", member(1))], &changes, Vec::new());
    // A script gives every token the same: here each gets its own.
    let mut drawn = [0, 0];
    let place = |name: &str| usize::from(name == "bob");
    for record in records.iter_mut().filter(|record| record.round == 1) {
        match &mut record.event {
            Event::Token { member, token } => {
                let at = place(member);
                token.logprob = Some(probabilities[at][drawn[at]].ln() as f32);
                drawn[at] += 1;
            }
            Event::Score { scores, .. } => {
                for score in scores {
                    score.logprobs =
                        probabilities[place(&score.candidate)].iter().map(|probability| probability.ln() as f32).collect();
                }
            }
            _ => {}
        }
    }
    records
}

/// The mistake of the mean: an improbable answer among certain filler wins over an answer that is right.
#[test]
fn an_improbable_word_that_filler_outweighs_is_named_with_the_rules_that_would_see_it() {
    let long = [0.99, 0.99, 0.99, 0.99, 0.02, 0.99, 0.99, 0.99, 0.99, 0.99];
    let records = two(
        ["The capital there is Bern as all of us know ", "It is called Tokyo "],
        [&long, &[0.8, 0.85, 0.8, 0.8]],
        &[("scoring", "mean-prob")],
    );
    let told = play(&records);
    let why = reasons_of(&told, 0);
    assert!(why.candidates[0].accepted && why.candidates[0].text.contains("Bern"), "{:?}", why.candidates);
    assert_eq!(
        why.causes,
        ["the least probable token of the winner (`Bern `, .020 for ada) is averaged with 9 others: `geometric` and `min-prob` \
          would choose bob's"]
    );
    let words = text(&prose(&why, &told, 74));
    assert!(words.contains("bob finds `Bern ` improbable: .020"), "{words}");
    // Under a rule that sees it nothing has to be explained.
    let seen = two(["The capital there is Bern as all of us know ", "It is called Tokyo "], [&long, &[0.8; 4]], &[]);
    assert_eq!(reasons_of(&play(&seen), 0).causes, [""; 0]);
}

/// The mistake of long segments: each member is right in one of two sentences, and one of them is accepted whole.
#[test]
fn a_segment_of_several_sentences_is_told_sentence_by_sentence() {
    let records = two(
        ["It is Tokyo. Then comes seven. ", "It is Bern. Then comes nine. "],
        [&[0.99, 0.99, 0.9, 0.9, 0.9, 0.05], &[0.99, 0.99, 0.04, 0.9, 0.9, 0.9]],
        &[],
    );
    let why = reasons_of(&play(&records), 0);
    let sentences = why.sentences.as_ref().unwrap();
    assert!(sentences.disagree());
    assert_eq!(sentences.best(), [Some(0), Some(1)]);
    let causes = why.causes.join("\n");
    assert!(causes.contains("spans 2 sentences, and no candidate is the most probable in all of them"), "{causes}");
    assert!(causes.contains("in sentence 1 ada, in sentence 2 bob"), "{causes}");
    assert!(causes.contains("none is right as a whole"), "{causes}");
    assert!(!sentences.by_authors, "both count the tokens alike");
    // Where one is the best throughout, that is said instead.
    let better = two(["It is Tokyo. Then comes nine. ", "It is Bern. Then comes seven. "], [&[0.9; 6], &[0.5; 6]], &[]);
    let causes = reasons_of(&play(&better), 0).causes;
    assert_eq!(causes, ["this segment spans 2 sentences; ada's is the most probable in each of them"]);
}

/// A run whose first segment the user changed, or wrote.
fn by_hand(written: bool) -> Answer {
    let mut records = recorded();
    for record in &mut records {
        if let Event::Accepted { member, authors, text, overridden, edited, .. } = &mut record.event
            && record.round == 1
        {
            (*text, *overridden, *edited) = (" The capital is Tokyo.".to_owned(), true, !written);
            if written {
                (*member, *authors) = (None, Vec::new());
            }
        }
    }
    play(&records)
}

#[test]
fn what_a_person_did_is_said() {
    for (play, words) in [
        (by_hand(false), "a person changed what atlas drafted"),
        (by_hand(true), "a person wrote this segment"),
        (play(&runs::overridden()), "a person chose b's over the ranking"),
    ] {
        let why = reasons_of(&play, 0);
        assert!(why.notes[0].starts_with(words), "{:?}", why.notes);
        assert_eq!(why.candidates.iter().any(|row| row.accepted), words.contains("chose"));
    }
    let changed = single(&by_hand(true).run).unwrap();
    assert_eq!((changed.rounds[0].fate, changed.rounds[0].accepted, changed.segments()), (Fate::ByHand, None, 2));
}

/// The comparison, made again from the records alone.
fn straightforward(records: &[Record], member: &str) -> (usize, f64, f64) {
    let (mut others, mut fused, mut alone, mut both) = (0, 0.0, 0.0, 0.0);
    let mut ranked = None;
    for record in records {
        match &record.event {
            Event::Ranked(new) => ranked = Some(new.clone()),
            // What only ends the answer is no segment.
            Event::Accepted { authors, text, .. } if !text.trim().is_empty() => {
                let scores = ranked.take().unwrap();
                let find = |name: &str| {
                    let mine =
                        scores.candidates.iter().find(|candidate| candidate.authors.iter().any(|author| **author == *name));
                    mine.and_then(|candidate| candidate.score)
                };
                let accepted = find(&authors[0]);
                others += usize::from(authors.iter().all(|author| **author != *member));
                if let (Some(accepted), Some(own)) = (accepted, find(member)) {
                    (fused, alone, both) = (fused + accepted, alone + own, both + 1.0);
                }
            }
            _ => {}
        }
    }
    (others, fused / both, alone / both)
}

#[test]
fn the_strongest_member_is_held_against_what_was_accepted() {
    let records = recorded();
    let play = play(&records);
    let held = single(&play.run).unwrap();
    assert_eq!(play.name(held.strongest), "lexicon");
    let (others, fused, alone) = straightforward(&records, "lexicon");
    assert_eq!((held.from_others(), held.segments()), (others, 3));
    let means = held.means.unwrap();
    assert!((means.0 - fused).abs() < 1e-9 && (means.1 - alone).abs() < 1e-9);
    // Nobody's candidates scored better on average.
    for place in 0..play.run.members.len() {
        let (_, _, mean) = straightforward(&records, &play.run.members[place].header.name);
        assert!(mean <= held.strength + 1e-9);
    }
    let fates: Vec<Fate> = held.rounds.iter().map(|round| round.fate).collect();
    assert_eq!(fates, [Fate::PassedOver, Fate::PassedOver, Fate::Accepted]);
}

#[test]
fn a_member_alone_has_nobody_to_be_held_against() {
    let alone = play(&support::long_run(3));
    assert_eq!(single(&alone.run), None);
    assert!(text(&held::prose(None, &alone, None, 60)).contains("nothing to compare"));
}

/// A member that left early is not the strongest for one good round.
#[test]
fn one_good_round_does_not_make_a_member_the_strongest() {
    let mut records = recorded();
    // `babble` scores 1 in the first round and drafts in no other.
    records.retain(|record| match &record.event {
        Event::DraftFinished(draft) => record.round == 1 || &*draft.member != "babble",
        _ => true,
    });
    for record in &mut records {
        if let Event::Ranked(ranked) = &mut record.event {
            for candidate in ranked.candidates.iter_mut().filter(|candidate| &*candidate.authors[0] == "babble") {
                candidate.score = (record.round == 1).then_some(1.0);
            }
        }
    }
    let play = play(&records);
    assert_eq!(play.name(single(&play.run).unwrap().strongest), "lexicon");
}

#[test]
fn the_line_of_a_finished_run_tells_the_comparison_and_looking_back_does_not() {
    let mut state = support::state(160, 50);
    state.state.writing.active = false;
    feed(&mut state, &recorded());
    state.prepare();
    let card = state.scene.closing.iter().flatten().flat_map(|(_, words)| words.split_whitespace());
    let card: Vec<&str> = card.collect();
    assert!(card.join(" ").contains("2 of 3 segments are not by lexicon, the strongest member"));
    press(&mut state, "[");
    let whole = state.scene.sentence.caption.longest();
    assert!(!whole.contains("best single member"), "{whole}");
}

/// What is kept between frames is what would be made again, whatever happens to the answer.
#[test]
fn what_is_kept_of_a_run_is_never_out_of_date() {
    for (name, records) in runs::all() {
        let run = Run::from_records(&records).unwrap();
        let mut state = Screen::new(support::options(&run.header.members), 120, 40);
        state.state.writing.active = false;
        press(&mut state, "f");
        for record in records {
            state.update(Message::Record(record));
            state.prepare();
            let (at, round) = state.shown();
            let play = state.answers.session.answer(at);
            let fresh: Option<Single> = single(&play.run);
            let number = round.and_then(|round| play.round(round)).map(|round| round.number);
            let width = state.scene.popup.width - 4;
            assert_eq!(state.scene.overlay, held::prose(fresh.as_ref(), play, number, width), "{name}");
        }
    }
}

/// Each scoring that there could have been is made, or left out for one reason.
#[test]
fn every_scoring_is_accounted_for() {
    for (name, play) in plays() {
        let members = &play.run.header.members;
        let drafters = members.iter().filter(|member| member.role != Role::Verify).count();
        let verifiers = members.iter().filter(|member| member.role != Role::Draft && member.capabilities.tier.scores()).count();
        for round in closed(&play) {
            let skipped = skipped(&play.run, round);
            assert_eq!(skipped.all(), drafters * verifiers, "{name} {}: {skipped:?}", round.number);
            assert_eq!(skipped.unanimous > 0, round.candidates().len() == 1 && !round.verifiers.is_empty(), "{name}");
        }
    }
}

/// What was measured of a run is all in its waterfall: every call of an accepted round has its time and its member.
#[test]
fn the_times_of_a_run_add_up() {
    for (name, play) in plays() {
        let timing = run_timing(&play.run);
        assert_eq!(timing.rounds.len(), closed(&play).count());
        for busy in &timing.members {
            assert!((busy.total_ms() - timing.total_ms).abs() < 1e-6, "{name}: {busy:?}");
        }
        let on_path: f64 = timing.on_path_ms.iter().sum();
        assert!(on_path <= timing.total_ms + 1e-6, "{name}");
        let calls: usize = closed(&play).map(|round| round.calls.len()).sum();
        let drafts = closed(&play).map(|round| round.arrived.len()).sum::<usize>();
        assert!(calls >= drafts && drafts > 0 || timing.rounds.is_empty(), "{name}");
    }
    // In a run in real time the members' calls are what rounds wait for.
    let recorded = play(&recorded());
    let timing = run_timing(&recorded.run);
    assert!(timing.on_path_ms.iter().sum::<f64>() > 0.95 * timing.total_ms);
    let slowest = timing.members.iter().map(Busy::at_work_ms).fold(0.0, f64::max);
    assert!(slowest <= timing.total_ms + 1e-6);
}

/// No line of what explains is wider than its window, in any run, at any width a terminal may have.
#[test]
fn nothing_that_explains_is_wider_than_its_window() {
    for (name, play) in plays() {
        let held = single(&play.run);
        for width in [54, 74, 92, 136] {
            let mut all = vec![
                held::prose(held.as_ref(), &play, Some(1), width),
                run_page(&run_timing(&play.run), &play, Some(1), Glyphs::new(false), width),
            ];
            for round in &play.run.rounds {
                all.push(reasons::prose(&why(&play, Some(round), held.as_ref()), &play, width));
                all.push(round_page(&play, Some(round), Glyphs::new(false), width));
            }
            // The tables of lengths are as wide as they are; the narrowest screens cut their last columns.
            let room = usize::from(width.max(74));
            for line in all.iter().flatten() {
                let columns: usize = line.iter().map(|(_, text)| text.width()).sum();
                assert!(columns <= room, "{name} at {width}: {line:?}");
            }
        }
    }
}

#[test]
fn before_the_first_round_there_is_nothing_to_explain() {
    let play = play(&recorded()[..1]);
    assert_eq!(text(&prose(&why(&play, None, None), &play, 60)), "no round yet");
    assert_eq!(text(&round_page(&play, None, Glyphs::new(false), 60)), "no round yet");
    assert_eq!(text(&run_page(&run_timing(&play.run), &play, None, Glyphs::new(false), 60)), "no round has been decided yet");
    assert_eq!(single(&play.run), None);
}

/// A sentence that two candidates share is neither's advantage.
#[test]
fn candidates_that_agree_on_a_sentence_are_not_told_apart_by_it() {
    let records =
        two(["It is Tokyo. Plus nine ", "It is Bern. Plus nine "], [&[0.9, 0.9, 0.9, 0.3, 0.3], &[0.4, 0.4, 0.4, 0.9, 0.9]], &[]);
    let why = reasons_of(&play(&records), 0);
    let sentences = why.sentences.unwrap();
    assert_eq!(sentences.best(), [Some(0), Some(1)]);
    assert!(!sentences.disagree());
    assert!(why.causes.iter().any(|cause| cause.contains("ada's is the most probable in each of them")), "{:?}", why.causes);
}

/// Where the members count tokens differently, each candidate's sentences are those that its own author found probable.
#[test]
fn sentences_of_other_tokenizers_are_compared_as_their_authors_find_them() {
    let mut records = two(["It is Tokyo. Then nine. ", "It is Bern. Then nine. "], [&[0.9; 5], &[0.5; 5]], &[]);
    for record in &mut records {
        if let Event::Score { scores, .. } = &mut record.event {
            for score in scores.iter_mut() {
                score.logprobs.extend([-0.5, -0.5]);
            }
        }
    }
    let why = reasons_of(&play(&records), 0);
    let sentences = why.sentences.unwrap();
    assert!(sentences.by_authors);
    let means: Vec<f64> = sentences.means[0].iter().flatten().copied().collect();
    assert!((means[0] - 0.9).abs() < 1e-6 && (means[1] - 0.5).abs() < 1e-6, "{means:?}");
    assert!(why.readings[0].read.iter().all(|read| read.known == read.own));
}
