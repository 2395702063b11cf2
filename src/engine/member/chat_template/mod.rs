//! Chat templates from a file or a server: untrusted programs, run so that the worst they can cause is an error.
//!
//! Owns every use of the template engine. Its parser, compiler and destructors recurse over whatever a template nests, which can
//! overflow the stack beyond recovery, and values that share their parts grow exponentially when they are printed, compared or
//! hashed. So a template is bounded four times: `scan` refuses before parsing what is too large, too long or too deep; the
//! engine's fuel counts steps and bytes; `settle` bounds every value that gets a name or is returned by a method (`methods`); and
//! `aside` runs it all on a separate thread, whose stack is large enough for what the scan accepts, and abandons it when its time
//! is up.

mod aside;
mod methods;
mod scan;
mod settle;

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Value, ValueOrKwargs};
use minijinja::{AutoEscape, Environment, Error, ErrorKind};

use self::settle::Bounds;

/// Steps that a template may take: in total, and extra for each turn. The engine counts every 64 bytes that it creates as a step.
const FUEL: (u64, u64) = (50_000, 1_000);

/// Bytes of contents per extra step: enough to copy them 32 times.
const BYTES_A_STEP: u64 = 2;

/// The allowed weight of a named value, in addition to that of the contents; see [`Bounds`].
const WEIGHT: usize = 64 << 10;

/// How long rendering may take before it stops itself, and before it is abandoned. Real templates take a millisecond.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(4));

/// How many characters of the engine's message about a template are kept; it may quote the template.
const MESSAGE: usize = 300;

/// Why a template is refused or fails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum TemplateError {
    #[error("it has {bytes} bytes: at most {limit} are taken")]
    TooLarge { bytes: usize, limit: usize },
    #[error("line {line}: {problem}")]
    Refused { line: usize, problem: String },
    #[error("{0}")]
    Engine(String),
    #[error("it did not end within {} s", .0.as_secs())]
    TimedOut(Duration),
    #[error("its thread cannot be started: {0}")]
    Thread(String),
    #[error("the template engine failed on it")]
    Broken,
}

impl From<Error> for TemplateError {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        let text = text.chars().map(|character| if character.is_control() { ' ' } else { character });
        Self::Engine(text.take(MESSAGE).collect())
    }
}

/// The input of a template.
#[derive(Debug, Clone, Default)]
pub(super) struct Input {
    /// Role and content of each turn.
    pub(super) turns: Vec<(&'static str, String)>,
    /// The written forms of the tokens that start and end a text.
    pub(super) begin: String,
    pub(super) end: String,
}

/// A template. After one timeout it is not tried again.
#[derive(Debug)]
pub(super) struct ChatTemplate {
    source: String,
    given_up: OnceLock<TemplateError>,
}

impl ChatTemplate {
    pub(super) fn new(source: &str) -> Self {
        Self { source: source.to_owned(), given_up: OnceLock::new() }
    }

    /// Checks whether the template can be rendered, as far as that is known in advance.
    pub(super) fn check(&self) -> Result<(), TemplateError> {
        self.aside(|source| {
            let source = scan::bounded(&source, &syntax()?)?;
            Ok(environment(Instant::now(), WEIGHT, 0)?.template_from_str(&source).map(|_| ())?)
        })
    }

    /// The conversation in the model's form, up to where the answer starts. Blocks for as long as rendering takes.
    pub(super) fn render(&self, input: Input) -> Result<String, TemplateError> {
        self.aside(move |source| render(&source, &input, Instant::now() + PATIENCE.0))
    }

    fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(String) -> Result<T, TemplateError> + Send + 'static,
    ) -> Result<T, TemplateError> {
        if let Some(error) = self.given_up.get() {
            return Err(error.clone());
        }
        let source = self.source.clone();
        let result = aside::run(PATIENCE.1, move || work(source));
        if let Err(error @ (TemplateError::TimedOut(_) | TemplateError::Broken)) = &result {
            // If it is set already, it holds the same error.
            let _ = self.given_up.set(error.clone());
        }
        result
    }
}

fn render(source: &str, input: &Input, until: Instant) -> Result<String, TemplateError> {
    let bytes: usize = input.turns.iter().map(|(_, content)| content.len()).sum();
    let fuel = FUEL.0 + FUEL.1 * input.turns.len() as u64 + bytes as u64 / BYTES_A_STEP;
    let environment = environment(until, WEIGHT + settle::weight(bytes), fuel)?;
    let source = scan::bounded(source, &syntax()?)?;
    let message = |(role, content): &(&'static str, String)| {
        Value::from_pairs([("role", Value::from(*role)), ("content", Value::from(content.as_str()))])
    };
    let context = Value::from_pairs([
        ("messages", input.turns.iter().map(message).collect::<Value>()),
        ("add_generation_prompt", Value::from(true)),
        ("enable_thinking", Value::from(false)),
        ("bos_token", Value::from(input.begin.as_str())),
        ("eos_token", Value::from(input.end.as_str())),
    ]);
    let rendered = environment.template_from_str(&source).and_then(|template| template.render(context));
    match rendered {
        Err(_) if Instant::now() >= until => Err(TemplateError::TimedOut(PATIENCE.0)),
        rendered => Ok(rendered?),
    }
}

/// Block tags remove their line's indentation and its end, as authors of chat templates expect.
fn syntax() -> Result<SyntaxConfig, TemplateError> {
    Ok(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?)
}

/// The engine with what chat templates may use. It stops at `until`.
fn environment(until: Instant, weight: usize, fuel: u64) -> Result<Environment<'static>, TemplateError> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_fuel(Some(fuel));
    environment.set_syntax(syntax()?);
    // Both print more than they are given.
    environment.remove_global("debug");
    environment.remove_filter("pprint");
    environment.add_function("raise_exception", |message: String| -> Result<String, Error> {
        Err(Error::new(ErrorKind::InvalidOperation, message))
    });
    let bounds = Bounds::new(weight, until);
    environment
        .set_unknown_method_callback(move |state, value, name, arguments| methods::call(bounds, state, value, name, arguments));
    environment.set_formatter(move |out, state, value| {
        bounds.in_time()?;
        minijinja::escape_formatter(out, state, value)
    });
    environment.add_function(scan::SETTLED, move |value: Value, member: Option<bool>| {
        if member == Some(true) { bounds.settled_inside(&value) } else { bounds.settled(&value) }
    });
    environment.add_function("namespace", move |given: Option<ValueOrKwargs>| {
        let given = given.map(|given| bounds.settled_inside(&given)).transpose()?;
        minijinja::functions::namespace(given.map(ValueOrKwargs::from))
    });
    Ok(environment)
}

#[cfg(test)]
mod tests;
