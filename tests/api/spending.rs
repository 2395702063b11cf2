//! The usage that a run reports, compared with what its providers read and generated: two chat APIs that draft and judge.
//!
//! The provider here bills like real ones: a prompt with everything that its template adds, every token it generates until it
//! notices that the reply is no longer read, and nothing for what it refuses. It reports usage only in the last message of a
//! stream.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::{Event, Price, Record, Usage};
use specfuse::engine::fusion::params::Params;
use specfuse::engine::fusion::run::Run;
use specfuse::engine::member::api::{ApiMember, Kind};
use specfuse::engine::{Engine, Seat, Setup, wall_clock};

use crate::loopback::{Loopback, Reply, Request};
use crate::server::{About, serve_with};
use crate::settings;

/// Tokens of the system prompt that the template adds to a conversation without one.
const DEFAULT_SYSTEM: u64 = 21;

/// Characters of the longest token.
const LONGEST: usize = 6;

/// Rounds of a run.
const ROUNDS: usize = 6;

/// How a provider behaves.
#[derive(Clone, Copy)]
struct Habits {
    /// Tokens that it sends per chunk.
    chunk: usize,
    /// Between two chunks.
    pace: Duration,
    /// Every third draft breaks off after a few tokens.
    breaks: bool,
    /// It is busy, and refuses every third draft.
    refuses: bool,
}

const USUAL: Habits = Habits { chunk: 3, pace: Duration::ZERO, breaks: false, refuses: false };

/// A provider's own accounting.
struct Provider {
    habits: Habits,
    says: &'static str,
    drafts: AtomicUsize,
    read: AtomicU64,
    generated: AtomicU64,
}

impl Provider {
    fn new(says: &'static str, habits: Habits) -> Arc<Self> {
        let (drafts, read, generated) = (AtomicUsize::new(0), AtomicU64::new(0), AtomicU64::new(0));
        Arc::new(Self { habits, says, drafts, read, generated })
    }

    fn reply(self: &Arc<Self>, about: About, request: &Request) -> Option<Reply> {
        let body = request.json();
        match about {
            About::Models => None,
            About::Letter => Some(self.stream(&body, "A", usize::MAX)),
            About::Judging => Some(self.stream(&body, r#"{"ranking": ["A", "B"]}"#, usize::MAX)),
            About::Draft => {
                let number = self.drafts.fetch_add(1, Ordering::SeqCst);
                if self.habits.refuses && number % 3 == 1 {
                    return Some(Reply::json(400, &json!({"error": {"message": "no"}})));
                }
                let breaks = self.habits.breaks && number % 3 == 1;
                Some(self.stream(&body, &answer(self.says, number), if breaks { 7 } else { usize::MAX }))
            }
            About::Scoring | About::Alphabet | About::Tokens | About::Rendering | About::Describing => {
                Some(Reply::json(404, &json!({"error": {"message": "no such thing"}})))
            }
        }
    }

    /// A reply of this text, which breaks off after this many tokens.
    fn stream(self: &Arc<Self>, body: &Value, text: &str, breaks: usize) -> Reply {
        let prompt = prompt(body);
        self.read.fetch_add(prompt, Ordering::SeqCst);
        let limit = ["max_tokens", "max_completion_tokens"].iter().find_map(|name| body[name].as_u64()).unwrap() as usize;
        let all = tokens(text);
        let cut = limit.min(all.len());
        let mut reply = Reply::events();
        for chunk in all[..cut.min(breaks)].chunks(self.habits.chunk) {
            let (books, count) = (self.clone(), chunk.len() as u64);
            reply = if self.habits.pace.is_zero() { reply } else { reply.pause(self.habits.pace) };
            reply = reply.then(move || _ = books.generated.fetch_add(count, Ordering::SeqCst));
            reply = reply.event(&json!({"choices": [{"index": 0, "delta": {"content": chunk.concat()}, "finish_reason": null}]}));
        }
        if breaks < cut {
            return reply.close();
        }
        let finish = if cut < all.len() { "length" } else { "stop" };
        reply = reply.event(&json!({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}));
        if body["stream_options"]["include_usage"] == json!(true) {
            reply = reply.event(&json!({"choices": [], "usage": {"prompt_tokens": prompt, "completion_tokens": cut}}));
        }
        reply.chunk("data: [DONE]\n\n").end()
    }
}

/// Several sentences that no earlier draft had.
fn answer(says: &str, number: usize) -> String {
    let sentence = |part| format!(" {says} in example {number} of part {part}, however one looks at it.");
    (0..4).map(sentence).collect::<Vec<_>>().concat()
}

/// Words with the space before them, long ones in parts.
fn tokens(text: &str) -> Vec<String> {
    let words = text.split_inclusive(' ');
    words.flat_map(|word| word.chars().collect::<Vec<_>>().chunks(LONGEST).map(String::from_iter).collect::<Vec<_>>()).collect()
}

fn prompt(body: &Value) -> u64 {
    let messages = body["messages"].as_array().unwrap();
    let content: usize = messages.iter().map(|message| tokens(message["content"].as_str().unwrap()).len() + 4).sum();
    let own = messages.iter().any(|message| message["role"] == "system" || message["role"] == "developer");
    content as u64 + 3 + if own { 0 } else { DEFAULT_SYSTEM }
}

struct Behind {
    provider: Arc<Provider>,
    member: ApiMember,
    _server: Loopback,
}

async fn member(says: &'static str, habits: Habits) -> Behind {
    let provider = Provider::new(says, habits);
    let books = provider.clone();
    let server = serve_with(Kind::OpenAi, move |about, request| books.reply(about, request)).await;
    let member = ApiMember::connect(settings(Kind::OpenAi, &server.url("/v1"))).await.unwrap();
    // The usage of the probe is not part of the answer's.
    let probing = member.probed().probing;
    let read = provider.read.swap(0, Ordering::SeqCst);
    assert_eq!((probing.prompt_tokens, probing.is_guessed()), (read, false));
    provider.generated.store(0, Ordering::SeqCst);
    Behind { provider, member, _server: server }
}

/// A run's own figures for a member next to its provider's.
struct Compared {
    told: Usage,
    cost: f64,
    read: u64,
    generated: u64,
}

const PRICE: Price = Price { input: 2.0, cached: None, output: 8.0 };

async fn play(habits: Habits, knobs: &[(&str, &str)]) -> (Vec<Compared>, Vec<Record>) {
    let members = [member("Rivers find the sea", habits).await, member("Every stone remembers", habits).await];
    let mut params = Params::default();
    let rounds = ROUNDS.to_string();
    for (name, value) in [("exit", "off"), ("max-rounds", &rounds), ("align", "none")].iter().chain(knobs) {
        params.set_text(name, value).unwrap();
    }
    let seats = ["ann", "bob"].into_iter().zip(&members).map(|(name, member)| {
        let seat = Seat::new(name, Arc::new(member.member.clone()));
        Seat { price: Some(PRICE), ..seat }
    });
    let setup = Setup {
        seats: seats.collect(),
        params,
        seed: 7,
        conversation: Conversation::question("Why is the sky blue in the morning, and red when the day ends?"),
        answers: Vec::new(),
        journal: None,
        clock: wall_clock(),
    };
    let mut engine = Engine::start(setup).await.unwrap();
    let mut records = Vec::new();
    while let Some(record) = engine.next_event().await {
        records.push(record);
    }
    let run = Run::from_records(&records).unwrap();
    let compared = run.summarise().members.into_iter().zip(&members).map(|(told, member)| Compared {
        told: told.usage,
        cost: told.cost.unwrap(),
        read: member.provider.read.load(Ordering::SeqCst),
        generated: member.provider.generated.load(Ordering::SeqCst),
    });
    (compared.collect(), records)
}

/// Within a fiftieth if it was counted, within a fifth if it was guessed.
fn is_near(told: u64, guessed: u64, truth: u64) -> bool {
    let most = (told - guessed) as f64 * 0.02 + guessed as f64 * 0.2;
    told.abs_diff(truth) as f64 <= most
}

fn assert_near(compared: &[Compared]) {
    for Compared { told, cost, read, generated } in compared {
        assert!(*read > 0 && *generated > 0);
        assert!(is_near(told.prompt_tokens, told.guessed_prompt_tokens, *read), "{told:?}: {read} read");
        assert!(is_near(told.output_tokens, told.guessed_output_tokens, *generated), "{told:?}: {generated} generated");
        let truth = PRICE.of(Usage::counted(*read, 0, *generated));
        let most = if told.is_guessed() { 0.2 } else { 0.02 };
        assert!((cost - truth).abs() <= most * truth, "${cost} was told, it was ${truth}");
    }
}

fn failed(records: &[Record]) -> usize {
    records.iter().filter(|record| matches!(record.event, Event::DraftFailed { .. })).count()
}

#[tokio::test]
async fn segments_of_tokens_are_counted() {
    let (compared, records) = play(USUAL, &[("segment", "tokens"), ("segment-tokens", "12")]).await;
    assert_near(&compared);
    assert!(records.iter().any(|record| matches!(record.event, Event::Score { .. })), "they judge");
}

#[tokio::test]
async fn sentences_are_dropped_early_and_counted_where_their_end_is_near() {
    let (compared, _) = play(USUAL, &[("segment", "sentence"), ("segment-cap", "48")]).await;
    assert_near(&compared);
    // Replies that end after the run are not waited for.
    assert!(compared.iter().all(|one| one.told.guessed() <= 48 + 8), "{:?}", compared[0].told);
}

#[tokio::test]
async fn sentences_that_leave_much_of_their_limit_are_guessed() {
    let habits = Habits { pace: Duration::from_millis(3), ..USUAL };
    let (compared, _) = play(habits, &[("segment", "sentence"), ("segment-cap", "120")]).await;
    for Compared { told, read, generated, .. } in &compared {
        assert!(told.guessed_prompt_tokens > 0 && told.guessed_output_tokens > 0, "{told:?}");
        assert!(is_near(told.prompt_tokens, told.guessed_prompt_tokens, *read), "{told:?}: {read} read");
        // When the provider notices depends on the machine; it is never asked for more than the limit.
        assert!(told.output_tokens <= *generated * 2 && *generated <= told.output_tokens * 2, "{told:?}: {generated} generated");
    }
}

#[tokio::test]
async fn replies_that_break_are_paid_for() {
    let habits = Habits { breaks: true, ..USUAL };
    let (compared, records) = play(habits, &[("segment", "tokens"), ("segment-tokens", "12")]).await;
    assert!(compared.iter().all(|one| one.told.guessed_prompt_tokens > 0 && one.told.guessed_output_tokens > 0));
    assert!(records.iter().any(|record| matches!(record.event, Event::DraftFinished { .. })), "each was asked for once more");
    assert_near(&compared);
}

#[tokio::test]
async fn refusals_cost_nothing() {
    let habits = Habits { refuses: true, ..USUAL };
    let (compared, records) = play(habits, &[("segment", "tokens"), ("segment-tokens", "12")]).await;
    assert!(failed(&records) > 1);
    assert_near(&compared);
}

#[tokio::test]
async fn a_guess_is_marked_in_the_trace_and_a_count_is_not() {
    let (_, counted) = play(USUAL, &[("segment", "tokens"), ("segment-tokens", "12")]).await;
    let text = |records: &[Record]| records.iter().map(|record| serde_json::to_string(record).unwrap()).collect::<String>();
    assert!(!text(&counted).contains("guessed"));
    let (_, broken) = play(Habits { breaks: true, ..USUAL }, &[("segment", "tokens"), ("segment-tokens", "12")]).await;
    let broken = text(&broken);
    assert!(broken.contains(r#""event":"used""#) && broken.contains("guessed_output_tokens"));
}
