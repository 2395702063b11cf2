//! The topics of the manual, compiled in: the files of `assets/manual/`, and the example of the configuration.

/// A page of the manual.
pub(super) struct Topic {
    /// What follows `specfuse help`; the file's name.
    pub(super) name: &'static str,
    /// A few words for the list.
    pub(super) about: &'static str,
    pub(super) text: Text,
}

/// The source of a topic.
pub(super) enum Text {
    Markdown(&'static str),
    /// Printed as it is, so that it can be redirected into a file.
    Verbatim(&'static str),
}

macro_rules! topics {
    ($($name:literal, $about:literal;)*) => {
        &[
            $(Topic {
                name: $name,
                about: $about,
                text: Text::Markdown(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/manual/", $name, ".md"))),
            },)*
            Topic {
                name: "example",
                about: "a configuration file with every key, to copy from",
                text: Text::Verbatim(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/config.toml"))),
            },
        ]
    };
}

/// Every topic, in reading order for a newcomer.
pub(super) const TOPICS: &[Topic] = topics! {
    "playground", "what the screen shows, and what you can do with an answer";
    "keys", "every key";
    "models", "your own models: addresses, APIs, keys, GGUF files";
    "servers", "what each server can do, how it was verified, more than one machine";
    "configuration", "the configuration file, themes, keys of your own, prices";
    "fusion", "how the models write together";
    "knobs", "every knob and preset";
    "commands", "the command line: options, exit codes, standard input and output";
    "sweeping", "compare settings over a set of prompts";
    "evaluating", "count right answers, fused and alone";
    "exports", "a run as Markdown, a web page, JSON, a picture or a film";
    "traces", "the format of a recorded run";
    "troubleshooting", "messages, and what to do about them";
    "limits", "what the program does not do";
    "files", "files and environment variables";
};
