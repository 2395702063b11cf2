use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

use super::*;
use crate::engine::fusion::candidate::{CandidateText, Draft};
use crate::engine::fusion::event::{Event, Record};
use crate::engine::fusion::params::Params;
use crate::engine::fusion::segment::SegmentRule;
use crate::engine::member::scripted::{Line, ScriptedMember};
use crate::engine::member::{Context, Keep, MemberError, Sampling, Thought};
use crate::engine::{Engine, Setup};
use crate::ensemble::{OpenOptions, built_in_specs, open};

fn context() -> Context {
    Context { conversation: Arc::new(Conversation::question("Why?")), accepted: Arc::from([]) }
}

fn request() -> DraftRequest {
    DraftRequest {
        context: context(),
        sampling: Sampling { temperature: 0.0, top_p: 1.0, seed: 1 },
        segment: SegmentRule::tokens(9),
        asks_end: false,
        confidence: None,
    }
}

fn words() -> ScriptedMember {
    ScriptedMember::saying(&["one two three four"], -0.5)
}

/// Drafts, and returns when each token was sent and when the reply came, in milliseconds.
async fn watch(member: Paced) -> (Vec<(String, u128)>, Result<Drafted, MemberError>, u128) {
    let start = Instant::now();
    let (sender, mut told) = mpsc::channel(1);
    let reply = member.draft(request(), Progress::new(7, sender));
    let listen = async {
        let mut tokens = Vec::new();
        while let Some((call, token)) = told.recv().await {
            assert_eq!(call, 7);
            tokens.push((token.text, start.elapsed().as_millis()));
        }
        tokens
    };
    let timed = async { (reply.await, start.elapsed().as_millis()) };
    let (tokens, (reply, ended)) = tokio::join!(listen, timed);
    (tokens, reply, ended)
}

fn times(tokens: &[(String, u128)]) -> Vec<u128> {
    tokens.iter().map(|(_, time)| *time).collect()
}

#[tokio::test(start_paused = true)]
async fn tokens_come_a_token_time_apart_and_the_reply_is_the_inner_members() {
    let alone = words().draft(request(), Progress::nowhere()).await;
    let (tokens, reply, ended) = watch(Paced::new(Arc::new(words()), Pace::new(Some(10.0)))).await;
    assert_eq!(tokens.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>(), ["one ", "two ", "three ", "four"]);
    assert_eq!((times(&tokens), ended), (vec![100, 200, 300, 400], 400));
    assert_eq!(reply, alone);
}

#[tokio::test(start_paused = true)]
async fn without_a_pace_nothing_waits() {
    for pace in [None, Some(0.0), Some(-1.0), Some(f64::NAN), Some(f64::INFINITY)] {
        let pace = Pace::new(pace);
        assert_eq!(pace.tokens_per_second(), None);
        let (tokens, reply, ended) = watch(Paced::new(Arc::new(words()), pace)).await;
        assert_eq!((tokens.len(), reply.is_ok(), ended), (4, true, 0));
    }
    let slowest = Pace::new(Some(1e-300));
    assert_eq!(watch(Paced::new(Arc::new(words()), slowest)).await.2, 400_000);
}

#[tokio::test(start_paused = true)]
async fn a_rate_that_timers_cannot_keep_is_kept_on_average() {
    let text = "word ".repeat(1000);
    let member = ScriptedMember::saying(&[&text], -0.5);
    let (tokens, _, ended) = watch(Paced::new(Arc::new(member), Pace::new(Some(750.0)))).await;
    assert_eq!(tokens.len(), 1000);
    assert!((1333..=1335).contains(&ended), "{ended}");
}

#[tokio::test(start_paused = true)]
async fn a_change_of_pace_takes_effect_in_the_middle_of_a_token() {
    let pace = Pace::new(Some(10.0));
    let change = async {
        sleep(Duration::from_millis(250)).await;
        pace.set(Some(100.0));
    };
    let ((tokens, ..), ()) = tokio::join!(watch(Paced::new(Arc::new(words()), pace.clone())), change);
    assert_eq!(times(&tokens), [100, 200, 255, 265]);
    let change = async {
        pace.set(Some(1.0));
        sleep(Duration::from_millis(1500)).await;
        pace.set(None);
    };
    let ((tokens, ..), ()) = tokio::join!(watch(Paced::new(Arc::new(words()), pace.clone())), change);
    assert_eq!(times(&tokens), [1000, 1500, 1500, 1500]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_member_is_not_slowed_further_and_catches_up_on_nothing() {
    let gate = Arc::new(Semaphore::new(0));
    let opening = async {
        sleep(Duration::from_secs(5)).await;
        gate.add_permits(1);
    };
    let member = Paced::new(Arc::new(words().behind(Arc::clone(&gate))), Pace::new(Some(10.0)));
    let ((tokens, ..), ()) = tokio::join!(watch(member), opening);
    assert_eq!(times(&tokens), [5000, 5100, 5200, 5300]);
}

#[tokio::test(start_paused = true)]
async fn scores_are_held_back_for_four_token_times_and_are_the_inner_members() {
    let request = ScoreRequest::exact(context(), vec![CandidateText::new("one two", true)]);
    let alone = words().score(request.clone()).await;
    let start = Instant::now();
    let reply = Paced::new(Arc::new(words()), Pace::new(Some(10.0))).score(request).await;
    assert_eq!((reply, start.elapsed().as_millis()), (alone, 400));
}

#[tokio::test(start_paused = true)]
async fn what_becomes_of_a_draft_is_held_back_as_long() {
    let DraftRequest { context, sampling, .. } = request();
    let asked = ExtendRequest { context, draft: "one three".into(), ends: false, keep: Keep::Own, own: 1, sampling };
    let alone = words().extend(asked.clone(), Progress::nowhere()).await;
    let start = Instant::now();
    let reply = Paced::new(Arc::new(words()), Pace::new(Some(10.0))).extend(asked, Progress::nowhere()).await;
    assert_eq!((reply, start.elapsed().as_millis()), (alone, 400));
}

#[tokio::test(start_paused = true)]
async fn a_draft_that_goes_on_rests_before_its_first_token_and_its_end() {
    let start = Instant::now();
    let mut further = request();
    further.context.accepted = Arc::from([Arc::from("said")]);
    let member = Paced::new(Arc::new(ScriptedMember::saying(&["one two"], -0.5)), Pace::new(Some(10.0)));
    let (sender, mut told) = mpsc::channel(8);
    let reply = tokio::spawn(member.draft(further, Progress::new(0, sender)));
    told.recv().await.unwrap();
    assert_eq!(start.elapsed().as_millis(), 1300, "twelve token times, and its own");
    reply.await.unwrap().unwrap();
    assert_eq!(start.elapsed().as_millis(), 1400);
}

#[tokio::test(start_paused = true)]
async fn a_failure_passes_through() {
    let member = Paced::new(Arc::new(ScriptedMember::new(vec![Line::Fail("gone".to_owned())])), Pace::new(Some(1.0)));
    let (tokens, reply, _) = watch(member).await;
    assert_eq!((tokens.len(), reply), (0, Err(MemberError::Failed("gone".to_owned()))));
}

#[tokio::test(start_paused = true)]
async fn dropping_a_reply_drops_the_inner_one() {
    let gate = Arc::new(Semaphore::new(0));
    let member = Paced::new(Arc::new(words().behind(Arc::clone(&gate))), Pace::new(Some(1.0)));
    let score = ScoreRequest::exact(context(), vec![]);
    let before = Arc::strong_count(&gate);
    let mut draft = member.draft(request(), Progress::nowhere());
    let mut score = member.score(score);
    tokio::select! {
        _ = &mut draft => panic!("the gate is closed"),
        _ = &mut score => panic!("the gate is closed"),
        () = sleep(Duration::from_secs(9)) => {}
    }
    assert_eq!(Arc::strong_count(&gate), before + 2);
    drop((draft, score));
    assert_eq!(Arc::strong_count(&gate), before);
}

/// Sends more tokens from a thread than may wait; when dropped, its reply waits for the thread.
struct Threaded(Capabilities);

struct Joining(Option<JoinHandle<()>>);

impl Drop for Joining {
    fn drop(&mut self) {
        self.0.take().map(JoinHandle::join);
    }
}

impl Member for Threaded {
    fn capabilities(&self) -> &Capabilities {
        &self.0
    }

    fn prepare(&self, _: Arc<Conversation>) -> Reply<usize> {
        Box::pin(std::future::ready(Ok(1)))
    }

    fn draft(&self, _: DraftRequest, progress: Progress) -> Reply<Drafted> {
        let (answer, reply) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let token = DraftToken { text: "x".to_owned(), logprob: Some(-1.0) };
            for _ in 0..4 * AHEAD {
                progress.token_blocking(token.clone());
            }
            let draft = Draft { tokens: vec![token; 4 * AHEAD], ends: false, end_logprob: None };
            let _ = answer.send(Drafted {
                draft,
                thought: Thought::default(),
                ends: Vec::new(),
                forwards: 1,
                usage: crate::engine::member::Usage::default(),
            });
        });
        let joining = Joining(Some(thread));
        Box::pin(async move {
            let reply = reply.await;
            drop(joining);
            reply.map_err(|_| MemberError::Failed("no thread".to_owned()))
        })
    }

    fn score(&self, _: ScoreRequest) -> Reply<Scored> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn every_token_that_a_thread_told_comes_before_the_reply() {
    let member = Paced::new(Arc::new(Threaded(words().capabilities().clone())), Pace::new(None));
    let (tokens, reply, _) = watch(member).await;
    assert_eq!((tokens.len(), reply.unwrap().draft.tokens.len()), (4 * AHEAD, 4 * AHEAD));
}

#[tokio::test(start_paused = true)]
async fn a_thread_that_waits_to_tell_a_token_is_free_once_the_reply_is_dropped() {
    let member = Paced::new(Arc::new(Threaded(words().capabilities().clone())), Pace::new(Some(1.0)));
    let (sender, mut told) = mpsc::channel(1);
    let mut reply = member.draft(request(), Progress::new(0, sender));
    tokio::select! {
        _ = &mut reply => panic!("it takes minutes"),
        token = told.recv() => assert!(token.is_some()),
    }
    // Hangs if the thread is not released.
    drop(reply);
    // Nor must one that was never polled.
    drop(member.draft(request(), Progress::nowhere()));
}

/// Keeps the sender for tokens after it has answered.
struct Hoarder(ScriptedMember, std::sync::Mutex<Vec<Progress>>);

impl Member for Hoarder {
    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    fn prepare(&self, conversation: Arc<Conversation>) -> Reply<usize> {
        self.0.prepare(conversation)
    }

    fn draft(&self, request: DraftRequest, progress: Progress) -> Reply<Drafted> {
        self.1.lock().unwrap().push(progress.clone());
        self.0.draft(request, progress)
    }

    fn score(&self, request: ScoreRequest) -> Reply<Scored> {
        self.0.score(request)
    }
}

#[tokio::test(start_paused = true)]
async fn a_way_in_that_is_kept_does_not_hold_up_the_reply() {
    let (tokens, reply, ended) =
        watch(Paced::new(Arc::new(Hoarder(words(), std::sync::Mutex::default())), Pace::new(Some(10.0)))).await;
    assert_eq!((tokens.len(), reply.is_ok(), ended), (4, true, 400));
}

async fn accepted(pace: Option<Pace>) -> Vec<String> {
    let opened = open(built_in_specs(), &OpenOptions::default(), &|_, _| {}).await;
    let mut seats: Vec<_> = opened.into_iter().map(|opened| opened.seat).collect();
    if let Some(pace) = &pace {
        for seat in &mut seats {
            seat.member = Arc::new(Paced::new(Arc::clone(&seat.member), pace.clone()));
        }
    }
    let mut engine = Engine::start(Setup {
        seats,
        params: Params::default(),
        seed: 11,
        conversation: Conversation::question("What is the capital of France, and what is 7 times 8?"),
        answers: Vec::new(),
        journal: None,
        clock: Box::new(|| 0.0),
    })
    .await
    .unwrap();
    let mut segments = Vec::new();
    while let Some(Record { event, .. }) = engine.next_event().await {
        if let Event::Accepted { text, .. } = event {
            segments.push(text);
            if let Some(pace) = &pace {
                pace.set(Some(400.0 + 100.0 * segments.len() as f64));
            }
        }
    }
    segments
}

// In real time: the built-in members are threads, which a paused clock does not wait for.
#[tokio::test]
async fn the_built_in_ensemble_writes_the_same_at_every_pace() {
    let unpaced = accepted(None).await;
    assert!(!unpaced.concat().is_empty());
    assert_eq!(accepted(Some(Pace::new(Some(500.0)))).await, unpaced);
}
