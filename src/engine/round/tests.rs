//! The machine against scripted members, in every order of arrival.

mod at_once;

use std::collections::BTreeMap;

use super::*;
use crate::engine::fusion::candidate::Draft;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::event::{Capabilities, MemberHeader, OwnSampling, Role, Usage};
use crate::engine::fusion::params::{Params, Value};

/// What a member of the table says in each round, and how sure it is of each text.
struct Member {
    name: &'static str,
    says: Vec<&'static str>,
}

fn member(name: &'static str, says: &[&'static str]) -> Member {
    Member { name, says: says.to_vec() }
}

/// A machine with its members around it: calls wait until a test lets one of them come back.
struct Table {
    machine: Machine,
    members: Vec<Member>,
    /// How sure any verifier is of a text (log-probability a token); -2 where not named.
    opinions: BTreeMap<&'static str, f32>,
    waiting: Vec<Effect>,
    cancelled: Vec<CallId>,
    records: Vec<Record>,
    finished: bool,
    clock: f64,
    scorings: usize,
}

fn capabilities() -> Capabilities {
    Capabilities::in_process("scripted", "")
}

impl Table {
    fn new(members: Vec<Member>, opinions: &[(&'static str, f32)], params: Params) -> Self {
        Self::at_once(1, members, opinions, params)
    }

    /// As [`Self::new`], with members that take so many calls at once.
    fn at_once(calls: usize, members: Vec<Member>, opinions: &[(&'static str, f32)], params: Params) -> Self {
        let header = Header {
            format: "specfuse-trace".to_owned(),
            version: 1,
            program: "test".to_owned(),
            members: members
                .iter()
                .map(|member| MemberHeader {
                    name: member.name.into(),
                    role: Role::Both,
                    weight: 1.0,
                    capabilities: Capabilities { concurrency: calls, ..capabilities() },
                    sampling: OwnSampling::default(),
                    price: None,
                })
                .collect(),
            params,
            seed: 1,
            conversation: Conversation::question("?"),
        };
        let mut table = Self {
            machine: Machine::new(header),
            members,
            opinions: opinions.iter().copied().collect(),
            waiting: Vec::new(),
            cancelled: Vec::new(),
            records: Vec::new(),
            finished: false,
            clock: 0.0,
            scorings: 0,
        };
        table.put(Input::Start(Vec::new())).unwrap();
        table
    }

    fn put(&mut self, input: Input) -> Result<(), CommandError> {
        self.clock += 1.0;
        for effect in self.machine.handle(self.clock, input)? {
            match effect {
                Effect::Emit(record) => self.records.push(record),
                Effect::Cancel(call) => {
                    self.waiting.retain(|effect| call_of(effect) != call);
                    self.cancelled.push(call);
                }
                Effect::Finished => self.finished = true,
                Effect::Draft { .. } => self.waiting.push(effect),
                Effect::Score { ref request, .. } => {
                    self.scorings += request.candidates.len();
                    self.waiting.push(effect);
                }
            }
        }
        Ok(())
    }

    fn order(&mut self, command: Command) -> Result<(), CommandError> {
        self.put(Input::Command(command))
    }

    /// Lets one waiting call come back as its script says.
    fn answer(&mut self, place: usize) {
        let input = match self.waiting.remove(place) {
            Effect::Draft { call, member, .. } => Input::Drafted(call, self.drafted(member)),
            Effect::Score { call, request, .. } => {
                let logprobs = request.candidates.iter().map(|(text, _)| vec![self.opinion(text); 2]).collect();
                Input::Scored(call, Ok(Scored::tokens(logprobs, 1)))
            }
            Effect::Emit(_) | Effect::Cancel(_) | Effect::Finished => unreachable!("only calls wait"),
        };
        self.put(input).unwrap();
    }

    fn opinion(&self, text: &str) -> f32 {
        self.opinions.get(text).copied().unwrap_or(-2.0)
    }

    /// The script's line for the round being played. `!` fails, `_` returns nothing, a full stop at the end ends the answer.
    fn drafted(&self, member: MemberIndex) -> Result<Drafted, MemberError> {
        let round = self.machine.run().rounds.len();
        let says = &self.members[member.0].says;
        match says.get(round - 1).or(says.last()).copied() {
            Some("!") => Err(MemberError::Failed("as the script says".to_owned())),
            Some("!!") => Err(MemberError::Panicked("as the script says".to_owned())),
            Some("_") | None => Ok(Drafted { draft: Draft::default(), forwards: 0, usage: Usage::default() }),
            Some(text) => {
                let token = DraftToken { text: text.to_owned(), logprob: Some(self.opinion(text)) };
                let ends = text.ends_with('.');
                Ok(Drafted {
                    draft: Draft { tokens: vec![token], ends, end_logprob: ends.then_some(self.opinion(text)) },
                    forwards: 1,
                    usage: Usage::default(),
                })
            }
        }
    }

    /// Lets everything come back, oldest call first.
    fn play(&mut self) {
        while !self.waiting.is_empty() && !self.finished {
            self.answer(0);
        }
    }

    fn answer_of_draft(&mut self, name: &str) {
        let index = self.machine.run().index(name).unwrap();
        let place =
            self.waiting.iter().position(|effect| matches!(effect, Effect::Draft { member, .. } if *member == index)).unwrap();
        self.answer(place);
    }

    fn scoring_now(&self) -> Vec<&str> {
        let scoring = |effect: &Effect| match effect {
            Effect::Score { member, .. } => Some(*member),
            _ => None,
        };
        self.waiting.iter().filter_map(scoring).map(|member| self.members[member.0].name).collect()
    }

    fn kinds(&self, wanted: fn(&Event) -> bool) -> usize {
        self.records.iter().filter(|record| wanted(&record.event)).count()
    }

    fn outcome(&self) -> Outcome {
        match &self.machine.run().phase {
            Phase::Finished(outcome) => outcome.clone(),
            Phase::Running | Phase::Paused => panic!("not finished"),
        }
    }
}

fn call_of(effect: &Effect) -> CallId {
    match effect {
        Effect::Draft { call, .. } | Effect::Score { call, .. } => *call,
        Effect::Emit(_) | Effect::Cancel(_) | Effect::Finished => unreachable!("only calls wait"),
    }
}

/// Ten tokens a segment, mean probability, nobody leaves: the numbers are easy to follow.
fn plain() -> Params {
    let mut params = Params::default();
    for (name, value) in [("segment", "tokens"), ("scoring", "mean-prob"), ("exit", "off"), ("exit-min-members", "1")] {
        params.set_text(name, value).unwrap();
    }
    params
}

fn three() -> Vec<Member> {
    vec![member("a", &["one,", "two."]), member("b", &["uno,", "dos."]), member("c", &["un,", "deux."])]
}

const LIKED: &[(&str, f32)] = &[("uno,", -0.1), ("two.", -0.2)];

#[test]
fn the_best_candidate_of_each_round_is_accepted() {
    let mut table = Table::new(three(), LIKED, plain());
    table.play();
    assert_eq!(table.machine.run().answer(), "uno,two.");
    assert_eq!(table.outcome(), Outcome::Answered);
    let summary = table.machine.run().summary.clone().unwrap();
    assert_eq!((summary.rounds, summary.draft_calls, summary.score_calls), (2, 6, 12));
    assert_eq!(summary.score_calls_saved, 2 * 3 * 3 - 12);
}

#[test]
fn every_order_of_arrival_gives_the_same_answer_and_the_same_ranking() {
    let mut orders = 0;
    let mut choices: Vec<usize> = Vec::new();
    let mut expected: Option<(String, Vec<Option<f64>>)> = None;
    loop {
        let members = vec![member("a", &["one."]), member("b", &["uno."]), member("c", &["one."])];
        let mut table = Table::new(members, &[("one.", -0.7), ("uno.", -0.4)], plain());
        let mut widths = Vec::new();
        while !table.waiting.is_empty() {
            let step = widths.len();
            widths.push(table.waiting.len());
            table.answer(choices.get(step).copied().unwrap_or(0));
        }
        let ranked = table.machine.run().rounds[0].ranked.clone().unwrap();
        let scores = ranked.candidates.iter().map(|candidate| candidate.score).collect();
        let outcome = (table.machine.run().answer(), scores);
        assert_eq!(expected.get_or_insert_with(|| outcome.clone()), &outcome, "order {choices:?}");
        orders += 1;
        choices.resize(widths.len(), 0);
        while let Some(last) = choices.pop() {
            if last + 1 < widths[choices.len()] {
                choices.push(last + 1);
                break;
            }
        }
        if choices.is_empty() {
            break;
        }
    }
    assert!(orders > 20, "only {orders} orders were played");
}

#[test]
fn a_free_verifier_scores_a_finished_candidate_while_others_still_draft() {
    let mut table = Table::new(three(), LIKED, plain());
    table.answer_of_draft("a");
    assert!(table.scoring_now().is_empty(), "one candidate alone may turn out unanimous");
    table.answer_of_draft("b");
    assert_eq!(table.scoring_now(), ["a", "b"], "c still drafts");
    table.play();
    assert_eq!(table.machine.run().answer(), "uno,two.");
}

#[test]
fn a_unanimous_round_makes_no_scoring_call() {
    let members = vec![member("a", &["same."]), member("b", &["same."]), member("c", &["same."])];
    let mut table = Table::new(members, &[], plain());
    table.play();
    assert_eq!((table.scorings, table.machine.run().answer().as_str()), (0, "same."));
    let ranked = table.machine.run().rounds[0].ranked.clone().unwrap();
    assert!(ranked.unanimous);
    assert_eq!(ranked.candidates[0].authors.len(), 3);
}

#[test]
fn equal_text_that_ends_is_another_candidate_than_text_that_goes_on() {
    let mut table = Table::new(vec![member("a", &["x. "]), member("b", &["x."])], &[("x.", -0.1)], plain());
    table.play();
    assert!(table.scorings > 0);
}

#[test]
fn a_tie_goes_to_the_earlier_member_whoever_came_first() {
    let members = || vec![member("a", &["one."]), member("b", &["uno."])];
    let opinions = [("one.", -0.5), ("uno.", -0.5)];
    let mut table = Table::new(members(), &opinions, plain());
    table.answer_of_draft("b");
    table.play();
    assert_eq!(table.machine.run().answer(), "one.");
}

#[test]
fn a_failing_member_stops_nobody_and_leaves_after_so_many_failures() {
    let members = vec![member("a", &["!"]), member("b", &["b,"]), member("c", &["c,"])];
    let mut params = plain();
    params.max_rounds = 5;
    let mut table = Table::new(members, &[], params);
    table.play();
    assert_eq!(table.machine.run().answer(), "b,b,b,b,b,");
    let exit = table.machine.run().members[0].exit.clone().unwrap();
    assert_eq!(exit.round, 3);
    assert!(matches!(exit.reason, ExitReason::Failures { count: 3, .. }));
    assert_eq!(table.outcome(), Outcome::RoundLimit);
}

#[test]
fn a_member_that_panicked_leaves_at_once_and_its_verdicts_are_missing_not_zero() {
    let members = vec![member("a", &["!!"]), member("b", &["b."]), member("c", &["c."])];
    let mut table = Table::new(members, &[("b.", -0.1), ("c.", -0.3)], plain());
    table.play();
    assert_eq!(table.machine.run().answer(), "b.");
    assert!(matches!(table.machine.run().members[0].exit.as_ref().unwrap().reason, ExitReason::Unusable { .. }));
    let ranked = table.machine.run().rounds[0].ranked.clone().unwrap();
    let expected = f64::from((-0.1_f32).exp());
    assert!((ranked.candidates[0].score.unwrap() - expected).abs() < 1e-6, "{ranked:?}");
}

#[test]
fn a_verifier_that_fails_abstains_and_is_not_asked_again() {
    let mut table = Table::new(three(), LIKED, plain());
    for name in ["a", "b", "c"] {
        table.answer_of_draft(name);
    }
    let Effect::Score { call, .. } = table.waiting.remove(0) else { panic!("a scores") };
    table.put(Input::Scored(call, Err(MemberError::TimedOut { seconds: 1 }))).unwrap();
    table.play();
    assert_eq!(table.machine.run().answer(), "uno,two.");
    assert_eq!(table.kinds(|event| matches!(event, Event::ScoreFailed { .. })), 1);
}

#[test]
fn a_reply_that_is_not_about_every_candidate_or_not_a_number_counts_as_a_failure() {
    for logprobs in [vec![], vec![vec![f32::NAN]]] {
        let mut table = Table::new(vec![member("a", &["one."]), member("b", &["uno."])], &[], plain());
        table.answer_of_draft("a");
        table.answer_of_draft("b");
        let Effect::Score { call, .. } = table.waiting.remove(0) else { panic!("a scores") };
        table.put(Input::Scored(call, Ok(Scored::tokens(logprobs, 0)))).unwrap();
        assert_eq!(table.kinds(|event| matches!(event, Event::ScoreFailed { .. })), 1);
    }
}

#[test]
fn when_every_draft_fails_the_round_is_tried_again_until_nobody_is_left() {
    let mut table = Table::new(vec![member("a", &["!"]), member("b", &["_"])], &[], plain());
    table.play();
    let Outcome::NoMembers { error } = table.outcome() else { panic!("nobody is left") };
    assert!(error.contains("returned nothing") || error.contains("script"), "{error}");
    assert_eq!(table.kinds(|event| matches!(event, Event::RoundStarted { .. })), 3);
}

#[test]
fn the_token_limit_ends_the_answer_and_says_so() {
    let mut params = plain();
    params.max_tokens = 3;
    let mut table = Table::new(vec![member("a", &["x,"])], &[], params);
    table.play();
    assert_eq!((table.outcome(), table.machine.run().tokens()), (Outcome::TokenLimit, 3));
}

#[test]
fn a_person_overrides_the_winner_of_an_open_round() {
    let mut table = Table::new(three(), LIKED, plain());
    table.answer_of_draft("c");
    let early = table.order(Command::Override { member: "a".to_owned() });
    assert_eq!(early, Err(CommandError::NoCandidate { member: "a".to_owned() }));
    table.order(Command::Override { member: "c".to_owned() }).unwrap();
    assert_eq!(table.cancelled.len(), 2, "the drafts of a and b are dropped");
    table.play();
    assert_eq!(table.machine.run().answer(), "un,two.");
    assert!(table.machine.run().steered);
    assert!(table.machine.run().rounds[0].accepted.as_ref().unwrap().overridden);
}

#[test]
fn an_excluded_member_leaves_at_once_and_the_last_one_cannot() {
    let mut table = Table::new(three(), &[("un,", -0.1)], plain());
    table.answer_of_draft("c");
    table.order(Command::Exclude { member: "c".to_owned() }).unwrap();
    table.order(Command::Exclude { member: "b".to_owned() }).unwrap();
    assert_eq!(
        table.order(Command::Exclude { member: "a".to_owned() }),
        Err(CommandError::LastDrafter { member: "a".to_owned() })
    );
    assert!(matches!(table.order(Command::Exclude { member: "b".to_owned() }), Err(CommandError::Already { .. })));
    assert!(matches!(table.order(Command::Exclude { member: "z".to_owned() }), Err(CommandError::UnknownMember { .. })));
    table.play();
    assert_eq!(table.machine.run().answer(), "one,two.", "the finished draft of c does not count any more");
}

#[test]
fn a_member_is_brought_back_from_the_next_round_on() {
    let mut table = Table::new(three(), &[("un,", -0.1), ("deux.", -0.1)], plain());
    table.order(Command::Pause).unwrap();
    table.order(Command::Exclude { member: "c".to_owned() }).unwrap();
    table.play();
    table.order(Command::Readmit { member: "c".to_owned() }).unwrap();
    assert!(matches!(table.order(Command::Readmit { member: "c".to_owned() }), Err(CommandError::Already { .. })));
    table.order(Command::Resume).unwrap();
    table.play();
    assert_eq!(table.machine.run().answer(), "one,deux.");
}

#[test]
fn pause_holds_before_the_next_round_and_step_plays_one() {
    let mut table = Table::new(vec![member("a", &["1,", "2,", "3."])], &[], plain());
    table.order(Command::Pause).unwrap();
    table.play();
    assert_eq!(table.machine.run().answer(), "1,");
    table.order(Command::Step).unwrap();
    table.play();
    assert_eq!((table.machine.run().answer().as_str(), table.finished), ("1,2,", false));
    table.order(Command::Resume).unwrap();
    table.play();
    assert_eq!((table.machine.run().answer().as_str(), table.finished), ("1,2,3.", true));
    assert_eq!(table.order(Command::Pause), Err(CommandError::Finished));
}

#[test]
fn a_round_that_failed_as_a_whole_while_paused_is_tried_again_on_resuming() {
    let mut table = Table::new(vec![member("a", &["!"])], &[], plain());
    table.order(Command::Pause).unwrap();
    table.play();
    assert!(table.waiting.is_empty() && !table.finished);
    table.members[0].says = vec!["done."];
    table.order(Command::Resume).unwrap();
    table.play();
    assert_eq!(table.machine.run().answer(), "done.");
}

#[test]
fn a_knob_changes_from_the_next_round_on_and_a_bad_value_changes_nothing() {
    let mut table = Table::new(three(), LIKED, plain());
    let value = Value::Name("min-prob".to_owned());
    table.order(Command::SetParameter { name: "scoring".to_owned(), value }).unwrap();
    let bad = table.order(Command::SetParameter { name: "scoring".to_owned(), value: Value::Switch(true) });
    assert!(matches!(bad, Err(CommandError::Parameter(_))));
    table.play();
    let rules: Vec<_> = table.machine.run().rounds.iter().map(|round| round.params.scoring).collect();
    assert_eq!(rules, [crate::engine::fusion::score::ScoringRule::MeanProb, crate::engine::fusion::score::ScoringRule::MinProb]);
}

#[test]
fn rewinding_takes_back_text_exits_and_evidence() {
    let mut params = plain();
    params.exit = crate::engine::fusion::params::ExitKind::Evidence;
    params.max_rounds = 6;
    let members = vec![member("a", &["x,"]), member("b", &["y,"]), member("c", &["z,"])];
    let mut table = Table::new(members, &[("x,", -0.1), ("y,", -0.2), ("z,", -9.0)], params);
    while table.machine.run().members[2].is_active() {
        table.answer(0);
    }
    let left = table.machine.run().members[2].exit.as_ref().unwrap().round;
    let before = table.machine.run().rounds.iter().filter(|round| round.accepted.is_some()).count();
    assert!(left >= 2 && before >= left, "{left} {before}");
    let too_far = table.order(Command::Rewind { to_round: before + 1 });
    assert_eq!(too_far, Err(CommandError::NoSuchRound { to_round: before + 1, rounds: before }));
    table.order(Command::Rewind { to_round: left - 1 }).unwrap();
    assert!(table.machine.run().members[2].is_active(), "its exit came later and is undone");
    assert_eq!(table.machine.run().answer(), "x,".repeat(left - 1));
    assert_eq!(table.machine.run().abandoned.len(), 1);
    table.play();
    let exits = table.kinds(|event| matches!(event, Event::Exited { .. }));
    assert_eq!(exits, 2, "played on, the same evidence lets it go again");
}

#[test]
fn a_repeated_round_draws_from_another_seed() {
    let mut table = Table::new(vec![member("a", &["x,"])], &[], plain());
    let seed = |table: &Table| match &table.waiting[0] {
        Effect::Draft { request, .. } => request.sampling.seed,
        _ => panic!("a drafts"),
    };
    let first = seed(&table);
    table.order(Command::Rewind { to_round: 0 }).unwrap();
    assert_ne!(seed(&table), first);
}

#[test]
fn stopping_keeps_what_was_accepted() {
    let mut table = Table::new(vec![member("a", &["x,"])], &[], plain());
    table.answer(0);
    table.answer(0);
    table.order(Command::Stop).unwrap();
    assert_eq!((table.outcome(), table.machine.run().answer().as_str()), (Outcome::Stopped, "x,x,"));
    assert!(table.waiting.is_empty());
}

#[test]
fn a_reply_to_a_dropped_call_changes_nothing() {
    let mut table = Table::new(three(), LIKED, plain());
    let Effect::Draft { call, .. } = table.waiting[0] else { panic!("a drafts") };
    table.order(Command::Rewind { to_round: 0 }).unwrap();
    let records = table.records.len();
    let late = table.drafted(MemberIndex(0));
    table.put(Input::Drafted(call, late)).unwrap();
    table.put(Input::Token(call, DraftToken { text: "x".to_owned(), logprob: Some(0.0) })).unwrap();
    assert_eq!(table.records.len(), records);
}

#[test]
fn members_that_cannot_hold_the_prompt_take_no_part() {
    let mut table = Table::new(three(), LIKED, plain());
    let mut machine = Machine::new(table.machine.run().header.clone());
    let full = MemberError::ContextFull { needed: 900, limit: 512 };
    let effects = machine.handle(0.0, Input::Start(vec![(MemberIndex(1), full)])).unwrap();
    let drafts = effects.iter().filter(|effect| matches!(effect, Effect::Draft { .. })).count();
    assert_eq!(drafts, 2);
    let exit = machine.run().members[1].exit.clone().unwrap();
    assert!(exit.reason.in_words().contains("900 tokens"), "{exit:?}");
    table.play();
}

#[test]
fn aligned_candidates_are_scored_only_when_all_drafts_are_in() {
    let mut params = plain();
    params.set_text("align", "words").unwrap();
    let members = vec![member("a", &["one two three."]), member("b", &["uno dos"]), member("c", &["un."])];
    let mut table = Table::new(members, &[("uno", -0.1)], params);
    table.answer_of_draft("a");
    table.answer_of_draft("b");
    assert!(table.scoring_now().is_empty());
    table.answer_of_draft("c");
    let run = table.machine.run();
    let texts: Vec<_> = run.rounds[0].candidates().iter().map(|candidate| &*candidate.text).collect();
    assert_eq!(texts, ["one", "uno dos", "un."].map(|text| text.split(' ').next().unwrap()));
}

#[test]
fn the_state_of_a_run_is_what_its_records_add_up_to() {
    let mut table = Table::new(three(), LIKED, plain());
    table.order(Command::Pause).unwrap();
    table.order(Command::Exclude { member: "c".to_owned() }).unwrap();
    table.play();
    table.order(Command::Readmit { member: "c".to_owned() }).unwrap();
    table.order(Command::Rewind { to_round: 0 }).unwrap();
    table.order(Command::Resume).unwrap();
    table.play();
    let rebuilt = Run::from_records(&table.records).unwrap();
    assert_eq!(&rebuilt, table.machine.run());
    let lines: Vec<String> = table.records.iter().map(|record| serde_json::to_string(record).unwrap()).collect();
    let read: Vec<Record> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read, table.records);
}

#[test]
fn sampling_of_a_member_goes_over_the_knobs() {
    let mut header = Table::new(vec![Member { name: "a", says: vec!["x"] }], &[], Params::default()).machine.run().header.clone();
    header.members[0].sampling = OwnSampling { temperature: Some(0.25), top_p: None };
    let top_p = header.params.top_p as f32;
    let effects = Machine::new(header).handle(0.0, Input::Start(Vec::new())).unwrap();
    let sampling = effects.iter().find_map(|effect| match effect {
        Effect::Draft { request, .. } => Some(request.sampling),
        _ => None,
    });
    assert_eq!(sampling.map(|sampling| (sampling.temperature, sampling.top_p)), Some((0.25, top_p)));
}
