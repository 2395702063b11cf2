//! What is missing and how to get it, each a sentence for the user.

use super::Settings;
use super::dialect::{Dialect, Field, Fixed};
use super::kind::Kind;
use super::probed::Probed;
use super::request::Part;
use crate::engine::fusion::event::{Drafting, ScoreTier};

/// The sentences about one model.
pub(super) fn of(probed: &Probed, settings: &Settings) -> Vec<String> {
    let dialect = settings.kind.dialect();
    let drafting = match (probed.drafting, &probed.empty) {
        (Drafting::Raw | Drafting::Prefill, _) => None,
        (Drafting::Instruction, _) => Some("it cannot be made to continue an answer begun: it is told to in words".to_owned()),
        (Drafting::None, _) if probed.plain => {
            Some("it does not continue the answer of a conversation written in a plain form".to_owned())
        }
        (Drafting::None, Some(finish)) => Some(format!(
            "its first reply was empty (finish reason: {finish}): it verifies, but does not draft. If it thinks unseen, switch that \
             off ({}), and connect again",
            switches(dialect)
        )),
        (Drafting::None, None) => {
            Some("it reasons before it replies, and that cannot be switched off: it verifies, but does not draft".to_owned())
        }
    };
    let plain = probed.plain.then_some(
        "it completes texts and takes no conversation (a base model, or an old one), so it is asked in a plain form, and only verifies \
         beside models made for conversation",
    );
    let scoring = probed.scoring.is_none().then_some(dialect.scoring_advice);
    let judging = match probed.tier() {
        ScoreTier::Labels => Some("it judges by the probability of the letter that names a candidate"),
        ScoreTier::Ranking => Some("it reports no log-probabilities of its own words: it judges by ranking, which says less"),
        ScoreTier::InProcess | ScoreTier::Prompt | ScoreTier::Forced | ScoreTier::None => None,
    };
    let end = (probed.scoring.is_some() && probed.end_token.is_none())
        .then_some("it cannot tell how probable the end of an answer is: only the text of candidates counts");
    let sampling = [(Part::Temperature, "temperature"), (Part::TopP, "top_p"), (Part::Seed, "seed")];
    let refused: Vec<&str> =
        sampling.into_iter().filter(|(part, _)| probed.tuning.refused.contains(part)).map(|(_, name)| name).collect();
    let refused = (!refused.is_empty()).then(|| format!("this model takes no {}: it is left out", refused.join(", ")));
    let unpinned = settings.kind == Kind::OpenRouter && settings.providers.is_empty();
    let unpinned = unpinned.then_some("no provider is pinned: rounds may be answered by different ones, which score differently");
    let whole = probed.tuning.refused.contains(&Part::Stream);
    let whole = whole.then_some("it does not stream: a draft is seen when it is whole");
    let fixed = [plain, whole, scoring, judging, end, unpinned].into_iter().flatten().map(str::to_owned);
    drafting.into_iter().chain(fixed).chain(refused).collect()
}

/// What can be done about a model whose tokens go into a thought.
pub(super) fn remedy(dialect: &Dialect) -> String {
    format!("switch that off ({}), or let it only verify", switches(dialect))
}

/// The fields that switch reasoning off, as in an API's requests, or as servers of any kind may offer them.
fn switches(dialect: &Dialect) -> String {
    let fields: Vec<String> = dialect.unthinking.iter().chain(dialect.less_thinking).map(written).collect();
    match (fields.is_empty(), dialect.address.is_some_and(|address| address.starts_with("https"))) {
        (false, _) => format!("in the member's `body`: {}", fields.join(", or ")),
        (true, true) => "by another model, or a variant of it that does not reason".to_owned(),
        (true, false) => "in the server's own settings: llama-server has --reasoning-budget 0".to_owned(),
    }
}

/// A field as written in a configuration.
fn written((place, value): &Field) -> String {
    let value = match value {
        Fixed::True => "true".to_owned(),
        Fixed::False => "false".to_owned(),
        Fixed::Number(number) => number.to_string(),
        Fixed::Text(text) => format!("\"{text}\""),
        Fixed::Texts(texts) => format!("{texts:?}"),
        Fixed::Alternatives => "0".to_owned(),
    };
    format!("`{} = {value}`", place.replace('/', "."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_names_the_field_of_the_api() {
        for (kind, said) in [
            (Kind::Ollama, "`think = false`"),
            (Kind::Vllm, "`chat_template_kwargs.enable_thinking = false`"),
            (Kind::OpenAi, "`reasoning_effort = \"none\"`"),
            (Kind::Gemini, "`generationConfig.thinkingConfig.thinkingBudget = 0`"),
            (Kind::Mistral, "another model"),
            (Kind::Tgi, "--reasoning-budget 0"),
        ] {
            let told = remedy(kind.dialect());
            assert!(told.contains(said) && told.contains("only verify"), "{}: {told}", kind.name());
        }
    }
}
