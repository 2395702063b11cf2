//! The pages, and the parts of their Markdown that the tests check.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// The folder of the manual.
pub const MANUAL: &str = "assets/manual";

/// A page of documentation.
pub struct Page {
    /// Its path from the repository's root.
    pub path: PathBuf,
    pub text: String,
}

/// A fenced block of code.
pub struct Block {
    /// The text after the fence.
    pub info: String,
    pub text: String,
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Page {
    pub fn read(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let text = fs::read_to_string(root().join(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { path, text }
    }

    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    pub fn events(&self) -> Parser<'_> {
        Parser::new_ext(&self.text, Options::ENABLE_TABLES)
    }

    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<Block> = None;
        for event in self.events() {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                    open = Some(Block { info: info.into_string(), text: String::new() });
                }
                Event::Text(text) => {
                    if let Some(block) = &mut open {
                        block.text.push_str(&text);
                    }
                }
                Event::End(TagEnd::CodeBlock) => blocks.extend(open.take()),
                _ => {}
            }
        }
        blocks
    }

    /// Code in sentences, tables and headings.
    pub fn codes(&self) -> Vec<String> {
        self.events().filter_map(|event| if let Event::Code(code) = event { Some(code.into_string()) } else { None }).collect()
    }

    /// The text of every heading, with the code in it.
    pub fn headings(&self) -> Vec<String> {
        let mut headings = Vec::new();
        let mut open: Option<String> = None;
        for event in self.events() {
            match event {
                Event::Start(Tag::Heading { .. }) => open = Some(String::new()),
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut open {
                        heading.push_str(&text);
                    }
                }
                Event::End(TagEnd::Heading(_)) => headings.extend(open.take()),
                _ => {}
            }
        }
        headings
    }
}

/// The pages of the manual, by name.
pub fn manual() -> Vec<Page> {
    let folder = root().join(MANUAL);
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "md")).collect();
    names.sort_unstable();
    names.iter().map(|name| Page::read(Path::new(MANUAL).join(name))).collect()
}

/// Every page whose links and commands are checked.
pub fn all() -> Vec<Page> {
    let others = ["README.md", "tests/study/README.md", "assets/models/README.md", ".github/CHANGELOG.md"];
    others.into_iter().map(Page::read).chain(manual()).collect()
}

/// The program, in a separate home.
pub fn program(home: &Path, arguments: &[String]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_specfuse"));
    command.args(arguments).current_dir(home).env_clear().env("HOME", home).stdin(Stdio::null());
    command.output().unwrap()
}
