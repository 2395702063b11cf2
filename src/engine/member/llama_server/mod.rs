//! A model on a llama.cpp server as a member.
//!
//! From the wire up: `wire` defines what a server replies, `server` sends requests, `discover` reads what it reports about itself
//! and `probe` finds out what it can do (`advice` names what is missing). `template` and `tokens` turn a conversation into the
//! model's own tokens; `draft` streams a segment; `plan`, `force` and `score` read the log-probabilities of other members'
//! candidates, which the server only reports for generated tokens, so generation is forced along them. `launch` starts a server
//! of our own.
//!
//! Token numbers are sent, never text: then the same prefix is the same tokens in every round, and the server's cache stays
//! valid.

mod advice;
mod discover;
mod draft;
mod environment;
mod error;
mod force;
mod judging;
pub mod launch;
mod own;
mod plan;
mod probe;
mod score;
mod server;
mod slots;
mod template;
mod tokens;
mod wire;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde_json::json;
use tokio::sync::Semaphore;

pub use self::error::ConnectError;
pub use self::own::OwnServer;
pub use self::probe::Probed;
pub use self::slots::Shared;

use self::discover::{Found, discover};
use self::server::{CallError, Server};
use self::slots::Slots;
use self::template::{Form, Prompt};
use self::tokens::Tokenizer;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::event::Drafting;
use crate::engine::member::http::{Endpoint, Limits};
use crate::engine::member::{
    Bill, Capabilities, DraftRequest, Drafted, Member, MemberError, Overrides, Progress, Reply, ScoreRequest, ScoreTier, Scored,
};

/// How many conversations' tokens are kept.
const KEPT: usize = 4;

/// Which server and model, and how to use them.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it is; the endpoint's name is used in messages.
    pub endpoint: Endpoint,
    pub limits: Limits,
    /// The model's name; not needed for a server of one model.
    pub model: Option<String>,
    /// What the user knows better than the probe.
    pub overrides: Overrides,
    /// What members on one server share.
    pub shared: Shared,
}

/// A model on a llama.cpp server.
#[derive(Debug, Clone)]
pub struct LlamaServer(Arc<Inner>);

/// A reference to a server that does not keep it: it is valid as long as a member uses the server.
#[derive(Debug, Clone)]
pub struct Handle(Weak<Inner>);

impl Handle {
    /// The server, while a member uses it.
    #[must_use]
    pub fn server(&self) -> Option<LlamaServer> {
        self.0.upgrade().map(LlamaServer)
    }
}

/// What all calls share.
#[derive(Debug)]
struct Inner {
    server: Server,
    found: Found,
    probed: Probed,
    form: Form,
    tokenizer: Tokenizer,
    capabilities: Capabilities,
    /// Whether grammars can force candidates.
    grammar: AtomicBool,
    /// Whether the model thinks unless its thought is closed for it.
    silence: AtomicBool,
    prompts: Mutex<Vec<Known>>,
    slots: Slots,
    /// A permit for each candidate being scored, whichever request it belongs to.
    places: Semaphore,
    /// How many permits there are: not counting a slot that keeps a draft.
    at_once: usize,
}

/// A conversation's tokens.
#[derive(Debug)]
struct Known {
    conversation: Arc<Conversation>,
    silenced: bool,
    prompt: Arc<Prompt>,
}

impl LlamaServer {
    /// Connects to a server, waiting while it loads its model, and finds out what it can do.
    pub async fn connect(settings: Settings) -> Result<Self, ConnectError> {
        Self::open(settings, None).await
    }

    /// As [`Self::connect`], without repeating the probe of a known server. Findings about another model, or a server that was
    /// started differently since, are not used.
    pub async fn connect_known(settings: Settings, probed: Probed) -> Result<Self, ConnectError> {
        Self::open(settings, Some(probed)).await
    }

    /// A reference to it that does not keep it.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle(Arc::downgrade(&self.0))
    }

    /// Distinguishes this server from another one at its address: its build, its model's file, its settings.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.0.found.identity
    }

    /// How many models it holds at a time, if it is a router and reports it.
    #[must_use]
    pub fn models_at_once(&self) -> Option<usize> {
        self.0.found.models_at_once
    }

    /// Requests that it had served when it was connected to, as far as it counts them.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.0.found.requests
    }

    /// Draws this many tokens of any text.
    pub async fn draws(&self, tokens: usize) -> Result<(), MemberError> {
        let inner = &self.0;
        let prompt = [inner.tokenizer.plain];
        let body = json!({ "prompt": prompt, "n_predict": tokens, "temperature": 0.0, "ignore_eos": true, "cache_prompt": true });
        let mut completion = inner.server.complete(tokens::fields(body), &Bill::default()).await?;
        while !completion.next().await?.stop {}
        Ok(())
    }

    /// The findings of the probe, to be kept for the next time.
    #[must_use]
    pub fn probed(&self) -> &Probed {
        &self.0.probed
    }

    async fn open(settings: Settings, known: Option<Probed>) -> Result<Self, ConnectError> {
        let name = settings.endpoint.name().to_owned();
        let unusable = |error: CallError| match error {
            CallError::Http(error) => ConnectError::Http(error),
            CallError::Reply { problem, .. } => ConnectError::Unusable { name: name.clone(), problem },
            CallError::Logprob { problem, .. } => ConnectError::Unusable { name: name.clone(), problem: problem.to_string() },
            CallError::Exchanged { .. } => {
                ConnectError::Unusable { name: name.clone(), problem: "its model was exchanged meanwhile: ask again".to_owned() }
            }
        };
        let address = settings.endpoint.shown();
        let server = Server::new(settings.endpoint, settings.limits)?;
        let (server, found) = discover(server, settings.model.as_deref()).await?;
        let (tokenizer, form) = tokio::join!(Tokenizer::new(&server), template::form(&server, &found.template));
        let (tokenizer, form) = (tokenizer.map_err(unusable)?, form.map_err(unusable)?);
        let probed = match known.filter(|probed| probed.model == found.model && probed.server == found.identity) {
            Some(probed) => probed,
            None => probe::probe(&server, &tokenizer, &found).await.map_err(unusable)?,
        };
        let capabilities = capabilities(&found, &probed, form, settings.overrides);
        let slots = settings.shared.member(&format!("{address} {}", found.model), found.slots, probed.keeps_slots);
        let drafts_apart = usize::from(probed.keeps_slots && found.slots > 1);
        let at_once = capabilities.concurrency.min(found.slots.saturating_sub(drafts_apart)).max(1);
        Ok(Self(Arc::new(Inner {
            grammar: AtomicBool::new(probed.grammar),
            silence: AtomicBool::new(false),
            prompts: Mutex::default(),
            slots,
            places: Semaphore::new(at_once),
            at_once,
            server,
            found,
            probed,
            form,
            tokenizer,
            capabilities,
        })))
    }
}

/// What it can do: what was found, unless the user says otherwise.
fn capabilities(found: &Found, probed: &Probed, form: Form, overrides: Overrides) -> Capabilities {
    let found_out = Capabilities {
        kind: "llama-server".to_owned(),
        model: found.model.clone(),
        context_tokens: found.context,
        parameters: found.parameters,
        drafting: Drafting::Raw,
        draft_logprobs: probed.draft_logprobs,
        tier: if probed.forced { ScoreTier::Forced } else { ScoreTier::Labels },
        end_probability: probed.end,
        seed: probed.seed,
        chat: form != Form::Plain,
        concurrency: found.slots,
        advice: advice::advice(found, probed, form),
    };
    overrides.over(found_out)
}

impl Inner {
    /// The tokens of a conversation up to where the answer starts; the server is asked once.
    async fn prompt(&self, conversation: &Arc<Conversation>) -> Result<Arc<Prompt>, MemberError> {
        let silenced = self.silence.load(Ordering::Relaxed);
        let is = |known: &&Known| {
            known.silenced == silenced && (Arc::ptr_eq(&known.conversation, conversation) || known.conversation == *conversation)
        };
        let known = self.known().iter().find(is).map(|known| Arc::clone(&known.prompt));
        if let Some(prompt) = known {
            return Ok(prompt);
        }
        let begin = self.found.begin.as_str();
        let prompt = template::prompt(&self.server, &self.tokenizer, self.form, conversation, begin, silenced).await?;
        let prompt = Arc::new(prompt);
        let mut prompts = self.known();
        if prompts.len() >= KEPT {
            prompts.remove(0);
        }
        prompts.push(Known { conversation: Arc::clone(conversation), silenced, prompt: Arc::clone(&prompt) });
        Ok(prompt)
    }

    /// The result; a failure that is due to another model in the server's place says so. Its tokens mean something else, if they
    /// are in its vocabulary at all.
    async fn explained<T>(&self, result: Result<T, MemberError>) -> Result<T, MemberError> {
        match result {
            Err(MemberError::Failed(reason)) => match discover::exchanged(&self.server, &self.found.model).await {
                Some(now) => Err(self.server.exchanged(&self.found.model, &now).into()),
                None => Err(MemberError::Failed(reason)),
            },
            result => result,
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Vec<Known>> {
        self.prompts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fails unless this many tokens fit the context.
    fn room_for(&self, needed: usize) -> Result<(), MemberError> {
        match self.capabilities.context_tokens {
            Some(limit) if needed > limit => Err(MemberError::ContextFull { needed, limit }),
            Some(_) | None => Ok(()),
        }
    }
}

impl Member for LlamaServer {
    fn capabilities(&self) -> &Capabilities {
        &self.0.capabilities
    }

    fn prepare(&self, conversation: Arc<Conversation>) -> Reply<usize> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            let tokens = inner.prompt(&conversation).await?.ids.len();
            inner.room_for(tokens + 1)?;
            Ok(tokens)
        })
    }

    fn draft(&self, request: DraftRequest, progress: Progress) -> Reply<Drafted> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            let drafted = draft::draft(Arc::clone(&inner), request, progress).await;
            inner.explained(drafted).await
        })
    }

    fn score(&self, request: ScoreRequest) -> Reply<Scored> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            let scored = score::score(Arc::clone(&inner), request).await;
            inner.explained(scored).await
        })
    }
}
