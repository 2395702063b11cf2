//! Where the chat template of a member on a server comes from, if the server itself renders no conversations.
//!
//! The user's file takes precedence. llama-cpp-python's server renders nothing and does not return the template, but it names its
//! model by the path of its file: if it runs on this machine, that file can be read here too.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::engine::member::api::{Kind, Settings};
use crate::engine::member::http::{Http, Limits};
use crate::engine::member::model_file::header::ModelHeader;
use crate::text;

/// A template's file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: the chat template cannot be read: {source}", path.display())]
pub struct Unreadable {
    path: PathBuf,
    source: std::io::Error,
}

/// The template in this file.
pub(super) fn given(path: &Path) -> Result<String, Unreadable> {
    let fault = |source| Unreadable { path: path.to_owned(), source };
    let bytes = std::fs::read(path).map_err(fault)?;
    // Templates depend on blanks and line ends, which must not depend on the program that saved the file.
    Ok(text::text(&bytes).map_err(|other| fault(std::io::Error::other(other)))?.into_owned())
}

/// The template of the model's own file, if its server names the file and it can be read here.
pub(super) async fn of_own_file(settings: &Settings) -> Option<String> {
    if settings.kind != Kind::LlamaCppPython || !settings.endpoint.is_here() {
        return None;
    }
    let http = Http::new(settings.endpoint.clone(), Limits { attempts: 1, ..settings.limits }).ok()?;
    let list = http.get("v1/models").await.ok()?;
    let path = PathBuf::from(model(&list, settings.model.as_deref())?);
    let read = tokio::task::spawn_blocking(move || path.is_absolute().then(|| ModelHeader::read(&path).ok()).flatten());
    read.await.ok()??.chat_template
}

/// The name of the selected model in a list of models.
fn model<'a>(list: &'a Value, wanted: Option<&str>) -> Option<&'a str> {
    let names = list.get("data")?.as_array()?.iter().filter_map(|model| model.get("id")?.as_str());
    names.into_iter().find(|name| wanted.is_none_or(|wanted| *name == wanted))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_model_that_is_meant_is_found_in_the_list() {
        let list = json!({"data": [{"id": "/models/a.gguf", "owned_by": "me"}, {"id": "/models/b.gguf", "owned_by": "me"}]});
        assert_eq!(model(&list, None), Some("/models/a.gguf"));
        assert_eq!(model(&list, Some("/models/b.gguf")), Some("/models/b.gguf"));
        assert_eq!((model(&list, Some("c")), model(&json!({}), None)), (None, None));
    }

    #[test]
    fn a_template_is_read_as_text_whatever_saved_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.jinja");
        std::fs::write(&path, b"\xef\xbb\xbfa\r\nb").unwrap();
        assert_eq!(given(&path).unwrap(), "a\nb");
        let error = given(&folder.path().join("none")).unwrap_err().to_string();
        assert!(error.contains("none: the chat template cannot be read"), "{error}");
    }
}
