//! The display name of a model file.

use std::path::Path;

use crate::clean::clean_line;
use crate::engine::member::model_file::parts::part_of;

/// The name of the model in a file: the file's own, without its part number; if that is generic (`model.gguf`), `outer`,
/// otherwise the folder's name. Cleaned.
pub(super) fn of_file(path: &Path, outer: Option<&str>) -> String {
    let full = path.file_name().unwrap_or_default().to_string_lossy();
    let end = full.to_lowercase().find(".gguf").filter(|end| full.is_char_boundary(*end)).unwrap_or(full.len());
    let part = part_of(path).map(|part| part.name);
    let stem = part.as_deref().unwrap_or_else(|| full.get(..end).unwrap_or(&full));
    let stem = stem.strip_prefix("incomplete-").or_else(|| stem.strip_prefix("downloading_")).unwrap_or(stem);
    let says_nothing =
        ["model", "ggml-model", "weights"].iter().any(|word| stem.to_lowercase().strip_prefix(word).is_some_and(is_type));
    let folder = || path.parent()?.file_name().map(|name| name.to_string_lossy().into_owned());
    let outer = if says_nothing { outer.map(str::to_owned).or_else(folder) } else { None };
    clean_line(outer.as_deref().unwrap_or(stem)).trim().to_owned()
}

/// Whether what follows a word is empty, or is a quantisation type (`-q4_0`, `.f16`).
fn is_type(rest: &str) -> bool {
    let Some(kind) = rest.strip_prefix(['-', '.', '_']) else { return rest.is_empty() };
    let digits = kind.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    let letters = &kind[..kind.len() - digits.len()];
    ["q", "iq", "tq", "f", "fp", "bf", "mxfp", "nvfp"].contains(&letters)
        && digits.starts_with(|digit: char| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_called_as_its_file_unless_that_says_nothing() {
        let name = |path: &str, outer: Option<&str>| of_file(Path::new(path), outer);
        assert_eq!(name("/m/Qwen3-4B-Q4_K_M.gguf", Some("Qwen/Qwen3-4B-GGUF")), "Qwen3-4B-Q4_K_M");
        assert_eq!(name("/m/big-00001-of-00003.gguf", None), "big");
        assert_eq!(name("/m/Jan-v3-4b/model.gguf", None), "Jan-v3-4b");
        assert_eq!(name("/m/x/ggml-model-q4_0.GGUF", Some("owner/repo")), "owner/repo");
        assert_eq!(name("/m/x/model.fp16.gguf", Some("repo")), "repo");
        for own in ["modelled", "model-stock-7b", "model-f", "Model-"] {
            assert_eq!(name(&format!("/m/x/{own}.gguf"), Some("repo")), own);
        }
        assert_eq!(name("/m/incomplete-a.gguf", None), "a");
        assert_eq!(name("/m/b.gguf.downloadInProgress", None), "b");
        assert_eq!(name("/m/a\u{1b}[2J\nb.gguf", None), clean_line("a\u{1b}[2J\nb"));
    }
}
