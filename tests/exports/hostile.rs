//! Runs in which a test chooses the text at every place that a trace has for text.

use proptest::prelude::*;
use specfuse::engine::fusion::candidate::DraftToken;
use specfuse::engine::fusion::conversation::{Conversation, Role, Turn};
use specfuse::engine::fusion::event::{
    CandidateScore, Capabilities, DraftFinished, Event, ExitReason, Finished, Header, MemberHeader, MemberName, Outcome,
    OwnSampling, Ranked, RankedCandidate, RankedStanding, Record, Role as Part, Steering, Summary, TRACE_VERSION, Thought, Usage,
};
use specfuse::engine::fusion::params::{Params, Value};

/// Texts that have broken pages, documents and terminals before.
pub const ATTACKS: [&str; 22] = [
    "<script>owned.push(1)</script>",
    "<img src=x onerror=\"owned.push(2)\">",
    "[click](javascript:owned.push(3))",
    "<a href=\"javascript:owned.push(4)\">click</a>",
    "</style><style>*{display:none}</style>",
    "</title></head><body onload=owned.push(5)>",
    "${owned.push(6)} {{owned.push(7)}} <%= owned %>",
    "--> ]]> <!-- <![CDATA[",
    "\u{0}\u{1b}]0;owned\u{7}\u{1b}[31m\u{9b}2J",
    "\u{202e}desrever\u{2066}\u{feff}\u{200b}",
    "\" onmouseover=\"owned.push(8)\" x='y' `z`",
    "&lt;b&gt; &amp;amp; &#60;script&#62; &notit;",
    "```\n# heading\n~~~\n\n---\n| a | b |\n| --- | --- |",
    "a | b \\| c || *x* _y_ **z** ~~w~~ `v` ![i](http://h.invalid/i.png) [^1] <http://h.invalid> www.h.invalid a@h.invalid",
    "<iframe srcdoc=\"<script>parent.owned.push(9)</script>\"></iframe><svg/onload=owned.push(10)><math><mtext></table>",
    "</td></tr></table></div></main><h1>not mine</h1>",
    "<link rel=stylesheet href=http://h.invalid/x.css><base href=http://h.invalid/><meta http-equiv=refresh content=\"0;url=http://h.invalid/\">",
    "<details open ontoggle=owned.push(11)><form action=http://h.invalid><input autofocus onfocus=owned.push(12)>",
    "one\r\ntwo\u{2028}three\tfour  five\n\n    six",
    "\u{ffff}\u{fffe}\u{fffd}\u{10ffff}\u{e000}",
    "z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307} 日本語 العربية 👩‍👩‍👧",
    "",
];

/// A word that is longer than any line.
pub fn huge_word() -> String {
    "Donaudampfschifffahrt".repeat(400)
}

/// Any text, mostly hostile.
pub fn text() -> impl Strategy<Value = String> {
    let attack = proptest::sample::select(ATTACKS.to_vec()).prop_map(str::to_owned);
    let pieces = proptest::collection::vec(prop_oneof![attack.clone(), any::<String>(), "[<>&\"'`|\\\\*_#:/.! \n-]{1,8}"], 1..4);
    prop_oneof![attack, any::<String>(), pieces.prop_map(|pieces| pieces.concat()), Just(huge_word())]
}

/// Enough texts for all the places of a trace.
pub fn texts() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(text(), 24)
}

/// The places of a trace take the texts in turn.
struct Supply<'a> {
    texts: &'a [String],
    next: usize,
}

impl Supply<'_> {
    fn text(&mut self) -> String {
        self.next += 1;
        self.texts[(self.next - 1) % self.texts.len()].clone()
    }
}

fn header(supply: &mut Supply<'_>, names: &[MemberName]) -> Header {
    let member = |name: &MemberName| MemberHeader {
        name: name.clone(),
        role: Part::Both,
        weight: None,
        capabilities: Capabilities { advice: vec![supply.text()], ..Capabilities::in_process(&supply.text(), &supply.text()) },
        sampling: OwnSampling::default(),
        price: None,
    };
    let members = names.iter().map(member).collect();
    let turn = |role: Role, content: String| Turn { role, content };
    let turns = vec![
        turn(Role::System, supply.text()),
        turn(Role::User, supply.text()),
        turn(Role::Assistant, supply.text()),
        turn(Role::User, supply.text()),
    ];
    Header {
        format: "specfuse-trace".to_owned(),
        version: TRACE_VERSION,
        program: supply.text(),
        members,
        params: Params { segment_tokens: 7, ..Params::default() },
        seed: 7,
        conversation: Conversation { turns },
        answers: vec![supply.text()],
    }
}

fn draft(member: &MemberName, text: &str) -> [Event; 2] {
    let token = DraftToken { text: text.to_owned(), logprob: Some(-0.5) };
    let finished = DraftFinished {
        member: member.clone(),
        text: text.to_owned(),
        ends: false,
        end_logprob: None,
        beyond: String::new(),
        thought: Thought::default(),
        kept: None,
        drawn: 1,
        forwards: 1,
        usage: Usage::default(),
        first_token_ms: 1.0,
        elapsed_ms: 2.0,
    };
    [Event::Token { member: member.clone(), token }, Event::DraftFinished(Box::new(finished))]
}

fn round(supply: &mut Supply<'_>, names: &[MemberName], accepted: Accepted) -> Vec<Event> {
    let [a, b, c] = [&names[0], &names[1], &names[2]];
    let drafts = [supply.text(), supply.text()];
    let score = |candidate: &MemberName, logprob: f32| CandidateScore {
        candidate: candidate.clone(),
        logprobs: vec![logprob],
        end_logprob: None,
        preference: None,
    };
    let mut events = vec![Event::RoundStarted { drafters: names.to_vec(), verifiers: names.to_vec(), ahead: None }];
    events.extend(draft(a, &drafts[0]).into_iter().chain(draft(b, &drafts[1])));
    events.extend([
        Event::DraftFailed { member: c.clone(), error: supply.text(), elapsed_ms: 1.0 },
        Event::Score { member: a.clone(), scores: vec![score(b, -0.9)], forwards: 1, usage: Usage::default(), elapsed_ms: 1.0 },
        Event::Score { member: b.clone(), scores: vec![score(a, -0.1)], forwards: 1, usage: Usage::default(), elapsed_ms: 1.0 },
        Event::ScoreFailed { member: c.clone(), candidates: vec![a.clone(), b.clone()], error: supply.text(), elapsed_ms: 1.0 },
    ]);
    let ranked = |name: &MemberName, score| RankedCandidate {
        candidate: name.clone(),
        authors: vec![name.clone()],
        score: Some(score),
        unconfirmed: false,
    };
    let standing = |name: &MemberName| RankedStanding {
        member: name.clone(),
        quality: Some(-0.5),
        cumulative: -0.5,
        retention: 0.3,
        threshold: 0.1,
    };
    events.push(Event::Ranked(Box::new(Ranked {
        candidates: vec![ranked(a, 0.8), ranked(b, 0.5)],
        margin: Some(0.3),
        end: None,
        unanimous: false,
        weights: names.iter().map(|name| (name.clone(), 1.0)).collect(),
        standings: names.iter().map(standing).collect(),
    })));
    let (member, text) = match accepted {
        Accepted::Drafted => (Some(a.clone()), drafts[0].clone()),
        Accepted::Edited => (Some(a.clone()), supply.text()),
        Accepted::Written => (None, supply.text()),
    };
    events.push(Event::Accepted {
        authors: member.iter().cloned().collect(),
        member,
        text,
        tokens: 1,
        ends: false,
        overridden: accepted != Accepted::Drafted,
        edited: accepted == Accepted::Edited,
    });
    events
}

/// Where the text of a round comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Accepted {
    Drafted,
    Edited,
    Written,
}

/// A run of three members and three rounds that contains these texts.
pub fn records(texts: &[String]) -> Vec<Record> {
    let mut supply = Supply { texts, next: 0 };
    let names: Vec<MemberName> = ["1", "2", "3"].iter().map(|suffix| (supply.text() + suffix).into()).collect();
    let mut events = vec![(0, Event::RunStarted(Box::new(header(&mut supply, &names))))];
    for (number, accepted) in [(1, Accepted::Drafted), (2, Accepted::Edited), (3, Accepted::Written)] {
        events.extend(round(&mut supply, &names, accepted).into_iter().map(|event| (number, event)));
    }
    let last = [
        Event::Exited { member: names[2].clone(), reason: ExitReason::Failures { count: 2, error: supply.text() } },
        Event::Readmitted { member: names[2].clone() },
        Event::Exited { member: names[2].clone(), reason: ExitReason::Unusable { error: supply.text() } },
        Event::ParamsChanged { name: supply.text(), value: Value::Name(supply.text()), together: false },
        Event::Steered { action: Steering::Override { member: supply.text().into() } },
        Event::Warning { text: supply.text() },
        Event::RunFinished(Box::new(Finished {
            outcome: Outcome::NoMembers { error: supply.text() },
            summary: Summary::default(),
        })),
    ];
    events.extend(last.into_iter().map(|event| (3, event)));
    events.into_iter().enumerate().map(|(at, (round, event))| Record { t_ms: at as f64, round, event }).collect()
}

/// The same run with a plain word in place of every text, equal words for equal texts: the document's structure is the same.
pub fn plain(texts: &[String]) -> Vec<String> {
    let place = |text: &String| texts.iter().position(|other| other == text).unwrap_or_default();
    texts.iter().map(|text| if blank(text) { text.clone() } else { format!("word{}", place(text)) }).collect()
}

/// Whether nothing of a text is visible: a document says so, which changes its structure.
fn blank(text: &str) -> bool {
    specfuse::clean::clean(text).trim().is_empty()
}
