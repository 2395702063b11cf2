//! Opening members: reads files and probes servers, all concurrently.
//!
//! A member that cannot be opened keeps its seat as an absent one: the others continue, and the user sees why it is away.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, Stream, StreamExt};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::connect::connect;
use super::cores::Cores;
use super::error::OpenError;
use super::options::OpenOptions;
use super::spec::MemberSpec;
use super::{built_in, found, gguf, spec};
use crate::config::Source;
use crate::engine::fusion::event::Role;
use crate::engine::member::Member;
use crate::engine::member::absent::AbsentMember;
use crate::engine::member::embedded::EmbeddedMember;
use crate::engine::member::opening::{Opener, OpeningMember};
use crate::engine::{Seat, grace, is_enough};

/// How long a server may take to be ready: one that loads a model is waited for, but not forever.
const PATIENCE: Duration = Duration::from_secs(180);

/// How long a large file may take to load before an answer starts without it: a disk may never answer.
const LOADING: Duration = Duration::from_secs(300);

/// A member that was opened, or could not be.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Clone)]
pub struct Opened {
    /// The specification it was opened from.
    pub spec: MemberSpec,
    pub seat: Seat,
    /// Why it is away, if it is.
    pub fault: Option<Arc<OpenError>>,
}

/// Opens members concurrently, in their order; while waiting, `told` receives what each (by its index) is doing.
pub async fn open(specs: Vec<MemberSpec>, options: &OpenOptions, told: &(dyn Fn(usize, &str) + Sync)) -> Vec<Opened> {
    let cores = cores(&specs);
    let each = specs.into_iter().enumerate().map(|(place, spec)| one(spec, options, &cores, move |what: &str| told(place, what)));
    let opened = named(futures_util::future::join_all(each).await);
    options.servers.machine.settle(options.in_turn, &options.known, &options.warnings).await;
    opened
}

/// The files among these members, which may need servers that share the cores.
fn cores(specs: &[MemberSpec]) -> Cores {
    Cores::new(specs.iter().filter(|spec| matches!(spec.config.source, Source::Gguf { .. })).count())
}

/// Opens members concurrently, in their order. Once enough are ready, it no longer waits for the other servers: they are returned
/// as members that are still being opened ([`OpeningMember`]), which a run includes once they are ready. Files are waited for.
/// Needs a tokio runtime.
pub async fn open_patiently(specs: Vec<MemberSpec>, options: &OpenOptions, told: &(dyn Fn(usize, &str) + Sync)) -> Vec<Opened> {
    let (words, mut heard) = mpsc::unbounded_channel();
    let mut awaited: Vec<Opening> = Vec::with_capacity(specs.len());
    let mut ready = FuturesUnordered::new();
    let cores = cores(&specs);
    for (place, spec) in specs.into_iter().enumerate() {
        let (sender, receiver) = oneshot::channel();
        let (task_spec, options, words, cores) = (spec.clone(), options.clone(), words.clone(), cores.clone());
        tokio::spawn(async move {
            let told = |what: &str| {
                let _ = words.send((place, what.to_owned()));
            };
            let _ = sender.send(one(task_spec, &options, &cores, told).await);
        });
        ready.push(receiver.map(move |opened| (place, opened.ok())));
        awaited.push(Opening { spec, opened: None });
    }
    drop(words);
    let begun = Instant::now();
    let mut until: Option<Instant> = None;
    loop {
        let next = async {
            match until {
                None => Some(ready.next().await),
                Some(until) => tokio::time::timeout_at(until, ready.next()).await.ok(),
            }
        };
        tokio::select! {
            Some((place, what)) = heard.recv() => told(place, &what),
            next = next => match next.flatten() {
                Some((place, Some(opened))) => {
                    awaited[place].opened = Some(opened);
                    until = enough(&awaited).then(|| {
                        if loads_a_file(&awaited) { begun + LOADING } else { Instant::now() + grace(begun.elapsed()) }
                    });
                }
                // A task that ended without an outcome panicked: its member is away like one that is never opened.
                Some((_, None)) => {}
                None => break,
            },
        }
    }
    let (members, late) = so_far(awaited);
    if !late.is_empty() {
        tokio::spawn(finish(late, ready));
    }
    options.servers.machine.settle(options.in_turn, &options.known, &options.warnings).await;
    named(members)
}

/// The members as they are now, and the openers of those that are still being opened, by index.
fn so_far(awaited: Vec<Opening>) -> (Vec<Opened>, BTreeMap<usize, Opener>) {
    let mut late = BTreeMap::new();
    let members = awaited.into_iter().enumerate().map(|(place, Opening { spec, opened })| {
        opened.unwrap_or_else(|| {
            let (seat, opener) = opening(&spec);
            late.insert(place, opener);
            Opened { spec, seat, fault: None }
        })
    });
    (members.collect(), late)
}

/// Ends the opening of late members, as each becomes ready.
async fn finish(mut late: BTreeMap<usize, Opener>, mut ready: impl Stream<Item = (usize, Option<Opened>)> + Unpin) {
    while let Some((place, opened)) = ready.next().await {
        if let (Some(opener), Some(opened)) = (late.remove(&place), opened) {
            let Opened { seat, fault, .. } = opened;
            opener.finish(fault.map_or(Ok(seat.member), |fault| Err(fault.to_string())));
        }
    }
}

/// The seat of a member that is still being opened, and its opener.
#[must_use]
pub fn opening(spec: &MemberSpec) -> (Seat, Opener) {
    let (member, opener) = OpeningMember::new(&kind(spec));
    (seat(spec, shared(member)), opener)
}

/// A member that is being opened.
struct Opening {
    spec: MemberSpec,
    opened: Option<Opened>,
}

/// Whether a model is still being loaded from a file: unlike a server, it is ready soon or never.
fn loads_a_file(opening: &[Opening]) -> bool {
    opening.iter().any(|opening| opening.opened.is_none() && matches!(opening.spec.config.source, Source::Gguf { .. }))
}

fn enough(opening: &[Opening]) -> bool {
    let done = || opening.iter().filter_map(|opening| opening.opened.as_ref());
    let drafts = |opened: &Opened| opened.fault.is_none() && opened.seat.role != Role::Verify;
    is_enough(opening.len(), done().count(), done().filter(|opened| drafts(opened)).count())
}

/// Gives each a unique name.
fn named(mut opened: Vec<Opened>) -> Vec<Opened> {
    let mut specs: Vec<MemberSpec> = opened.iter().map(|opened| opened.spec.clone()).collect();
    super::unique(&mut specs);
    for (opened, spec) in opened.iter_mut().zip(specs) {
        opened.seat.name.clone_from(&spec.name);
        opened.spec = spec;
    }
    opened
}

async fn one(mut spec: MemberSpec, options: &OpenOptions, cores: &Cores, told: impl Fn(&str) + Sync) -> Opened {
    let found = match &spec.config.source {
        Source::BuiltIn(name) => match built_in::gguf(name) {
            Some(bytes) => EmbeddedMember::open(name, bytes).map(shared).map_err(OpenError::Embedded),
            None => Err(OpenError::NotBuiltIn { model: name.clone() }),
        },
        Source::Gguf { path, arguments, local } => {
            let path = found::expanded(path);
            let file = gguf::File { name: &spec.name, path: &path, arguments, local, deciding: cores.file() };
            gguf::open(file, options, &told).await
        }
        Source::Server(server) => {
            told("connecting");
            match tokio::time::timeout(PATIENCE, connect(&spec.name, server, options)).await {
                Ok(connected) => connected.map_err(OpenError::Server),
                Err(_) => Err(OpenError::ServerNotReady { address: spec.address(), limit: PATIENCE }),
            }
        }
    };
    let (member, fault) = match found {
        Ok(member) => (member, None),
        Err(fault) => (shared(AbsentMember::new(&kind(&spec), "", fault.to_string())), Some(Arc::new(fault))),
    };
    let model = &member.capabilities().model;
    if !spec.named && fault.is_none() && matches!(spec.config.source, Source::Server(_)) && !model.is_empty() {
        spec.name = spec::short(model);
    }
    let seat = seat(&spec, member);
    Opened { spec, seat, fault }
}

/// The member in its seat, as configured.
fn seat(spec: &MemberSpec, member: Arc<dyn Member>) -> Seat {
    let seat = Seat::new(spec.name.clone(), member);
    Seat { role: spec.config.role, weight: spec.config.weight, sampling: spec.config.sampling, price: spec.config.price, ..seat }
}

fn shared(member: impl Member + 'static) -> Arc<dyn Member> {
    Arc::new(member)
}

/// The kind of member before its server has reported it.
fn kind(spec: &MemberSpec) -> String {
    match &spec.config.source {
        Source::BuiltIn(_) => "built-in".to_owned(),
        Source::Gguf { .. } => "gguf".to_owned(),
        Source::Server(server) => server.kind.clone().unwrap_or_else(|| "server".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn members_are_opened_side_by_side_and_who_is_away_keeps_its_seat() {
        let kinds = crate::ensemble::kinds();
        let parse = |text: &str| MemberSpec::parse(text, &kinds).unwrap();
        let mut keyed = parse("https://api.openai.com/v1#some-model");
        if let Source::Server(server) = &mut keyed.config.source {
            server.key = Some(crate::engine::member::http::KeySource::Environment("SPECFUSE_TEST_NO_SUCH_KEY".to_owned()));
        }
        let servers = [parse("http://127.0.0.1:9"), parse("http://nowhere.invalid"), keyed];
        let specs: Vec<MemberSpec> = servers.into_iter().chain(crate::ensemble::built_in_specs()).collect();
        let opened = open(specs, &OpenOptions::default(), &|_, _| {}).await;
        let faults: Vec<String> = opened.iter().filter_map(|opened| Some(opened.fault.as_ref()?.to_string())).collect();
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(
            faults[0].contains("refused") && faults[1].contains("resolved") && faults[2].contains("SPECFUSE_TEST_NO_SUCH_KEY"),
            "{faults:?}"
        );
        assert_eq!(opened[2].seat.name, "some-model");
        assert!(opened[3..].iter().all(|opened| opened.fault.is_none()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_member_that_is_not_open_when_the_others_are_is_waited_for_beside_them() {
        // Accepts connections and never answers.
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("silent=http://{}", silent.local_addr().unwrap());
        let parse = |text: &str| MemberSpec::parse(text, &crate::ensemble::kinds()).unwrap();
        let specs: Vec<MemberSpec> = [parse(&address)].into_iter().chain(crate::ensemble::built_in_specs()).collect();
        let opened = open_patiently(specs, &OpenOptions::default(), &|_, _| {}).await;
        assert!(opened.iter().all(|opened| opened.fault.is_none()));
        assert_eq!((opened[0].seat.name.as_str(), opened[0].seat.member.capabilities().tier.scores()), ("silent", false));
        assert!(opened[1..].iter().all(|opened| opened.seat.member.capabilities().tier.scores()));
        let conversation = Arc::new(crate::engine::fusion::conversation::Conversation::question("?"));
        let away = opened[0].seat.member.prepare(conversation).await;
        assert!(matches!(&away, Err(crate::engine::member::MemberError::Refused(reason)) if reason.contains("15 s")), "{away:?}");
    }

    #[tokio::test]
    async fn members_that_are_there_are_as_if_all_were_waited_for() {
        let specs = crate::ensemble::built_in_specs();
        let patiently = open_patiently(specs.clone(), &OpenOptions::default(), &|_, _| {}).await;
        let all = open(specs, &OpenOptions::default(), &|_, _| {}).await;
        for (one, other) in patiently.iter().zip(&all) {
            assert_eq!(one.seat.header(), other.seat.header());
        }
        assert_eq!(patiently.len(), all.len());
    }
}
