//! Judging, if candidates cannot be scored by forcing or the user wants it: puts the questions of `judge` to this server.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::json;

use super::force::FIELDS;
use super::server::CallError;
use super::tokens::fields;
use super::wire::Work;
use super::{Inner, template};
use crate::engine::fusion::conversation::{Conversation, Role, Turn};
use crate::engine::member::judge::{self, Ask, Asks, Reply};
use crate::engine::member::{self, Bill, MemberError, ScoreRequest, Scored};

/// How many of the most probable first tokens are searched for labels.
const TOP: usize = 40;

/// A server that is asked to judge.
struct Judge(Arc<Inner>, Bill);

/// Judges the candidates of a request.
pub(super) async fn judge(inner: Arc<Inner>, request: ScoreRequest) -> Result<Scored, MemberError> {
    judge::judge(&Judge(inner, request.progress.bill().clone()), TOP, &request).await
}

impl Asks for Judge {
    fn ask(&self, ask: Ask) -> member::Reply<Reply> {
        let (inner, bill) = (Arc::clone(&self.0), self.1.clone());
        Box::pin(async move { Ok(answer(&inner, ask, &bill).await?) })
    }
}

async fn answer(inner: &Inner, ask: Ask, bill: &Bill) -> Result<Reply, CallError> {
    let turn = |role, content| Turn { role, content };
    let conversation = Conversation { turns: vec![turn(Role::System, ask.system), turn(Role::User, ask.user)] };
    let begin = inner.found.begin.as_str();
    let silence = inner.silence.load(Ordering::Relaxed);
    // Not cached: no two judgements have the same conversation.
    let prompt = template::prompt(&inner.server, &inner.tokenizer, inner.form, &conversation, begin, silence).await?;
    let mut body = fields(json!({
        "prompt": prompt.ids, "n_predict": ask.max_tokens, "n_probs": ask.top_logprobs.unwrap_or_default(), "temperature": 0.0,
        "samplers": ["top_k"], "top_k": 1, "stop": prompt.stops, "cache_prompt": true, "response_fields": FIELDS,
    }));
    if ask.json {
        body.insert("json_schema".into(), json!({ "type": "object" }));
    }
    let mut completion = inner.server.complete(body, bill).await?;
    let mut reply = Reply::default();
    let mut first = true;
    loop {
        let event = completion.next().await?;
        reply.text += &event.content;
        if let Some(entry) = event.completion_probabilities.first().filter(|_| first) {
            first = false;
            // An unusable one is no reason to lose the others.
            let listed = entry.top_logprobs.iter().filter_map(|top| Some((top.token.clone(), top.logprob().ok()?)));
            reply.first_token = listed.collect();
        }
        if event.stop {
            let Work { usage, .. } = event.work();
            reply.usage = usage;
            return Ok(reply);
        }
    }
}
