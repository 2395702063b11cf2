//! Which themes there are: those built in, and the user's own in a folder; and what a theme inherits.
//!
//! A user's file replaces the built-in theme of its name, and may inherit it. Built-in themes inherit built-in ones only, so
//! that a user's file changes what its name says and nothing else.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::Theme;
use super::colour::ColourLevel;
use super::error::{Fault, LARGEST_FILE, Place, ThemeError, shown};
use super::file::{self, ThemeFile};
use super::ground::Ground;
use crate::engine::fusion::params::nearest;
use crate::text;

/// The themes of [`AUTO`].
const DARK: &str = "dark";
const LIGHT: &str = "light";

/// The theme without colours.
const MONO: &str = "mono";

/// The choice that is no theme: the built-in one for the terminal's background.
pub const AUTO: &str = "auto";

const SUFFIX: &str = ".toml";

/// The built-in themes, in the order in which they are offered.
const BUILT_IN: [(&str, &str); 6] = [
    (DARK, include_str!("../../../../themes/dark.toml")),
    (LIGHT, include_str!("../../../../themes/light.toml")),
    ("high-contrast", include_str!("../../../../themes/high-contrast.toml")),
    ("colour-blind", include_str!("../../../../themes/colour-blind.toml")),
    ("terminal", include_str!("../../../../themes/terminal.toml")),
    (MONO, include_str!("../../../../themes/mono.toml")),
];

/// The themes that can be loaded.
#[derive(Debug, Clone)]
pub struct Library {
    folder: Option<PathBuf>,
    ground: Ground,
}

/// Where a theme is.
#[derive(Debug, Clone, PartialEq)]
enum Source {
    BuiltIn { name: &'static str, text: &'static str },
    Own { name: String, path: PathBuf },
}

impl Library {
    /// The built-in themes and those in `folder`, which need not exist.
    #[must_use]
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, ground: Ground::default() }
    }

    /// From now on [`AUTO`] is the theme for this background.
    pub fn set_ground(&mut self, ground: Ground) {
        self.ground = ground;
    }

    /// What the user may choose: every theme, and [`AUTO`].
    #[must_use]
    pub fn choices(&self) -> Vec<String> {
        std::iter::once(AUTO.to_owned()).chain(self.names().into_iter().filter(|name| name != AUTO)).collect()
    }

    /// The names of all themes: the built-in ones, then the user's in alphabetical order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let built_in = BUILT_IN.iter().map(|(name, _)| (*name).to_owned());
        let own = self.own_names().into_iter().filter(|name| built_in_source(name).is_none());
        built_in.chain(own).collect()
    }

    /// A theme, fitted to what the terminal can show. Without colours it is always `mono`, whatever the name.
    pub fn load(&self, name: &str, level: ColourLevel) -> Result<Theme, ThemeError> {
        let name = match (level, self.ground) {
            (ColourLevel::None, _) => MONO,
            (ColourLevel::Ansi16 | ColourLevel::Ansi256 | ColourLevel::True, _) if name != AUTO => name,
            (ColourLevel::Ansi16 | ColourLevel::Ansi256 | ColourLevel::True, Ground::Dark) => DARK,
            (ColourLevel::Ansi16 | ColourLevel::Ansi256 | ColourLevel::True, Ground::Light) => LIGHT,
        };
        let unknown = || ThemeError::Unknown { name: shown(name), nearest: Self::nearest(name, &self.choices()) };
        let source = self.find(name).ok_or_else(unknown)?;
        Theme::build(name, &self.with_parents(source)?, level)
    }

    /// The theme's file and those it inherits, the nearest first.
    fn with_parents(&self, source: Source) -> Result<Vec<ThemeFile>, ThemeError> {
        let mut files = Vec::new();
        let mut followed = vec![source];
        while let Some(source) = followed.last() {
            let file = source.read()?;
            let Some((parent, place)) = file.inherits.clone() else {
                files.push(file);
                break;
            };
            files.push(file);
            let next = self.parent(source, &parent).ok_or_else(|| {
                let fault = Fault::UnknownParent { name: shown(&parent), nearest: Self::nearest(&parent, &self.names()) };
                ThemeError::Fault { place: place.clone(), fault }
            })?;
            if followed.contains(&next) {
                return Err(circle(&followed, &next, place));
            }
            followed.push(next);
        }
        Ok(files)
    }

    fn parent(&self, of: &Source, name: &str) -> Option<Source> {
        match of {
            Source::BuiltIn { .. } => built_in_source(name),
            Source::Own { name: own, .. } if own == name => built_in_source(name).or_else(|| self.find(name)),
            Source::Own { .. } => self.find(name),
        }
    }

    /// Only names that the folder lists are joined to its path: a name is no way out of it.
    fn find(&self, name: &str) -> Option<Source> {
        if let Some(folder) = &self.folder
            && self.own_names().iter().any(|own| own == name)
        {
            let path = folder.join(format!("{name}{SUFFIX}"));
            return Some(Source::Own { name: name.to_owned(), path });
        }
        built_in_source(name)
    }

    /// A folder that cannot be read has no themes: most people have none.
    fn own_names(&self) -> Vec<String> {
        let Some(Ok(entries)) = self.folder.as_deref().map(fs::read_dir) else { return Vec::new() };
        let files = entries.flatten().filter(|entry| entry.path().is_file());
        let mut names: Vec<String> =
            files.filter_map(|entry| entry.file_name().to_str()?.strip_suffix(SUFFIX).map(str::to_owned)).collect();
        names.sort_unstable();
        names
    }

    fn nearest(name: &str, among: &[String]) -> String {
        nearest(&shown(name), among.iter().map(String::as_str)).unwrap_or_default().to_owned()
    }
}

impl Source {
    fn name(&self) -> &str {
        match self {
            Self::BuiltIn { name, .. } => name,
            Self::Own { name, .. } => name,
        }
    }

    fn read(&self) -> Result<ThemeFile, ThemeError> {
        match self {
            Self::BuiltIn { name, text } => file::parse(&format!("built-in theme {name}"), text),
            Self::Own { path, .. } => file::parse(&path.display().to_string(), &read(path)?),
        }
    }
}

fn built_in_source(name: &str) -> Option<Source> {
    BUILT_IN.iter().find(|(known, _)| *known == name).map(|(name, text)| Source::BuiltIn { name, text })
}

fn circle(followed: &[Source], back_to: &Source, place: Place) -> ThemeError {
    let around = followed.iter().skip_while(|source| *source != back_to).chain([back_to]);
    let names: Vec<String> = around.map(|source| shown(source.name())).collect();
    ThemeError::Fault { place, fault: Fault::Circle(names.join(" → ")) }
}

/// The text of a file of bounded size.
fn read(path: &Path) -> Result<String, ThemeError> {
    let fault = |source| ThemeError::File { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(LARGEST_FILE + 1).read_to_end(&mut bytes)).map_err(fault)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(ThemeError::TooLarge { path: path.to_owned() });
    }
    match text::text(&bytes) {
        Ok(text) => Ok(text.into_owned()),
        Err(other) => Err(ThemeError::NotText { path: path.to_owned(), source: other }),
    }
}
