//! The tables `[members.NAME]` and `[ensembles]`: which models there are, how they are reached, what each may do.
//!
//! Says only what a person wrote; what a server can do is found out when it is asked.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use super::ConfigError;
use super::section::Section;
use crate::engine::fusion::event::{Drafting, OwnSampling, Price, Role, ScoreTier};
use crate::engine::member::http::{KeySource, redact};
use crate::engine::member::{Local, Overrides};

/// A member as the file describes it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MemberConfig {
    /// Where its model is.
    pub source: Source,
    /// What it does.
    pub role: Role,
    /// Its weight as a verifier; by its way of scoring where not given.
    pub weight: Option<f64>,
    /// Its own sampling.
    pub sampling: OwnSampling,
    /// What its tokens cost.
    pub price: Option<Price>,
}

/// Where a model is.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// Built into the binary, by its name.
    BuiltIn(String),
    /// A GGUF file: in this process where it can be, else on a llama.cpp server that the program starts.
    Gguf {
        /// The file.
        path: PathBuf,
        /// Further arguments of the server; where there are any, the server is started whatever the file is.
        arguments: Vec<String>,
        /// How it is run on this machine.
        local: Local,
    },
    /// A server or a remote API.
    Server(Box<Server>),
}

impl Default for Source {
    fn default() -> Self {
        Self::Server(Box::default())
    }
}

/// How a server is reached, and what a person knows better than the probe. Printing it shows no value of a header, of the body or
/// of a query.
#[derive(Clone, PartialEq, Default)]
pub struct Server {
    /// Which API it speaks; found out where not given.
    pub kind: Option<String>,
    /// Its address; the API's own where not given.
    pub url: Option<String>,
    /// Which of its models; may be left out where it serves one.
    pub model: Option<String>,
    /// Where its key is; never the key itself.
    pub key: Option<KeySource>,
    /// Further request headers.
    pub headers: BTreeMap<String, String>,
    /// Further fields of every request.
    pub body: serde_json::Map<String, serde_json::Value>,
    /// The providers that a router may use, in order; without any, it chooses.
    pub providers: Vec<String>,
    /// A file with the model's chat template (Jinja), for servers that complete raw text but render no conversations.
    pub template: Option<PathBuf>,
    /// What it can do, over what the probe finds.
    pub overrides: Overrides,
}

impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.as_deref().map(|url| redact(url, &[]));
        let headers: Vec<&String> = self.headers.keys().collect();
        let body: Vec<&String> = self.body.keys().collect();
        let mut shown = formatter.debug_struct("Server");
        shown.field("kind", &self.kind).field("url", &url).field("model", &self.model).field("key", &self.key);
        shown.field("headers", &headers).field("body", &body).field("providers", &self.providers);
        shown.field("template", &self.template).field("overrides", &self.overrides).finish()
    }
}

/// The keys of every member.
const OF_ALL: &[&str] = &["role", "weight", "temperature", "top-p", "price"];
/// The keys of a built-in model.
const OF_BUILT_IN: &[&str] = &["built-in"];
/// The keys of a GGUF file.
const OF_GGUF: &[&str] = &["gguf", "arguments", "device", "threads", "gpu-layers", "context"];
/// The keys of a server.
const OF_SERVERS: &[&str] = &[
    "kind",
    "url",
    "model",
    "key",
    "headers",
    "body",
    "provider",
    "template",
    "draft",
    "score",
    "logprobs",
    "end-probability",
    "seed",
    "concurrency",
    "context",
];
const ROLES: &[(Role, &str)] = &[(Role::Auto, "auto"), (Role::Both, "both"), (Role::Draft, "draft"), (Role::Verify, "verify")];

/// The members, by name.
pub(super) fn members(file: Section<'_>) -> Result<BTreeMap<String, MemberConfig>, ConfigError> {
    let Some(table) = file.table("members", "a table of members")? else { return Ok(BTreeMap::new()) };
    let members = file.inside("members", table);
    let one = |(name, _): (&String, &toml::Value)| {
        let table = members.table(name, "a table: [members.NAME]")?;
        // There is a value, and it is a table.
        table.map(|table| Ok((name.clone(), member(members.inside(name, table))?))).transpose()
    };
    members.entries().filter_map(|entry| one(entry).transpose()).collect()
}

/// The ensembles, by name: each a list of members.
pub(super) fn ensembles(file: Section<'_>) -> Result<BTreeMap<String, Vec<String>>, ConfigError> {
    let Some(table) = file.table("ensembles", "a table of ensembles, each a list of members")? else {
        return Ok(BTreeMap::new());
    };
    let section = file.inside("ensembles", table);
    let one = |(name, _): (&String, &toml::Value)| {
        let members = section.texts(name, "a list of members")?.unwrap_or_default();
        if members.is_empty() { Err(section.wrong(name, "a list of at least one member")) } else { Ok((name.clone(), members)) }
    };
    section.entries().map(one).collect()
}

/// The keys that a member may have.
pub(super) fn keys() -> Vec<&'static str> {
    // A key that two kinds of members have is there once.
    let own_of_servers = OF_SERVERS.iter().filter(|key| !OF_GGUF.contains(key));
    [OF_ALL, OF_BUILT_IN, OF_GGUF].concat().into_iter().chain(own_of_servers.copied()).collect()
}

fn member(section: Section<'_>) -> Result<MemberConfig, ConfigError> {
    section.only(&keys())?;
    Ok(MemberConfig {
        source: source(section)?,
        role: section.choice("role", ROLES)?.unwrap_or_default(),
        weight: section.real("weight", 0.0..=1e6)?,
        sampling: OwnSampling { temperature: section.real("temperature", 0.0..=2.0)?, top_p: section.real("top-p", 0.01..=1.0)? },
        price: price(section)?,
    })
}

fn source(section: Section<'_>) -> Result<Source, ConfigError> {
    let text = |key: &str, wanted: &str| section.text(key, wanted);
    // What is of another kind of member would be read by nobody.
    let alone = |key: &str, own: &[&str]| {
        let foreign = |other: &&&str| !OF_ALL.contains(other) && !own.contains(other) && section.get(other).is_some();
        match keys().iter().find(foreign) {
            Some(other) => Err(section.wrong(other, format!("left out beside `{key}`: it is for another kind of member"))),
            None => Ok(()),
        }
    };
    if let Some(name) = text("built-in", "the name of a built-in model")? {
        alone("built-in", OF_BUILT_IN)?;
        return Ok(Source::BuiltIn(name.to_owned()));
    }
    if let Some(path) = text("gguf", "the path of a GGUF file")? {
        alone("gguf", OF_GGUF)?;
        let arguments = section.texts("arguments", "a list of arguments for llama-server")?.unwrap_or_default();
        return Ok(Source::Gguf { path: path.into(), arguments, local: local(section)? });
    }
    let (kind, url) = (text("kind", "the name of an API")?, text("url", "an address such as \"http://127.0.0.1:8080\"")?);
    if kind.is_none() && url.is_none() {
        return Err(section.wrong("url", "given (or `kind`, `gguf`, `built-in`): it says where the model is"));
    }
    alone(if url.is_some() { "url" } else { "kind" }, OF_SERVERS)?;
    Ok(Source::Server(Box::new(Server {
        kind: kind.map(str::to_owned),
        url: url.map(str::to_owned),
        model: text("model", "the name of a model")?.map(str::to_owned),
        key: key(section)?,
        headers: headers(section)?,
        body: body(section)?,
        providers: section.texts("provider", "the name of a provider, or a list of names")?.unwrap_or_default(),
        template: text("template", "the path of a chat template")?.map(PathBuf::from),
        overrides: Overrides {
            tier: section.choice("score", ScoreTier::NAMES)?,
            drafting: section.choice("draft", Drafting::NAMES)?,
            draft_logprobs: section.switch("logprobs")?,
            end_probability: section.switch("end-probability")?,
            seed: section.switch("seed")?,
            concurrency: section.integer("concurrency", 1..=1024)?.map(|number| number as usize),
            context_tokens: section.integer("context", in_integers(Local::CONTEXTS))?.map(|number| number as usize),
        },
    })))
}

/// A range as the file's integers are.
fn in_integers(range: RangeInclusive<u32>) -> RangeInclusive<i64> {
    i64::from(*range.start())..=i64::from(*range.end())
}

fn local(section: Section<'_>) -> Result<Local, ConfigError> {
    Ok(Local {
        device: section.text("device", "the name of a device, such as \"cpu\" or \"CUDA0\"")?.map(str::to_owned),
        threads: section.integer("threads", in_integers(Local::THREADS))?.map(|number| number as usize),
        gpu_layers: section.integer("gpu-layers", 0..=10_000)?.map(|number| number as u32),
        context: section.integer("context", in_integers(Local::CONTEXTS))?.map(|number| number as usize),
    })
}

/// Where the key is. A key written into the file is refused: files are copied, shown and committed.
fn key(section: Section<'_>) -> Result<Option<KeySource>, ConfigError> {
    const WANTED: &str =
        "{ env = \"NAME\" }, { file = \"PATH\" } or { command = \"…\" }; a key itself does not belong in this file";
    let Some(table) = section.table("key", WANTED)? else { return Ok(None) };
    let inner = section.inside("key", table);
    inner.only(&["env", "file", "command"])?;
    if table.len() != 1 {
        return Err(section.wrong("key", WANTED));
    }
    let text = |key: &str| inner.text(key, "a text");
    Ok(Some(match (text("env")?, text("file")?, text("command")?) {
        (Some(name), ..) => KeySource::Environment(name.to_owned()),
        (_, Some(path), _) => KeySource::File(path.into()),
        (_, _, Some(command)) => KeySource::Command(command.to_owned()),
        (None, None, None) => return Err(section.wrong("key", WANTED)),
    }))
}

fn headers(section: Section<'_>) -> Result<BTreeMap<String, String>, ConfigError> {
    let Some(table) = section.table("headers", "a table of headers")? else { return Ok(BTreeMap::new()) };
    let inner = section.inside("headers", table);
    let one = |(key, _): (&String, &toml::Value)| {
        let value = inner.text(key, "a text")?.unwrap_or_default();
        Ok((key.clone(), value.to_owned()))
    };
    inner.entries().map(one).collect()
}

fn body(section: Section<'_>) -> Result<serde_json::Map<String, serde_json::Value>, ConfigError> {
    let Some(table) = section.table("body", "a table of request fields")? else { return Ok(serde_json::Map::new()) };
    let wrong = || section.wrong("body", "a table of request fields, without dates");
    match serde_json::to_value(table).map_err(|_| wrong())? {
        serde_json::Value::Object(fields) => Ok(fields),
        _ => Err(wrong()),
    }
}

fn price(section: Section<'_>) -> Result<Option<Price>, ConfigError> {
    const WANTED: &str = "{ input = N, output = N } in US dollars per million tokens, `cached` besides where it differs";
    let Some(table) = section.table("price", WANTED)? else { return Ok(None) };
    let inner = section.inside("price", table);
    inner.only(&["input", "cached", "output"])?;
    let number = |key: &str| inner.real(key, 0.0..=1e6);
    let missing = || section.wrong("price", WANTED);
    Ok(Some(Price {
        input: number("input")?.ok_or_else(missing)?,
        cached: number("cached")?,
        output: number("output")?.ok_or_else(missing)?,
    }))
}
