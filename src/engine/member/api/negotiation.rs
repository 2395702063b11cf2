//! Parts of a request that a model refuses: which one an error blames, and what is left out from then on.
//!
//! The probe finds most of them. But behind a router the provider may change, and servers are updated while members use them: a
//! part refused later is left out of that call and all later ones.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::info;

use super::super::http::HttpError;
use super::request::{Part, Sender, Tuning};
use crate::log::TARGET;

/// Parts, and words of an error that blame them. If two are blamed together the first one goes first.
const BLAMED: &[(Part, &[&str])] = &[
    (Part::TopP, &["top_p", "topp", "nucleus"]),
    (Part::Temperature, &["temperature"]),
    (Part::Seed, &["seed"]),
    (Part::Logprobs, &["logprob"]),
    (Part::Usage, &["stream_options", "include_usage"]),
    // Not "upstream", a word that gateways use.
    (Part::Stream, &["streaming", "to stream", "stream=", "stream is", "'stream'", "\"stream\"", "`stream`"]),
    (Part::TokensName, &["max_tokens", "max_completion_tokens"]),
    (Part::Unthinking, &["thinking", "think", "budget", "chat_template_kwargs", "reasoning"]),
];

/// The part of a request that an error blames and that is not left out yet.
pub(super) fn blamed(error: &HttpError, tuning: &Tuning) -> Option<Part> {
    // Some servers report an unknown parameter with an unexpected status, or inside a successful reply.
    let refusing = match error.status() {
        Some(400 | 403 | 404 | 422 | 501) => true,
        Some(401 | 402 | 407 | 408 | 429) => false,
        Some(_) | None => error.refuses_parameter(),
    };
    let message = error.message().to_lowercase();
    let left = BLAMED.iter().filter(|(part, _)| refusing && !tuning.refused.contains(part));
    left.into_iter().find(|(_, words)| words.iter().any(|word| message.contains(word))).map(|(part, _)| *part)
}

/// Logs that a part is left out from now on, and why.
pub(super) fn noted(member: &str, part: Part, error: &HttpError) {
    info!(target: TARGET, member, event = "negotiation", left_out = ?part, error = %error);
}

/// What a member's requests leave out beyond what the probe found; clones are shared.
#[derive(Debug, Clone, Default)]
pub(super) struct Late(Arc<Mutex<BTreeSet<Part>>>);

impl Late {
    /// The sender without the parts refused since.
    pub(super) fn applied(&self, sender: &Sender) -> Sender {
        let mut sender = sender.clone();
        sender.tuning.refused.extend(self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().copied());
        sender
    }

    /// Whether anything was refused since.
    pub(super) fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Learns from a failed request; returns the part it blames, if the request is worth another attempt without that.
    pub(super) fn learns(&self, error: &HttpError, sender: &Sender) -> Option<Part> {
        let part = blamed(error, &self.applied(sender).tuning);
        part.filter(|part| self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(*part))
    }
}
