//! Loads a model on the thread that then works with it.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;
use tokio::sync::oneshot;

use super::engine::{self, BATCH, TREE_CELLS};
use super::error::LlamaCppError;
use super::process::{self, Device, Log};
use super::sequences::SEQUENCES;
use super::threads;
use super::vocabulary::Words;
use crate::engine::fusion::event::Capabilities;
use crate::engine::member::Local;
use crate::engine::member::chat_template::ChatTemplate;
use crate::engine::member::in_process::{Desk, Session, Template, work};
use crate::engine::member::turns::Turns;

/// What the user should know about a model without a chat template.
const BASE_MODEL: &str = "it has no chat template (a base model), so it is asked in a plain form, and only verifies beside \
                                     models made for conversation unless its role is `both`";

/// A loaded model.
pub(super) struct Loaded {
    pub(super) capabilities: Capabilities,
    pub(super) desk: Desk,
    pub(super) turns: Turns,
    /// How much of its device's shared capacity a draft needs.
    pub(super) places: u32,
}

/// Loads a file on a separate thread, which stays with the model.
pub(super) async fn load(path: &Path, local: &Local, told: impl Fn(u8) + Send + 'static) -> Result<Loaded, LlamaCppError> {
    let (desk, calls) = Desk::new();
    let (ready, opened) = oneshot::channel();
    let file = path.display().to_string();
    let (path, local) = (path.to_owned(), local.clone());
    let start = |problem: String| LlamaCppError::Start { file: file.clone(), what: "its thread", problem };
    let name = format!("member {}", path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default());
    let thread = move || {
        let plan = match Plan::new(path, local) {
            Ok(plan) => plan,
            Err(error) => return drop(ready.send(Err(error))),
        };
        let model = match plan.model(told) {
            Ok(model) => model,
            Err(error) => return drop(ready.send(Err(error))),
        };
        match plan.session(&model) {
            Ok((session, capabilities)) => {
                // Without the caller there are no calls, and the work ends immediately.
                let _ = ready.send(Ok((capabilities, process::turns(&plan.device), plan.threads(&model).0 as u32)));
                work(session, calls);
            }
            Err(error) => drop(ready.send(Err(error))),
        }
    };
    std::thread::Builder::new().name(name).spawn(thread).map_err(|error| start(error.to_string()))?;
    match opened.await {
        Ok(opened) => opened.map(|(capabilities, turns, places)| Loaded { capabilities, desk, turns, places }),
        Err(_) => Err(start("it ended while it loaded the model".to_owned())),
    }
}

/// How a file is to be loaded.
pub(super) struct Plan {
    path: PathBuf,
    file: String,
    local: Local,
    backend: &'static LlamaBackend,
    device: Device,
}

impl Plan {
    pub(super) fn new(path: PathBuf, local: Local) -> Result<Self, LlamaCppError> {
        Self::logging(path, local, Log::Hidden)
    }

    pub(super) fn logging(path: PathBuf, local: Local, log: Log) -> Result<Self, LlamaCppError> {
        let file = path.display().to_string();
        let backend =
            process::backend(log).map_err(|problem| LlamaCppError::Start { file: file.clone(), what: "llama.cpp", problem })?;
        let wanted = local.device.as_deref();
        let device = Device::find(wanted).map_err(|known| LlamaCppError::Device {
            file: file.clone(),
            device: wanted.unwrap_or_default().to_owned(),
            known,
        })?;
        Ok(Self { path, file, local, backend, device })
    }

    /// Loads the weights; `told` receives how much is loaded, in per cent.
    pub(super) fn model(&self, told: impl Fn(u8) + 'static) -> Result<LlamaModel, LlamaCppError> {
        let failed = |reason: String| LlamaCppError::Load { file: self.file.clone(), reason };
        let mut last = None;
        let progress = move |part: f32| {
            let percent = (part * 100.0).clamp(0.0, 100.0) as u8;
            if last.replace(percent) != Some(percent) {
                told(percent);
            }
            true
        };
        let params = LlamaModelParams::default().with_progress_callback(progress);
        let params = match &self.device {
            Device::Processor => params.with_n_gpu_layers(0),
            Device::Other { index, .. } => {
                let params = params.with_devices(&[*index]).map_err(|error| failed(error.to_string()))?;
                match self.local.gpu_layers {
                    Some(layers) => params.with_n_gpu_layers(layers),
                    None => params,
                }
            }
        };
        let _alone = process::alone();
        let model = LlamaModel::load_from_file(self.backend, &self.path, &params).map_err(|error| failed(error.to_string()))?;
        let recurrent = |kind| LlamaCppError::Recurrent { file: self.file.clone(), kind };
        if model.is_hybrid() {
            return Err(recurrent("hybrid"));
        }
        if model.is_recurrent() {
            return Err(recurrent("recurrent"));
        }
        Ok(model)
    }

    /// A context of the model, with a new session, and what it can do.
    pub(super) fn session<'m>(
        &self,
        model: &'m LlamaModel,
    ) -> Result<(Session<engine::LlamaCpp<'m>>, Capabilities), LlamaCppError> {
        let no_text = |problem: &str| LlamaCppError::NoText { file: self.file.clone(), problem: problem.to_owned() };
        let words = Words::of(model).ok_or_else(|| no_text("none of its tokens ends a text"))?;
        let (template, mut advice) = self.template(model)?;
        let chat = !template.is_plain();
        let trained = trained(model);
        let positions = self.local.positions(trained);
        if let Some(wanted) = self.local.context.filter(|wanted| *wanted > positions) {
            advice.push(format!("it was trained for {positions} tokens of context, so it has those, not {wanted}"));
        }
        let context = self.context(model, positions)?;
        let engine = engine::LlamaCpp::new(&self.file, words, context, positions);
        let stem = self.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let name = model.meta_val_str("general.name").ok().filter(|name| !name.trim().is_empty());
        let capabilities = Capabilities {
            context_tokens: Some(positions),
            parameters: Some(model.n_params()),
            chat,
            advice,
            ..Capabilities::in_process("gguf", name.as_deref().unwrap_or(stem))
        };
        Ok((Session::new(engine, template), capabilities))
    }

    fn template(&self, model: &LlamaModel) -> Result<(Template, Vec<String>), LlamaCppError> {
        match model.meta_val_str("tokenizer.chat_template") {
            Ok(source) if !source.trim().is_empty() => {
                let unusable = |problem: String| LlamaCppError::Template { file: self.file.clone(), problem };
                ChatTemplate::new(&source).check().map_err(|error| unusable(error.to_string()))?;
                Ok((Template::chat(&self.file, &source), Vec::new()))
            }
            Ok(_) | Err(_) => Ok((Template::plain(&self.file), vec![BASE_MODEL.to_owned()])),
        }
    }

    /// How many threads to use for drawing one token, and for reading many together.
    fn threads(&self, model: &LlamaModel) -> (usize, usize) {
        match self.local.threads {
            Some(threads) => (threads, threads),
            None => (threads::drawing(threads::of_machine(), model.size()), threads::of_machine()),
        }
    }

    fn context<'m>(&self, model: &'m LlamaModel, positions: usize) -> Result<LlamaContext<'m>, LlamaCppError> {
        let (drawing, reading) = self.threads(model);
        let cells = (positions + TREE_CELLS) as u32;
        let params = LlamaContextParams::default()
            .with_n_ctx(NonZeroU32::new(cells))
            .with_n_batch(BATCH as u32)
            .with_n_ubatch(BATCH as u32)
            .with_n_seq_max(SEQUENCES as u32)
            // Sequences share cells: without it, a partial copy ends the process.
            .with_kv_unified(true)
            // Sliding windows would drop cells that a rewind needs.
            .with_swa_full(true)
            .with_n_threads(drawing as i32)
            .with_n_threads_batch(reading as i32)
            .with_no_perf(true);
        let _alone = process::alone();
        let failed = |reason: String| LlamaCppError::Load { file: self.file.clone(), reason };
        model.new_context(self.backend, params).map_err(|error| failed(format!("no context of {cells} tokens: {error}")))
    }
}

/// How many tokens a model was trained for, if it reports it. The bindings' own query panics if a damaged file has more than they
/// expect.
fn trained(model: &LlamaModel) -> Option<usize> {
    let architecture = model.meta_val_str("general.architecture").unwrap_or_default();
    let said = model.meta_val_str(&format!("{architecture}.context_length")).ok().and_then(|said| said.parse::<u32>().ok());
    said.map(|tokens| tokens.min(i32::MAX.cast_unsigned()) as usize)
}
