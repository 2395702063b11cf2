//! Opening members: files are read, servers are asked what they can do, all side by side.
//!
//! A member that cannot be opened keeps its seat as an absent one: the others go on, and everybody sees why it is away.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::connect::connect;
use super::cores::Cores;
use super::machine::Machine;
use super::queues::Queues;
use super::routers::Routers;
use super::spec::MemberSpec;
use super::{built_in, found, gguf, spec};
use crate::config::Source;
use crate::engine::fusion::event::Role;
use crate::engine::member::Member;
use crate::engine::member::absent::AbsentMember;
use crate::engine::member::embedded::EmbeddedMember;
use crate::engine::member::llama_server::Shared;
use crate::engine::member::opening::{Opener, OpeningMember};
use crate::engine::{Seat, grace, is_enough};
use crate::files::Folders;

/// How long a server may take to be ready: one that loads a model is waited for, one that does so for ever is not.
const PATIENCE: Duration = Duration::from_secs(180);

/// How long a large file may take to load before an answer begins without it: a disk may never answer.
const LOADING: Duration = Duration::from_secs(300);

/// A member that was opened, or was tried to be.
#[derive(Clone)]
pub struct Opened {
    /// What was asked for.
    pub spec: MemberSpec,
    /// Its place in the ensemble.
    pub seat: Seat,
    /// Why it is away, if it is.
    pub fault: Option<String>,
}

/// What opening works with.
#[derive(Debug, Clone, Default)]
pub struct Tools {
    /// Where what was found out about servers is kept; `None` keeps nothing.
    pub cache: Option<PathBuf>,
    /// Whether every server is asked anew, whatever is kept.
    pub anew: bool,
    /// The program that tries a GGUF file in a process of its own, which has to be this one; `None` finds it out.
    pub program: Option<PathBuf>,
    /// The slots of llama.cpp servers, which several members may share.
    pub slots: Shared,
    /// The llama.cpp servers of this machine.
    pub machine: Machine,
    /// The queues of the other servers.
    pub queues: Queues,
    /// The llama.cpp servers that hold several models.
    pub routers: Routers,
    /// Whether those are asked in turn; found out where the user has not decided.
    pub in_turn: Option<bool>,
    /// What the user should know about the members besides.
    pub warnings: Warnings,
}

/// Warnings about members, each given once, however often members are opened. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Warnings(Arc<Mutex<(Vec<String>, BTreeSet<String>)>>);

impl Warnings {
    /// Gives a warning, unless it was given before.
    pub(super) fn give(&self, warning: String) {
        let mut warnings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if warnings.1.insert(warning.clone()) {
            warnings.0.push(warning);
        }
    }

    /// Those given since this was called last.
    #[must_use]
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).0)
    }
}

impl Tools {
    /// What is found out is kept in the platform's folder.
    #[must_use]
    pub fn of_platform() -> Self {
        Self { cache: Folders::of_platform().map(|folders| folders.servers()), ..Self::default() }
    }

    /// The same, with what the user has decided about servers of this machine: whether they are asked in turn.
    #[must_use]
    pub fn taking_turns(self, in_turn: Option<bool>) -> Self {
        Self { in_turn, ..self }
    }

    /// The same, but every server is asked anew.
    #[must_use]
    pub fn probing_anew(self) -> Self {
        Self { anew: true, ..self }
    }
}

/// Opens members side by side, in their order; `told` hears, while it waits, what each (by its place) is doing.
pub async fn open(specs: Vec<MemberSpec>, tools: &Tools, told: &(dyn Fn(usize, &str) + Sync)) -> Vec<Opened> {
    let cores = cores(&specs);
    let each = specs.into_iter().enumerate().map(|(place, spec)| one(spec, tools, &cores, move |what: &str| told(place, what)));
    let opened = named(futures_util::future::join_all(each).await);
    tools.machine.settle(tools).await;
    opened
}

/// The files among these members, which may need servers that share the cores.
fn cores(specs: &[MemberSpec]) -> Cores {
    Cores::new(specs.iter().filter(|spec| matches!(spec.config.source, Source::Gguf { .. })).count())
}

/// Opens members side by side, in their order. Once enough are there, servers that are not are waited for no longer: they are given
/// as members that are still being opened ([`OpeningMember`]), which a run takes in when they are ready. Files are waited for. Needs
/// a tokio runtime.
pub async fn open_patiently(specs: Vec<MemberSpec>, tools: &Tools, told: &(dyn Fn(usize, &str) + Sync)) -> Vec<Opened> {
    let (words, mut heard) = mpsc::unbounded_channel();
    let mut awaited: Vec<Opening> = Vec::with_capacity(specs.len());
    let mut ready = FuturesUnordered::new();
    let cores = cores(&specs);
    for (place, spec) in specs.into_iter().enumerate() {
        let (sender, receiver) = oneshot::channel();
        let (task_spec, tools, words, cores) = (spec.clone(), tools.clone(), words.clone(), cores.clone());
        tokio::spawn(async move {
            let told = |what: &str| {
                let _ = words.send((place, what.to_owned()));
            };
            let _ = sender.send(one(task_spec, &tools, &cores, told).await);
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
    let mut late: BTreeMap<usize, Opener> = BTreeMap::new();
    let mut members: Vec<Opened> = Vec::with_capacity(awaited.len());
    for (place, Opening { spec, opened: there }) in awaited.into_iter().enumerate() {
        members.push(there.unwrap_or_else(|| {
            let (seat, opener) = opening(&spec);
            late.insert(place, opener);
            Opened { spec, seat, fault: None }
        }));
    }
    if !late.is_empty() {
        tokio::spawn(async move {
            while let Some((place, opened)) = ready.next().await {
                if let (Some(opener), Some(opened)) = (late.remove(&place), opened) {
                    let Opened { seat, fault, .. } = opened;
                    opener.finish(fault.map_or(Ok(seat.member), Err));
                }
            }
        });
    }
    tools.machine.settle(tools).await;
    named(members)
}

/// The seat of a member that is still being opened, and what ends that.
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

/// Whether a model is still being loaded from a file: unlike a server, it is there soon or never.
fn loads_a_file(opening: &[Opening]) -> bool {
    opening.iter().any(|opening| opening.opened.is_none() && matches!(opening.spec.config.source, Source::Gguf { .. }))
}

fn enough(opening: &[Opening]) -> bool {
    let done = || opening.iter().filter_map(|opening| opening.opened.as_ref());
    let drafts = |opened: &Opened| opened.fault.is_none() && opened.seat.role != Role::Verify;
    is_enough(opening.len(), done().count(), done().filter(|opened| drafts(opened)).count())
}

/// Gives each a name of its own.
fn named(mut opened: Vec<Opened>) -> Vec<Opened> {
    let mut specs: Vec<MemberSpec> = opened.iter().map(|opened| opened.spec.clone()).collect();
    super::unique(&mut specs);
    for (opened, spec) in opened.iter_mut().zip(specs) {
        opened.seat.name.clone_from(&spec.name);
        opened.spec = spec;
    }
    opened
}

async fn one(mut spec: MemberSpec, tools: &Tools, cores: &Cores, told: impl Fn(&str) + Sync) -> Opened {
    let found = match &spec.config.source {
        Source::BuiltIn(name) => match built_in::gguf(name) {
            Some(bytes) => EmbeddedMember::open(name, bytes).map(shared).map_err(|error| error.to_string()),
            None => Err(format!("no model `{name}` is built in")),
        },
        Source::Gguf { path, arguments, local } => {
            let path = found::expanded(path);
            let file = gguf::File { name: &spec.name, path: &path, arguments, local, deciding: cores.file() };
            gguf::open(file, tools, &told).await
        }
        Source::Server(server) => {
            told("connecting");
            match tokio::time::timeout(PATIENCE, connect(&spec.name, server, tools)).await {
                Ok(connected) => connected.map_err(|error| error.to_string()),
                Err(_) => Err(format!(
                    "{} was not ready within {} s: it may still be loading its model; ask again later",
                    spec.address(),
                    PATIENCE.as_secs()
                )),
            }
        }
    };
    let found = found.map_err(|fault| without_name(&spec.name, &fault));
    let (member, fault) = match found {
        Ok(member) => (member, None),
        Err(fault) => (shared(AbsentMember::new(&kind(&spec), "", fault.clone())), Some(fault)),
    };
    let model = &member.capabilities().model;
    if !spec.named && fault.is_none() && matches!(spec.config.source, Source::Server(_)) && !model.is_empty() {
        spec.name = spec::short(model);
    }
    let seat = seat(&spec, member);
    Opened { spec, seat, fault }
}

/// The member in its place, as it is configured.
fn seat(spec: &MemberSpec, member: Arc<dyn Member>) -> Seat {
    let seat = Seat::new(spec.name.clone(), member);
    Seat { role: spec.config.role, weight: spec.config.weight, sampling: spec.config.sampling, price: spec.config.price, ..seat }
}

/// The seat says who it is; the reason need not.
fn without_name(name: &str, fault: &str) -> String {
    match fault.strip_prefix(name) {
        Some(rest) => match rest.strip_prefix(" (").and_then(|rest| rest.split_once(')')) {
            Some((at, rest)) => format!("{at}{rest}"),
            None => rest.strip_prefix(": ").map_or_else(|| fault.to_owned(), str::to_owned),
        },
        None => fault.to_owned(),
    }
}

fn shared(member: impl Member + 'static) -> Arc<dyn Member> {
    Arc::new(member)
}

/// What kind of member it is before its server has said so.
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

    #[test]
    fn a_reason_does_not_repeat_the_name() {
        assert_eq!(without_name("a", "a (http://h:1/health): refused"), "http://h:1/health: refused");
        assert_eq!(without_name("a", "a: the server has no model `x`"), "the server has no model `x`");
        assert_eq!(without_name("the", "the environment variable X is not set"), "the environment variable X is not set");
    }

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
        let opened = open(specs, &Tools::default(), &|_, _| {}).await;
        let faults: Vec<&str> = opened.iter().filter_map(|opened| opened.fault.as_deref()).collect();
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
        let opened = open_patiently(specs, &Tools::default(), &|_, _| {}).await;
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
        let patiently = open_patiently(specs.clone(), &Tools::default(), &|_, _| {}).await;
        let all = open(specs, &Tools::default(), &|_, _| {}).await;
        for (one, other) in patiently.iter().zip(&all) {
            assert_eq!(one.seat.header(), other.seat.header());
        }
        assert_eq!(patiently.len(), all.len());
    }
}
