//! What is shown of a model in a file before it is opened: how large it is, of what kind, and whether it fits in memory.

use super::super::prose::Tone;
use super::super::roster::Known;
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::engine::member::model_file::available::Memory;
use crate::engine::member::model_file::memory::{Fit, bytes_in_words, parameters_in_words};
use crate::ensemble::found::FoundModel;

/// A model in a file in a row of the list, cleaned. A field is empty where nothing is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cells {
    /// Its size.
    pub size: DisplayText,
    /// How its weights are stored.
    pub quantisation: DisplayText,
    /// Whether it fits in memory, in a word.
    pub fit: &'static str,
    /// How many numbers it has.
    pub parameters: DisplayText,
    /// Its architecture.
    pub architecture: DisplayText,
    /// Whose folder it is in.
    pub whose: DisplayText,
    /// How many tokens it reads.
    pub context: DisplayText,
    /// Whether there is too little memory for it.
    pub dim: bool,
}

/// What is known of a file.
#[must_use]
pub fn cells(file: &FoundModel, memory: Option<Memory>) -> Cells {
    let header = file.header.as_ref();
    let fit = file.fit(memory);
    Cells {
        size: clean_line(&bytes_in_words(file.bytes)),
        quantisation: header.and_then(|header| header.quantisation.as_deref()).map(clean_line).unwrap_or_default(),
        fit: fit.map_or("", Fit::word),
        parameters: if file.parameters > 0 { clean_line(&parameters_in_words(file.parameters)) } else { DisplayText::new() },
        architecture: header.map(|header| clean_line(&header.architecture)).unwrap_or_default(),
        whose: clean_line(&file.whose),
        context: header.and_then(|header| header.context_tokens).map(|tokens| display!("{tokens}")).unwrap_or_default(),
        dim: fit == Some(Fit::TooBig),
    }
}

/// What is said of the file of the marked model: a head, a tone and the words for each line.
#[must_use]
pub fn details(known: &Known, memory: Option<Memory>, together: Option<u64>) -> Vec<(&'static str, Tone, DisplayText)> {
    let Some(file) = &known.file else { return Vec::new() };
    let cells = cells(file, memory);
    let mut parts = vec![cells.size, cells.architecture, cells.quantisation];
    parts.extend((file.parameters > 0).then(|| display!("{} parameters", cells.parameters)));
    parts.extend((!cells.context.is_empty()).then(|| display!("reads up to {} tokens", cells.context)));
    parts.push(display!("found in {}", folder(&file.whose)));
    parts.retain(|part| !part.is_empty());
    let mut lines = vec![("file", Tone::Plain, DisplayText::joined(&parts, " · "))];
    if let (Some(needed), Some(memory)) = (file.needed(), memory) {
        let fit = Fit::of(needed, memory);
        let tone = if fit == Fit::TooBig { Tone::Warning } else { Tone::Plain };
        lines.push(("memory", tone, clean_line(&fit.in_words(needed, memory))));
    }
    if let (Some(together), Some(memory)) = (together, memory)
        && Fit::of(together, memory) == Fit::TooBig
    {
        let (all, free) = (bytes_in_words(together), bytes_in_words(memory.available));
        lines.push((
            "together",
            Tone::Warning,
            display!("the chosen files need about {all}, and {free} were free before any was loaded"),
        ));
    }
    if file.header.as_ref().is_some_and(|header| header.chat_template.is_none()) {
        let text = "the file does not say how conversations are written: this may be a model that only continues text";
        lines.push(("note", Tone::Warning, text.into()));
    }
    lines
}

/// A place in a sentence.
fn folder(whose: &str) -> DisplayText {
    match whose.split_once(' ') {
        Some(("this" | "the", _)) => clean_line(whose),
        Some(_) | None => display!("the folder of {whose}"),
    }
}
