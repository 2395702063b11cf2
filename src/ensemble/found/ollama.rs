//! Ollama's store: `manifests/REGISTRY/NAMESPACE/MODEL/TAG` name blobs by their hashes, and one of these is the model.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::Value;

use super::places::Place;
use super::walk::{Candidate, Walk, is_gguf};
use crate::clean::clean_line;

/// The type of a layer that is a model.
const MODEL: &str = "application/vnd.ollama.image.model";

/// How many bytes of a manifest are read: they have a few hundred.
const LONGEST: u64 = 1 << 20;

/// Levels of folders below `manifests`.
const DEEP: usize = 5;

/// How many characters of a hash name a download.
const SHORT: usize = 12;

/// Searches a store.
pub(super) fn look(walk: &mut Walk, place: &Place) {
    let manifests = place.folder.join("manifests");
    for manifest in walk.below(place, &manifests, DEEP) {
        let name = name(manifest.strip_prefix(&manifests).unwrap_or(&manifest));
        let Some(hash) = model(&manifest) else { continue };
        // Older versions had a colon in the file's name.
        let blobs = ["sha256-", "sha256:"].map(|prefix| place.folder.join("blobs").join(format!("{prefix}{hash}")));
        let there = blobs.iter().find(|blob| blob.exists());
        let problem = there.is_none().then(|| format!("its file is not there: fetch it again with `ollama pull {name}`"));
        let [usual, _] = &blobs;
        walk.add(Candidate { name, path: there.unwrap_or(usual).clone(), whose: place.whose, problem });
    }
    for blob in walk.entries(place, &place.folder.join("blobs")) {
        let file = blob.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(hash) = file.strip_suffix("-partial").filter(|_| is_gguf(&blob)) {
            walk.under_way(place, &blob, hash.chars().take("sha256-".len() + SHORT).collect());
        }
    }
}

/// Ollama's name for the model of a manifest: `MODEL:TAG`, preceded by registry and namespace if they are not the usual ones.
/// Cleaned.
fn name(manifest: &Path) -> String {
    let parts: Vec<String> = manifest.iter().map(|part| clean_line(&part.to_string_lossy()).into()).collect();
    let Some((tag, rest)) = parts.split_last() else { return String::new() };
    let rest = match rest {
        [registry, namespace, model @ ..] if registry == "registry.ollama.ai" && namespace == "library" => model,
        [registry, model @ ..] if registry == "registry.ollama.ai" => model,
        other => other,
    };
    format!("{}:{tag}", rest.join("/"))
}

/// The hash of the model in a manifest; `None` if it holds another kind of model, or cannot be read.
fn model(manifest: &Path) -> Option<String> {
    let mut text = Vec::new();
    File::open(manifest).ok()?.take(LONGEST).read_to_end(&mut text).ok()?;
    let manifest: Value = serde_json::from_slice(&text).ok()?;
    let layer =
        manifest.get("layers")?.as_array()?.iter().find(|layer| layer.get("mediaType").and_then(Value::as_str) == Some(MODEL))?;
    let hash = layer.get("digest")?.as_str()?.strip_prefix("sha256:")?;
    let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| hash.to_owned())
}
