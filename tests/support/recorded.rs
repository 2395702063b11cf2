//! Random runs, played by the real round machine: members that draft and score numbers from a generator instead of models. No
//! clock, no tasks; the same shape and seed give the same run.

use std::collections::VecDeque;

use specfuse::engine::fusion::candidate::{CandidateText, Draft, DraftToken};
use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::{Capabilities, Header, MemberHeader, OwnSampling, Record, Role, TRACE_VERSION};
use specfuse::engine::fusion::params::Params;
use specfuse::engine::member::{Drafted, MemberError, Opinion, Predicted, ScoreTier, Scored, Thought, Usage};
use specfuse::engine::round::{Effect, Input, Machine};

/// The parameters of a run.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Members, at least 1.
    pub members: usize,
    /// Rounds, unless the answer ends earlier.
    pub rounds: usize,
    /// The most tokens of a draft, at least 1.
    pub tokens: usize,
    /// Whether irregularities of real models occur: equal drafts, drafts that repeat, ends, failures, judges, members that report
    /// no log-probabilities, weights, sizes. Otherwise all drafts differ and everything is scored.
    pub odd: bool,
}

/// Pseudo-random numbers (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    /// From 0 up to 1.
    fn share(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }

    fn chance(&mut self, of: f32) -> bool {
        self.share() < of
    }
}

fn header(shape: &Shape, numbers: &mut Numbers, params: &Params) -> Header {
    let sized = numbers.chance(0.7);
    let members = (0..shape.members).map(|place| {
        let mut capabilities = Capabilities { concurrency: 8, ..Capabilities::in_process("random", "") };
        let (mut role, mut weight) = (Role::Both, None);
        if shape.odd {
            capabilities.end_probability = numbers.chance(0.5);
            capabilities.draft_logprobs = numbers.chance(0.8);
            if numbers.chance(0.15) {
                capabilities.tier = ScoreTier::Labels;
            }
            weight = [None, None, None, Some(0.5), Some(0.0)][numbers.below(5)];
            capabilities.parameters =
                [None, Some(100), Some(400), Some(900)][numbers.below(if sized { 3 } else { 4 }) + usize::from(sized)];
            role = [Role::Both, Role::Both, Role::Both, Role::Draft, Role::Verify][numbers.below(5)];
        }
        // At least one member has to draft.
        let role = if place == 0 { Role::Both } else { role };
        let name = format!("m{place}").into();
        MemberHeader { name, role, weight, capabilities, sampling: OwnSampling::default(), price: None }
    });
    Header {
        format: "specfuse-trace".to_owned(),
        version: TRACE_VERSION,
        program: String::new(),
        members: members.collect(),
        params: params.clone(),
        seed: 1,
        conversation: Conversation::question("a b c?"),
        answers: Vec::new(),
    }
}

/// A member's draft: quality differs between members, so that some would leave.
fn draft(shape: &Shape, numbers: &mut Numbers, member: usize, tells: bool, end: bool) -> Draft {
    let tokens = (0..if shape.odd { 1 + numbers.below(shape.tokens) } else { shape.tokens })
        .map(|_| {
            let text = if shape.odd {
                [" a", " b", " c."][numbers.below(3)].to_owned()
            } else {
                format!(" {member}x{}", numbers.below(1000))
            };
            let worst = 0.5 + member as f32 * 0.3;
            DraftToken { text, logprob: tells.then(|| -worst * numbers.share()) }
        })
        .collect();
    let ends = shape.odd && numbers.chance(0.02);
    Draft { tokens, ends, end_logprob: (ends && end).then(|| -numbers.share()) }
}

fn scored(shape: &Shape, numbers: &mut Numbers, candidates: &[CandidateText], judges: bool, end: bool) -> Scored {
    let shares: Vec<f32> = candidates.iter().map(|_| 0.05 + numbers.share()).collect();
    let sum: f32 = shares.iter().sum();
    let opinion = |(CandidateText { text, ends }, share): (&CandidateText, &f32)| {
        if judges {
            return Opinion::Preference(share / sum);
        }
        let tokens = text.split_whitespace().count() + usize::from(*ends && end);
        // How much less the drafts of the later members are worth: their texts start with their number.
        let worst = 0.5 + text.trim().chars().next().and_then(|first| first.to_digit(10)).unwrap_or(1) as f32 * 0.3;
        let impossible = shape.odd && numbers.chance(0.02);
        let logprob = |_| if impossible { f32::NEG_INFINITY } else { -worst * numbers.share() };
        Opinion::Tokens((0..tokens).map(logprob).collect())
    };
    let opinions = candidates.iter().zip(&shares).map(opinion).collect();
    let ends =
        candidates.iter().map(|candidate| (shape.odd && end && !judges && !candidate.ends).then(|| logarithm(numbers))).collect();
    Scored { opinions, ends, forwards: 0, usage: Usage::default() }
}

/// Of a probability that is seldom near 1: most segments do not end an answer.
fn logarithm(numbers: &mut Numbers) -> f32 {
    numbers.share().powi(4).max(1e-6).ln()
}

/// The records of a run of this shape under these knobs.
pub fn record(shape: &Shape, seed: u64, params: &Params) -> Vec<Record> {
    let mut numbers = Numbers(seed);
    let mut params = params.clone();
    params.set_text("segment", "tokens").expect("a knob of ours");
    (params.segment_tokens, params.max_rounds, params.max_tokens) = (shape.tokens, shape.rounds, usize::MAX);
    let header = header(shape, &mut numbers, &params);
    let can = header.members.clone();
    let mut machine = Machine::new(header);
    let mut inputs = VecDeque::from([Input::Start(Vec::new())]);
    let (mut records, mut now_ms) = (Vec::new(), 0.0);
    while let Some(input) = inputs.pop_front() {
        now_ms += 1.0;
        for effect in machine.handle(now_ms, input).expect("a machine that goes on") {
            let fails = shape.odd && numbers.chance(0.02);
            match effect {
                Effect::Emit(record) => records.push(record),
                Effect::Draft { call, .. } if fails => {
                    inputs.push_back(Input::Drafted(call, Err(MemberError::Failed("no".to_owned()))));
                }
                Effect::Score { call, .. } if fails => {
                    inputs.push_back(Input::Scored(call, Err(MemberError::Failed("no".to_owned()))));
                }
                Effect::Draft { call, member, .. } => {
                    let known = &can[member.0].capabilities;
                    let draft = draft(shape, &mut numbers, member.0, known.draft_logprobs, known.end_probability);
                    let known = if shape.odd && known.end_probability { draft.tokens.len() + 1 } else { 0 };
                    let ends = (0..known).map(|_| logarithm(&mut numbers)).collect();
                    inputs.push_back(Input::Drafted(
                        call,
                        Ok(Drafted { draft, thought: Thought::default(), ends, forwards: 0, usage: Usage::default() }),
                    ));
                }
                Effect::Score { call, member, request, .. } => {
                    let end = can[member.0].capabilities.end_probability;
                    let reply = scored(shape, &mut numbers, &request.candidates, request.tier.judges(), end);
                    inputs.push_back(Input::Scored(call, Ok(reply)));
                }
                Effect::Extend { .. } | Effect::Measure { .. } => unreachable!("every member drafts"),
                Effect::Predict { call, .. } if fails => {
                    inputs.push_back(Input::Predicted(call, Err(MemberError::Failed("no".to_owned()))));
                }
                Effect::Predict { call, .. } => {
                    let predicted = Predicted { logprob: -20.0 * f64::from(numbers.share()), bytes: 10 };
                    inputs.push_back(Input::Predicted(call, Ok(predicted)));
                }
                Effect::Cancel(_) | Effect::Finished => {}
            }
        }
    }
    records
}
