//! Every dialect tested with replies in its API's documented forms, from a server of our own.
//!
//! `fixtures` has a folder for each API: its list of models, replies to the probe, a draft, a reply that a filter stopped, and an
//! error about the context's length. Whatever depends on tokens of our choice is computed in `server`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod breaking;
mod connecting;
mod drafting;
mod faults;
mod judging;
#[path = "../support/loopback.rs"]
mod loopback;
mod requests;
mod scoring;
mod server;
mod spending;
mod thinking;

use std::sync::Arc;
use std::time::Duration;

use specfuse::engine::fusion::conversation::{Conversation, Role, Turn};
use specfuse::engine::fusion::segment::SegmentRule;
use specfuse::engine::member::api::{ApiMember, ConnectError, Kind, Settings};
use specfuse::engine::member::http::{Backoff, Endpoint, Key, Limits};
use specfuse::engine::member::{Context, DraftRequest, Drafted, Member, MemberError, Progress, Sampling};

/// A key that gives no access.
const FAKE: &str = "fake-key-for-tests-0123456789";

/// The answer so far, as a round finds it.
const ACCEPTED: [&str; 2] = ["The capital", " of France is"];

/// The text of every API's draft.
const SENTENCE: &str = " Paris, naturally.";

/// A member on this server with only an address and a key.
fn settings(kind: Kind, url: &str) -> Settings {
    let auth = kind.dialect().auth;
    let address = kind.address(Some(url)).unwrap();
    let endpoint = Endpoint::new("ann", &address.base).unwrap();
    let endpoint = endpoint.with_key(Key::new(auth.header, auth.prefix, &FAKE.into()).unwrap());
    let short = Duration::from_millis(1);
    let backoff = Backoff { first: short, cap: short, loading: short, ..Backoff::default() };
    let model = server::model(kind).map(str::to_owned);
    let limits = Limits { attempts: 2, backoff, ..Limits::default() };
    Settings { limits, model, routes: address.routes, ..Settings::new("ann", kind, endpoint) }
}

async fn connect(kind: Kind, url: &str) -> Result<ApiMember, ConnectError> {
    ApiMember::connect(settings(kind, url)).await
}

fn context() -> Context {
    let turn = |role, content: &str| Turn { role, content: content.to_owned() };
    let turns = vec![turn(Role::System, "Be brief."), turn(Role::User, "Where is the Louvre?")];
    Context { conversation: Arc::new(Conversation { turns }), accepted: ACCEPTED.map(Arc::from).into() }
}

/// A request for the next segment of at most this many tokens.
fn request(length: usize) -> DraftRequest {
    DraftRequest {
        context: context(),
        sampling: Sampling { temperature: 0.6, top_p: 0.9, seed: 7 },
        segment: SegmentRule::tokens(length),
        asks_end: false,
        confidence: None,
    }
}

async fn draft(member: &ApiMember) -> Result<Drafted, MemberError> {
    member.draft(request(10), Progress::nowhere()).await
}
