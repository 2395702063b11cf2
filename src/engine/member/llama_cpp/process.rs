//! llama.cpp process-wide: it is started once, and all members share its devices.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use llama_cpp_2::list_llama_ggml_backend_devices;
use llama_cpp_2::llama_backend::LlamaBackend;

use super::threads;
use crate::engine::member::turns::Turns;

/// A queue for every device, by its name.
static QUEUES: Mutex<BTreeMap<String, Turns>> = Mutex::new(BTreeMap::new());

/// Held while a model is loaded: creating contexts concurrently is unsound (llama-cpp-2, `LlamaModel::new_context`), and one disk
/// does not read two files faster.
static LOADING: Mutex<()> = Mutex::new(());

/// Whether llama.cpp may write to standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Log {
    /// In the process that tries a file, whose parent reads it.
    Shown,
    /// Everywhere else: it would write over the screen.
    Hidden,
}

/// llama.cpp, started by the first call. `Err` holds the reason why it cannot start.
pub(super) fn backend(log: Log) -> Result<&'static LlamaBackend, String> {
    static BACKEND: OnceLock<Result<LlamaBackend, String>> = OnceLock::new();
    let started = BACKEND.get_or_init(|| {
        let mut backend = LlamaBackend::init().map_err(|error| error.to_string())?;
        match log {
            Log::Shown => {}
            Log::Hidden => backend.void_logs(),
        }
        Ok(backend)
    });
    started.as_ref().map_err(Clone::clone)
}

/// Waits until no other model is being loaded.
pub(super) fn alone() -> MutexGuard<'static, ()> {
    LOADING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The queue of a device. The processor has as many places as threads, a GPU has one.
pub(super) fn turns(device: &Device) -> Turns {
    let mut queues = QUEUES.lock().unwrap_or_else(PoisonError::into_inner);
    let places = match device {
        Device::Processor => threads::of_machine() as u32,
        Device::Other { .. } => 1,
    };
    queues.entry(device.name().to_owned()).or_insert_with(|| Turns::new(places)).clone()
}

/// The device that computes a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Device {
    /// Only on the processor.
    Processor,
    /// On this one of llama.cpp's devices.
    Other { index: usize, name: String },
}

impl Device {
    /// The device of this name, or the best one if none is named. `Err` lists the available ones.
    pub(super) fn find(wanted: Option<&str>) -> Result<Self, String> {
        use llama_cpp_2::LlamaBackendDeviceType::{Accelerator, Cpu, Gpu, IntegratedGpu, Unknown};
        let others: Vec<Self> = list_llama_ggml_backend_devices()
            .into_iter()
            .filter(|device| match device.device_type {
                Gpu | IntegratedGpu => true,
                Cpu | Accelerator | Unknown => false,
            })
            .map(|device| Self::Other { index: device.index, name: device.name })
            .collect();
        match wanted {
            None => Ok(others.into_iter().next().unwrap_or(Self::Processor)),
            Some(name) if name.eq_ignore_ascii_case(Self::Processor.name()) => Ok(Self::Processor),
            Some(name) => {
                let known = [&Self::Processor].into_iter().chain(&others).map(Self::name).collect::<Vec<_>>().join(", ");
                others.into_iter().find(|device| device.name().eq_ignore_ascii_case(name)).ok_or(known)
            }
        }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Processor => "cpu",
            Self::Other { name, .. } => name,
        }
    }
}
