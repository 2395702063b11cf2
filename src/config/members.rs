//! The tables `[members.NAME]` and `[ensembles]`: which models there are, how they are reached, what each may do.
//!
//! Contains only what the user wrote; what a server can do is found out when it is opened.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use toml::Value;

use super::error::Fault;
use super::read::{self, Node};
use super::values;
use crate::engine::fusion::event::{Drafting, OwnSampling, Price, Role, ScoreTier};
use crate::engine::member::api::Address;
use crate::engine::member::http::{KeySource, redact};
use crate::engine::member::{Local, Overrides};
use crate::text::paths;

/// A member as the file describes it.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MemberConfig {
    /// Where its model is.
    pub source: Source,
    pub role: Role,
    /// Its weight as a verifier; by default that of its way of scoring.
    pub weight: Option<f64>,
    pub sampling: OwnSampling,
    pub price: Option<Price>,
}

/// Where a model is.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Source {
    /// Built into the binary, by its name.
    BuiltIn(String),
    /// A GGUF file: run in this process if possible, otherwise on a llama.cpp server that the program starts.
    Gguf {
        /// The file.
        #[serde(serialize_with = "paths::lossy")]
        path: PathBuf,
        /// Further arguments of the server; if there are any, the server is started whatever the file is. A key
        /// may be among them.
        #[serde(skip)]
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

/// How a server is reached, and what the user knows better than the probe. Printing it shows no value of a header, of the body or
/// of a query; what is written of it has none of them, and nothing about its key.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Server {
    /// Which API it speaks; found out if not given.
    pub kind: Option<String>,
    /// Its address; the API's own if not given.
    #[serde(serialize_with = "address")]
    pub url: Option<String>,
    /// Which of its models; optional if it serves only one.
    pub model: Option<String>,
    /// Where its key is; never the key itself.
    #[serde(skip_serializing, deserialize_with = "key")]
    pub key: Option<KeySource>,
    /// Further request headers.
    #[serde(skip_serializing)]
    pub headers: BTreeMap<String, String>,
    /// Further fields of every request.
    #[serde(skip_serializing)]
    pub body: serde_json::Map<String, serde_json::Value>,
    /// The only providers that a router may use, in order; if empty, it chooses.
    #[serde(rename = "provider", deserialize_with = "values::providers")]
    pub providers: Vec<String>,
    /// A file with the model's chat template (Jinja), for servers that complete raw text but render no conversations.
    #[serde(serialize_with = "paths::lossy_where_given")]
    pub template: Option<PathBuf>,
    /// What it can do, overriding the probe.
    #[serde(skip)]
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

#[allow(clippy::ref_option, reason = "serde hands over the field")]
fn address<S: Serializer>(url: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    url.as_deref().map(Address::without_secrets).serialize(serializer)
}

/// The settings of every member.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default, expecting = "a table: [members.NAME]")]
struct OfAll {
    role: Role,
    #[serde(deserialize_with = "values::weight")]
    weight: Option<f64>,
    #[serde(deserialize_with = "values::temperature")]
    temperature: Option<f64>,
    #[serde(deserialize_with = "values::top_p")]
    top_p: Option<f64>,
    #[serde(deserialize_with = "price")]
    price: Option<Price>,
}

/// A built-in model.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct BuiltIn {
    built_in: String,
}

/// A GGUF file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Gguf {
    #[serde(rename = "gguf")]
    path: PathBuf,
    #[serde(default, deserialize_with = "values::arguments")]
    arguments: Vec<String>,
    device: Option<String>,
    #[serde(default, deserialize_with = "values::threads")]
    threads: Option<usize>,
    #[serde(default, deserialize_with = "values::gpu_layers")]
    gpu_layers: Option<u32>,
    #[serde(default, deserialize_with = "values::context")]
    context: Option<usize>,
}

/// A server's capabilities set by hand, by their names in the file.
#[derive(Debug, Deserialize)]
#[serde(remote = "Overrides", rename_all = "kebab-case", default = "Overrides::default")]
struct ByHand {
    #[serde(rename = "draft", deserialize_with = "values::draft")]
    drafting: Option<Drafting>,
    #[serde(rename = "logprobs")]
    draft_logprobs: Option<bool>,
    #[serde(rename = "score", deserialize_with = "values::score")]
    tier: Option<ScoreTier>,
    end_probability: Option<bool>,
    seed: Option<bool>,
    #[serde(deserialize_with = "values::concurrency")]
    concurrency: Option<usize>,
    #[serde(rename = "context", deserialize_with = "values::context")]
    context_tokens: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(remote = "Price", deny_unknown_fields)]
#[serde(expecting = "{ input = N, output = N } in US dollars per million tokens, `cached` besides where it differs")]
struct Prices {
    #[serde(deserialize_with = "values::dollars")]
    input: f64,
    #[serde(default, deserialize_with = "values::dollars_or_none")]
    cached: Option<f64>,
    #[serde(deserialize_with = "values::dollars")]
    output: f64,
}

fn price<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Price>, D::Error> {
    Prices::deserialize(deserializer).map(Some)
}

/// Where a key is. A key written into the file is refused: files are copied, shown and committed.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[serde(expecting = "{ env = \"NAME\" }, { file = \"PATH\" } or { command = \"…\" }; a key itself does not belong in this file")]
struct KeyTable {
    env: Option<String>,
    file: Option<PathBuf>,
    command: Option<String>,
}

fn key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<KeySource>, D::Error> {
    match KeyTable::deserialize(deserializer)? {
        KeyTable { env: Some(name), file: None, command: None } => Ok(Some(KeySource::Environment(name))),
        KeyTable { env: None, file: Some(path), command: None } => Ok(Some(KeySource::File(path))),
        KeyTable { env: None, file: None, command: Some(command) } => Ok(Some(KeySource::Command(command))),
        KeyTable { .. } => Err(D::Error::invalid_value(
            Unexpected::Map,
            &"one of { env = \"NAME\" }, { file = \"PATH\" } or { command = \"…\" }",
        )),
    }
}

/// The members, by name; `file` is the whole file.
pub(super) fn members(file: &Value) -> Result<BTreeMap<String, MemberConfig>, Fault> {
    let members = file.get("members").and_then(Value::as_table).into_iter().flatten();
    let one = |(name, table): (&String, &Value)| {
        member(table).map(|member| (name.clone(), member)).map_err(|fault| fault.inside(name).inside("members"))
    };
    members.map(one).collect()
}

/// The keys that a member may have.
pub(super) fn keys() -> Vec<&'static str> {
    [read::keys(OfAll::deserialize), read::keys(BuiltIn::deserialize), read::keys(Gguf::deserialize), &of_servers()].concat()
}

fn of_servers() -> Vec<&'static str> {
    [read::keys(Server::deserialize), read::keys(ByHand::deserialize)].concat()
}

fn member(value: &Value) -> Result<MemberConfig, Fault> {
    let of_all = OfAll::deserialize(Node(value))?;
    let given: Vec<&str> = value.as_table().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
    let known = keys();
    if let Some(unknown) = given.iter().find(|key| !known.contains(key)) {
        return Err(Fault::unknown(unknown, known));
    }
    Ok(MemberConfig {
        source: source(value, &given)?,
        role: of_all.role,
        weight: of_all.weight,
        sampling: OwnSampling { temperature: of_all.temperature, top_p: of_all.top_p },
        price: of_all.price,
    })
}

fn source(value: &Value, given: &[&str]) -> Result<Source, Fault> {
    let Some(where_it_is) = ["built-in", "gguf", "url", "kind"].into_iter().find(|key| given.contains(key)) else {
        return Err(Fault::wrong("given (or `kind`, `gguf`, `built-in`): it says where the model is").inside("url"));
    };
    // A key for another kind of member would have no effect.
    let only = |own: &[&str]| {
        let of_all = read::keys(OfAll::deserialize);
        let foreign = given.iter().find(|key| !of_all.contains(key) && !own.contains(key));
        foreign.map_or(Ok(()), |foreign| {
            Err(Fault::wrong(format!("left out beside `{where_it_is}`: it is for another kind of member")).inside(foreign))
        })
    };
    match where_it_is {
        "built-in" => {
            only(read::keys(BuiltIn::deserialize))?;
            Ok(Source::BuiltIn(BuiltIn::deserialize(Node(value))?.built_in))
        }
        "gguf" => {
            only(read::keys(Gguf::deserialize))?;
            let Gguf { path, arguments, device, threads, gpu_layers, context } = Gguf::deserialize(Node(value))?;
            Ok(Source::Gguf { path, arguments, local: Local { device, threads, gpu_layers, context } })
        }
        _ => {
            only(&of_servers())?;
            let overrides = ByHand::deserialize(Node(value))?;
            Ok(Source::Server(Box::new(Server { overrides, ..Server::deserialize(Node(value))? })))
        }
    }
}
