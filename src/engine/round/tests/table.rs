//! A machine with its members: calls wait until a test lets one of them come back.

use std::collections::BTreeMap;

use super::*;
use crate::engine::fusion::candidate::Draft;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::event::{Capabilities, MemberHeader, OwnSampling, Role, Thought, Usage};
use crate::engine::member::Keep;

/// What a member of the table drafts in each round, and how sure it is of each text.
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) says: Vec<&'static str>,
}

pub(super) fn member(name: &'static str, says: &[&'static str]) -> Member {
    Member { name, says: says.to_vec() }
}

/// A machine with its members: calls wait until a test lets one of them come back.
pub(super) struct Table {
    pub(super) machine: Machine,
    pub(super) members: Vec<Member>,
    /// Every verifier's log-probability per token of a text; -2 if not listed.
    pub(super) opinions: BTreeMap<&'static str, f32>,
    pub(super) waiting: Vec<Effect>,
    pub(super) cancelled: Vec<CallId>,
    pub(super) records: Vec<Record>,
    pub(super) finished: bool,
    pub(super) clock: f64,
    pub(super) scorings: usize,
}

pub(super) fn capabilities() -> Capabilities {
    Capabilities::in_process("scripted", "")
}

impl Table {
    pub(super) fn new(members: Vec<Member>, opinions: &[(&'static str, f32)], params: Params) -> Self {
        Self::at_once(1, members, opinions, params)
    }

    /// As [`Self::new`], with members that take this many calls at the same time.
    pub(super) fn at_once(calls: usize, members: Vec<Member>, opinions: &[(&'static str, f32)], params: Params) -> Self {
        let header = Header {
            format: "specfuse-trace".to_owned(),
            version: 1,
            program: "test".to_owned(),
            members: members
                .iter()
                .map(|member| MemberHeader {
                    name: member.name.into(),
                    role: Role::Both,
                    weight: None,
                    capabilities: Capabilities { concurrency: calls, ..capabilities() },
                    sampling: OwnSampling::default(),
                    price: None,
                })
                .collect(),
            params,
            seed: 1,
            conversation: Conversation::question("?"),
            answers: Vec::new(),
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

    /// The run started again, with another header; these members cannot take part, or cannot yet.
    pub(super) fn start_again(&mut self, change: impl FnOnce(&mut Header), unprepared: Vec<(MemberIndex, MemberError)>) {
        let mut header = self.machine.run().header.clone();
        change(&mut header);
        self.machine = Machine::new(header);
        (self.waiting, self.records, self.clock, self.scorings) = (Vec::new(), Vec::new(), 0.0, 0);
        self.put(Input::Start(unprepared)).unwrap();
    }

    pub(super) fn put(&mut self, input: Input) -> Result<(), CommandError> {
        self.clock += 1.0;
        for effect in self.machine.handle(self.clock, input)? {
            match effect {
                Effect::Emit(record) => self.records.push(record),
                Effect::Cancel(call) => {
                    self.waiting.retain(|effect| call_of(effect) != call);
                    self.cancelled.push(call);
                }
                Effect::Finished => self.finished = true,
                Effect::Draft { .. } | Effect::Extend { .. } | Effect::Measure { .. } | Effect::Predict { .. } => {
                    self.waiting.push(effect);
                }
                Effect::Score { ref request, .. } => {
                    self.scorings += request.candidates.len();
                    self.waiting.push(effect);
                }
            }
        }
        Ok(())
    }

    pub(super) fn order(&mut self, command: Command) -> Result<(), CommandError> {
        self.put(Input::Command(command))
    }

    /// Lets one pending call come back as scripted.
    pub(super) fn answer(&mut self, place: usize) {
        let input = match self.waiting.remove(place) {
            Effect::Draft { call, member, .. } => Input::Drafted(call, self.drafted(member)),
            Effect::Extend { call, member, request, .. } => Input::Extended(call, self.extended(member, &request)),
            Effect::Measure { call, member, .. } => Input::Measured(call, Ok(self.times(member))),
            // A larger member finds any question more probable.
            Effect::Predict { call, member, .. } => {
                Input::Predicted(call, Ok(Predicted { logprob: -8.0 / self.times(member).one_ms, bytes: 4 }))
            }
            Effect::Score { call, request, .. } => {
                let logprobs = request.candidates.iter().map(|candidate| vec![self.opinion(&candidate.text); 2]).collect();
                Input::Scored(call, Ok(Scored::tokens(logprobs, 1)))
            }
            Effect::Emit(_) | Effect::Cancel(_) | Effect::Finished => unreachable!("only calls wait"),
        };
        self.put(input).unwrap();
    }

    /// Lets one pending call fail.
    pub(super) fn fail(&mut self, place: usize, error: MemberError) {
        let input = match self.waiting.remove(place) {
            Effect::Draft { call, .. } => Input::Drafted(call, Err(error)),
            Effect::Extend { call, .. } => Input::Extended(call, Err(error)),
            Effect::Measure { call, .. } => Input::Measured(call, Err(error)),
            Effect::Predict { call, .. } => Input::Predicted(call, Err(error)),
            Effect::Score { call, .. } => Input::Scored(call, Err(error)),
            Effect::Emit(_) | Effect::Cancel(_) | Effect::Finished => unreachable!("only calls wait"),
        };
        self.put(input).unwrap();
    }

    /// Lets everything come back, oldest call first, except that these calls fail.
    pub(super) fn play_failing(&mut self, error: &MemberError, fails: impl Fn(&str, &Effect) -> bool) {
        while !self.waiting.is_empty() && !self.finished {
            let name = self.members[called(&self.waiting[0]).0].name;
            if fails(name, &self.waiting[0]) { self.fail(0, error.clone()) } else { self.answer(0) }
        }
    }

    /// Lets everything come back except these calls, which stay silent until patience ends.
    pub(super) fn play_silent(&mut self, silent: impl Fn(&str, &Effect) -> bool) {
        while !self.finished {
            let heard = self.waiting.iter().position(|call| !silent(self.members[called(call).0].name, call));
            match heard {
                Some(place) => self.answer(place),
                None => assert!(self.wait(), "the round waits for ever"),
            }
        }
    }

    /// Lets time pass until patience with a member ends; returns whether it ever does.
    pub(super) fn wait(&mut self) -> bool {
        let Some(deadline) = self.machine.deadline() else { return false };
        self.clock = self.clock.max(deadline);
        self.put(Input::Due(deadline)).unwrap();
        true
    }

    pub(super) fn opinion(&self, text: &str) -> f32 {
        self.opinions.get(text).copied().unwrap_or(-2.0)
    }

    /// The script's line for the current round. `!` fails, `_` returns nothing, a full stop at the end ends the answer.
    pub(super) fn drafted(&self, member: MemberIndex) -> Result<Drafted, MemberError> {
        let round = self.machine.run().rounds.len();
        let says = &self.members[member.0].says;
        match says.get(round - 1).or(says.last()).copied() {
            Some("!") => Err(MemberError::Failed("as the script says".to_owned())),
            Some("!!") => Err(MemberError::Panicked("as the script says".to_owned())),
            Some("_") | None => Ok(Drafted {
                draft: Draft::default(),
                thought: Thought::default(),
                ends: Vec::new(),
                forwards: 0,
                usage: Usage::default(),
            }),
            Some(text) => {
                let token = DraftToken { text: text.to_owned(), logprob: Some(self.opinion(text)) };
                let ends = text.ends_with('.');
                Ok(Drafted {
                    thought: Thought::default(),
                    ends: Vec::new(),
                    draft: Draft { tokens: vec![token], ends, end_logprob: ends.then_some(self.opinion(text)) },
                    forwards: 1,
                    usage: Usage::default(),
                })
            }
        }
    }

    /// Keeps the whole draft if it is likely enough, then adds what its script has for the round.
    pub(super) fn extended(&self, member: MemberIndex, request: &ExtendRequest) -> Result<Extended, MemberError> {
        let Drafted { draft, forwards, usage, .. } = self.drafted(member)?;
        let opinion = self.opinion(&request.draft);
        let keeps = match request.keep {
            Keep::Own => *request.draft == *draft.text(),
            Keep::Likely(least) => opinion >= least.ln(),
        };
        let keeps = keeps && !request.draft.is_empty();
        let kept = keeps.then(|| DraftToken { text: request.draft.to_string(), logprob: Some(opinion) });
        let ends = if keeps { request.ends } else { draft.ends };
        let added = draft.tokens.into_iter().filter(|_| !(keeps && request.ends));
        Ok(Extended {
            kept: if keeps { request.draft.len() } else { 0 },
            kept_tokens: usize::from(keeps),
            tokens: kept.into_iter().chain(added).collect(),
            logprobs: if request.draft.is_empty() { Vec::new() } else { vec![opinion] },
            ends: ends || draft.ends,
            end_logprob: Some(if ends || draft.ends { -0.1 } else { -3.0 }),
            forwards,
            usage,
        })
    }

    /// A larger member is slower, and no member is slower for more tokens in one decode.
    pub(super) fn times(&self, member: MemberIndex) -> DecodeTimes {
        let one_ms = self.machine.run().member(member).header.capabilities.parameters.unwrap_or(1) as f64;
        DecodeTimes { one_ms, four_ms: one_ms, sixteen_ms: one_ms }
    }

    /// Lets everything come back, oldest call first.
    pub(super) fn play(&mut self) {
        while !self.waiting.is_empty() && !self.finished {
            self.answer(0);
        }
    }

    /// Lets this many calls come back, oldest first.
    pub(super) fn play_some(&mut self, calls: usize) {
        for _ in 0..calls {
            self.answer(0);
        }
    }

    pub(super) fn answer_of_draft(&mut self, name: &str) {
        let index = self.machine.run().index(name).unwrap();
        let place =
            self.waiting.iter().position(|effect| matches!(effect, Effect::Draft { member, .. } if *member == index)).unwrap();
        self.answer(place);
    }

    pub(super) fn scoring_now(&self) -> Vec<&str> {
        let scoring = |effect: &Effect| match effect {
            Effect::Score { member, .. } => Some(*member),
            _ => None,
        };
        self.waiting.iter().filter_map(scoring).map(|member| self.members[member.0].name).collect()
    }

    pub(super) fn kinds(&self, wanted: impl Fn(&Event) -> bool) -> usize {
        self.records.iter().filter(|record| wanted(&record.event)).count()
    }

    pub(super) fn outcome(&self) -> Outcome {
        match &self.machine.run().phase {
            Phase::Finished(outcome) => outcome.clone(),
            Phase::Running | Phase::Paused => panic!("not finished"),
        }
    }
}

pub(super) fn called(effect: &Effect) -> MemberIndex {
    match effect {
        Effect::Draft { member, .. }
        | Effect::Extend { member, .. }
        | Effect::Measure { member, .. }
        | Effect::Predict { member, .. }
        | Effect::Score { member, .. } => *member,
        Effect::Emit(_) | Effect::Cancel(_) | Effect::Finished => unreachable!("only calls wait"),
    }
}

pub(super) fn call_of(effect: &Effect) -> CallId {
    match effect {
        Effect::Draft { call, .. }
        | Effect::Extend { call, .. }
        | Effect::Measure { call, .. }
        | Effect::Predict { call, .. }
        | Effect::Score { call, .. } => *call,
        Effect::Emit(_) | Effect::Cancel(_) | Effect::Finished => unreachable!("only calls wait"),
    }
}
