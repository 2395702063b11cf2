//! How the model continues a text: shown by an answer that stops in the middle of the alphabet.

use std::sync::Arc;

use super::super::super::Bill;
use super::super::begun::Following;
use super::super::client::{Client, Whole};
use super::super::dialect::Prefill;
use super::super::render::Renderer;
use super::super::request::{Call, Subject, parted};
use super::super::tokens::Piece;
use super::basic::Basic;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::event::Drafting;

const BEGUN: &str = "A, B, C,";
const NEXT: &str = "D";

/// How the model continues.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) drafting: Drafting,
    pub(super) logprobs: bool,
}

/// Tries the ways, best first.
pub(super) async fn way(client: &Client, renderer: Option<&Renderer>, basic: &Basic, bill: &Bill) -> Way {
    let conversation =
        Conversation::question("Repeat the alphabet in capital letters, separated by commas, without any other words.");
    if let Some(logprobs) = raw(client, renderer, &Arc::new(conversation.clone()), bill).await {
        return Way { drafting: Drafting::Raw, logprobs };
    }
    if basic.thinks || basic.plain || basic.empty.is_some() {
        return Way { drafting: Drafting::None, logprobs: false };
    }
    match prefill(client, &conversation, bill).await {
        Some(logprobs) => Way { drafting: Drafting::Prefill, logprobs },
        None => Way { drafting: Drafting::Instruction, logprobs: false },
    }
}

async fn raw(client: &Client, renderer: Option<&Renderer>, conversation: &Arc<Conversation>, bill: &Bill) -> Option<bool> {
    client.sender.dialect.raw.as_ref()?;
    let prompt = renderer?.prompt(client, conversation, BEGUN).await.ok()?;
    continued(client, Subject::Raw(&prompt), bill).await
}

async fn prefill(client: &Client, conversation: &Conversation, bill: &Bill) -> Option<bool> {
    match client.sender.dialect.prefill {
        Prefill::Never => None,
        Prefill::Request(_) | Prefill::Turn(_) | Prefill::Unflagged => {
            let (system, turns) = parted(conversation);
            continued(client, Subject::Turns { system: &system, turns: &turns, begun: Some(BEGUN) }, bill).await
        }
    }
}

/// Whether the reply continues with the next letter, and if so, whether it has log-probabilities.
async fn continued(client: &Client, subject: Subject<'_>, bill: &Bill) -> Option<bool> {
    let call = Call { subject, limit: 4, sampling: None, alternatives: Some(1), json: false, bill };
    let reply: Whole = client.whole(&call).await.ok()?;
    let mut following = Following::new(BEGUN, BEGUN);
    let mut pieces: Vec<Piece> = reply.pieces.into_iter().flat_map(|piece| following.take(piece)).collect();
    pieces.extend(following.finish());
    let text: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
    let logprobs = pieces.iter().filter(|piece| !piece.text.is_empty()).all(|piece| piece.logprob.is_some());
    text.trim_start().starts_with(NEXT).then_some(logprobs)
}
