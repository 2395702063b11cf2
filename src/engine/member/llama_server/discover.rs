//! What a server reports about itself: `/health`, `/v1/models`, `/props`, `/slots`.
//!
//! Owns choosing the model and reading the few facts that matter; `probe` finds out what the server can really do.

use serde::Deserialize;
use serde_json::Value;

use super::error::ConnectError;
use super::server::Server;
use crate::engine::member::count;
use crate::engine::member::http::HttpError;

/// A server and its model, as they describe themselves.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Found {
    /// The model's name.
    pub(super) model: String,
    /// The most tokens of prompt and answer together in one slot.
    pub(super) context: Option<usize>,
    /// The most tokens the model was trained for.
    pub(super) trained: Option<usize>,
    /// Number of parameters.
    pub(super) parameters: Option<u64>,
    /// Tokens of the vocabulary.
    pub(super) vocabulary: Option<usize>,
    /// Requests that it answers at the same time.
    pub(super) slots: usize,
    /// The chat template's source; empty if the server does not report it.
    pub(super) template: String,
    /// Whether the template has a role for instructions; `None` if the server does not report it.
    pub(super) system_role: Option<bool>,
    /// The token that starts a text, as text.
    pub(super) begin: String,
    /// Whether `/slots` reports speculative decoding.
    pub(super) speculative: bool,
    /// Distinguishes this server from another one at its address, or from itself started differently.
    pub(super) identity: String,
    /// Requests that it has served, as far as it counts them.
    pub(super) requests: u64,
    /// How many models it holds at a time, if it is a router and reports it.
    pub(super) models_at_once: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Models {
    data: Vec<Model>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Model {
    id: String,
    aliases: Vec<String>,
    meta: Option<Meta>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Meta {
    #[serde(rename = "n_vocab", deserialize_with = "count::size")]
    vocabulary: Option<usize>,
    #[serde(rename = "n_ctx_train", deserialize_with = "count::size")]
    trained: Option<usize>,
    #[serde(rename = "n_params", deserialize_with = "count::optional")]
    parameters: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Props {
    /// `router` if the server has no model of its own.
    role: Option<String>,
    /// How many models a router holds at a time; 0 means no limit.
    #[serde(deserialize_with = "count::size")]
    max_instances: Option<usize>,
    default_generation_settings: Option<Defaults>,
    #[serde(deserialize_with = "count::size")]
    total_slots: Option<usize>,
    model_alias: Option<String>,
    model_path: Option<String>,
    chat_template: String,
    chat_template_caps: Option<Caps>,
    bos_token: String,
    build_info: String,
}

impl Props {
    /// See [`Found::identity`]: the program's build, the model's file and size, and the settings that a server reports.
    fn identity(&self, meta: &Meta, slots: usize, speculative: bool) -> String {
        let (build, file) = (&self.build_info, self.model_path.as_deref().unwrap_or_default());
        let context = self.default_generation_settings.as_ref().and_then(|defaults| defaults.n_ctx).unwrap_or_default();
        let (parameters, vocabulary) = (meta.parameters.unwrap_or_default(), meta.vocabulary.unwrap_or_default());
        let speculative = if speculative { ", speculative" } else { "" };
        format!("{build}, {file}, {parameters} parameters, {vocabulary} tokens, {slots} slots of {context}{speculative}")
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Defaults {
    #[serde(deserialize_with = "count::size")]
    n_ctx: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Caps {
    supports_system_role: Option<bool>,
}

/// Finds the model to use, waiting as long as the server loads, and what is reported about it. `wanted` is its name, if one was
/// given.
pub(super) async fn discover(mut server: Server, wanted: Option<&str>) -> Result<(Server, Found), ConnectError> {
    // All at the same time: on a machine that its models keep busy, every request is slow.
    let (health, models, props, slots) =
        tokio::join!(server.get("/health"), server.get("/v1/models"), server.get("/props"), slots(&server));
    match health {
        // Servers behind a proxy, and old ones, may lack it.
        Ok(_) | Err(HttpError::Status(_) | HttpError::NotJson { .. }) => {}
        Err(other) => return Err(other.into()),
    }
    let mut models: Models = match models {
        Err(error) if is_absent(&error) => Models::default(),
        models => read(&server, "/v1/models", models?)?,
    };
    let mut props: Props = read(&server, "/props", props.map_err(|error| other_server(&server, error))?)?;
    let mut slots = slots;
    let router = props.role.as_deref() == Some("router");
    let models_at_once = props.max_instances.filter(|count| router && *count > 0);
    let mut model = choose(server.name(), &models.data, wanted, router)?;
    if let Some(chosen) = model.as_mut().filter(|_| router) {
        server.model = Some(chosen.id.clone());
        // Requesting its properties loads the model, and only then is its size known.
        props = read(&server, "/props", server.get("/props").await?)?;
        models = read(&server, "/v1/models", server.get("/v1/models").await?)?;
        slots = self::slots(&server).await;
        chosen.meta = models.data.into_iter().find(|model| model.id == chosen.id).and_then(|model| model.meta);
    }
    let Some(defaults) = &props.default_generation_settings else {
        return Err(other(&server, "its /props lack `default_generation_settings`"));
    };
    let meta = model.as_ref().and_then(|model| model.meta.clone()).unwrap_or_default();
    let speculative = slots.as_ref().is_some_and(|slots| slots.iter().any(|slot| slot.speculative));
    let count = props.total_slots.or(slots.as_ref().map(Vec::len)).unwrap_or(1).max(1);
    let identity = props.identity(&meta, count, speculative);
    let named = model.map(|model| model.id).or(props.model_alias).or(props.model_path);
    let found = Found {
        identity,
        requests: slots.iter().flatten().filter_map(|slot| slot.id_task).max().unwrap_or_default(),
        model: named.filter(|name| !name.is_empty()).unwrap_or_else(|| "unnamed".to_owned()),
        context: defaults.n_ctx.filter(|tokens| *tokens > 0),
        trained: meta.trained,
        parameters: meta.parameters,
        vocabulary: meta.vocabulary,
        slots: count,
        template: props.chat_template,
        system_role: props.chat_template_caps.and_then(|caps| caps.supports_system_role),
        begin: props.bos_token,
        speculative,
        models_at_once,
    };
    Ok((server, found))
}

/// The model that the server has now, if it is a different one from this.
pub(super) async fn exchanged(server: &Server, model: &str) -> Option<String> {
    let models: Models = serde_json::from_value(server.models_now().await?).ok()?;
    let is = |now: &Model| now.id == model || now.aliases.iter().any(|alias| alias == model);
    (!models.data.iter().any(is)).then(|| models.data.into_iter().next().map(|now| now.id)).flatten()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Slot {
    speculative: bool,
    /// The number of its last request.
    #[serde(deserialize_with = "count::optional")]
    id_task: Option<u64>,
}

/// The slots, if the server reports them. Requested once: a server that is polled notices later that a caller has gone.
async fn slots(server: &Server) -> Option<Vec<Slot>> {
    serde_json::from_value(server.get("/slots").await.ok()?).ok()
}

/// The model to use. A server of one model also accepts its file's name, since its id often is a path.
fn choose(name: &str, models: &[Model], wanted: Option<&str>, router: bool) -> Result<Option<Model>, ConnectError> {
    let there = || models.iter().map(|model| model.id.clone()).collect();
    let Some(wanted) = wanted.filter(|_| router || !models.is_empty()) else {
        return match models {
            [_, _, ..] if router => Err(ConnectError::SeveralModels { name: name.to_owned(), there: there() }),
            [] if router => Err(ConnectError::SeveralModels { name: name.to_owned(), there: Vec::new() }),
            _ => Ok(models.first().cloned()),
        };
    };
    let is = |model: &&Model| model.id == wanted || model.aliases.iter().any(|alias| alias == wanted);
    let ends = |model: &&Model| !router && model.id.rsplit(['/', '\\']).next() == Some(wanted);
    let chosen = models.iter().find(is).or_else(|| models.iter().find(ends));
    match chosen {
        Some(model) => Ok(Some(model.clone())),
        None => Err(ConnectError::NoSuchModel { name: name.to_owned(), wanted: wanted.to_owned(), there: there() }),
    }
}

fn read<T: serde::de::DeserializeOwned>(server: &Server, path: &str, reply: Value) -> Result<T, ConnectError> {
    serde_json::from_value(reply).map_err(|error| other(server, &format!("its {path} have another form: {error}")))
}

fn other(server: &Server, problem: &str) -> ConnectError {
    ConnectError::OtherServer { name: server.name().to_owned(), problem: problem.to_owned() }
}

/// A server without `/props` is another kind of server.
fn other_server(server: &Server, error: HttpError) -> ConnectError {
    if is_absent(&error) { other(server, "it has no /props") } else { error.into() }
}

/// Whether the server has no such route.
fn is_absent(error: &HttpError) -> bool {
    matches!(error.status(), Some(404 | 405 | 501))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn models(ids: &[&str]) -> Vec<Model> {
        ids.iter().map(|id| Model { id: (*id).to_owned(), aliases: vec![format!("{id}-alias")], meta: None }).collect()
    }

    fn chosen(ids: &[&str], wanted: Option<&str>, router: bool) -> Result<Option<String>, String> {
        let model = choose("a", &models(ids), wanted, router).map_err(|error| error.to_string())?;
        Ok(model.map(|model| model.id))
    }

    #[test]
    fn a_model_is_chosen_by_name_alias_or_file() {
        assert_eq!(chosen(&["/models/x.gguf"], None, false), Ok(Some("/models/x.gguf".into())));
        assert_eq!(chosen(&["/models/x.gguf"], Some("x.gguf"), false), Ok(Some("/models/x.gguf".into())));
        assert_eq!(chosen(&["x", "y"], Some("y-alias"), true), Ok(Some("y".into())));
        assert_eq!(chosen(&[], None, false), Ok(None), "an old server that lists nothing");
        assert_eq!(chosen(&[], Some("x"), false), Ok(None));
    }

    #[test]
    fn a_wrong_name_lists_the_models_there_are() {
        assert_eq!(chosen(&["x"], Some("z"), false), Err("a: the server has no model `z`; it has `x`".into()));
        assert_eq!(chosen(&["x", "y"], None, true), Err("a: the server has several models: name one of `x`, `y`".into()));
        assert_eq!(chosen(&["x"], None, true), Ok(Some("x".into())));
    }
}
