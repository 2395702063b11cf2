//! Where model files usually are: the folders of the programs that download them, and those of the configuration.
//!
//! Pure: the environment is a parameter. The caller finds out which of the folders exist.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// How deep a folder with unknown layout is searched.
const DEEP: usize = 5;

/// The system, as far as it decides where programs keep their files.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Linux and similar systems.
    Linux,
    MacOs,
    Windows,
}

/// What the places depend on.
pub struct Surroundings<'a> {
    /// Looks up an environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<OsString>,
    /// The user's folder.
    pub home: Option<PathBuf>,
    /// The system.
    pub system: System,
}

/// A folder that may hold models.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub folder: PathBuf,
    /// Its owner, in words.
    pub whose: &'static str,
    /// How many levels of folders in it are searched.
    pub depth: usize,
    pub layout: Layout,
    /// Whether the user named it, and so must be told if it does not exist.
    pub named: bool,
}

/// How models are stored in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Files that end in `.gguf`, in folders of any kind or of Hugging Face's.
    Files,
    /// Blobs without an extension, and manifests that name them.
    Ollama,
}

/// A path with `~` expanded to the user's folder.
pub(super) fn expanded(path: &Path, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        (Ok(_) | Err(_), _) => path.to_owned(),
    }
}

impl Surroundings<'_> {
    /// A folder that a variable names; an empty one names none.
    fn folder(&self, variable: &str) -> Option<PathBuf> {
        (self.variable)(variable).filter(|value| !value.is_empty()).map(|value| self.expanded(Path::new(&value)))
    }

    fn expanded(&self, path: &Path) -> PathBuf {
        expanded(path, self.home.as_deref())
    }

    fn in_home(&self, path: &str) -> Option<PathBuf> {
        Some(self.home.as_ref()?.join(path))
    }

    /// Where programs keep what they can download again.
    fn cache(&self) -> Option<PathBuf> {
        match self.system {
            System::Linux => self.folder("XDG_CACHE_HOME").or_else(|| self.in_home(".cache")),
            System::MacOs => self.in_home("Library/Caches"),
            System::Windows => self.folder("LOCALAPPDATA"),
        }
    }

    /// Where programs keep their data.
    fn data(&self) -> Option<PathBuf> {
        match self.system {
            System::Linux => self.folder("XDG_DATA_HOME").or_else(|| self.in_home(".local/share")),
            System::MacOs => self.in_home("Library/Application Support"),
            System::Windows => self.folder("APPDATA"),
        }
    }

    /// Where Hugging Face's libraries keep downloads, on every system.
    fn hub(&self) -> Option<PathBuf> {
        self.folder("HF_HUB_CACHE")
            .or_else(|| self.folder("HUGGINGFACE_HUB_CACHE"))
            .or_else(|| Some(self.folder("HF_HOME")?.join("hub")))
            .or_else(|| Some(self.folder("XDG_CACHE_HOME")?.join("huggingface/hub")))
            .or_else(|| self.in_home(".cache/huggingface/hub"))
    }

    fn gpt4all(&self) -> Option<PathBuf> {
        let data = if self.system == System::Windows { self.folder("LOCALAPPDATA") } else { self.data() };
        Some(data?.join("nomic.ai/GPT4All"))
    }

    fn ollama(&self) -> Vec<PathBuf> {
        if let Some(folder) = self.folder("OLLAMA_MODELS") {
            return vec![folder];
        }
        let own = self.in_home(".ollama/models");
        // Its service on Linux runs as a separate user.
        let service = ["/usr/share/ollama/.ollama/models", "/var/lib/ollama/.ollama/models", "/var/lib/ollama/models"];
        let service = service.into_iter().filter(|_| self.system == System::Linux);
        own.into_iter().chain(service.map(PathBuf::from)).collect()
    }
}

/// The places to search, the user's own first. `configured` are the folders of the configuration, and `lm_studio` is the contents
/// of the file that LM Studio leaves in the user's folder, if it exists.
#[must_use]
pub fn usual(surroundings: &Surroundings<'_>, configured: &[PathBuf], lm_studio: Option<&str>) -> Vec<Place> {
    let files =
        |folder: Option<PathBuf>, whose| Some(Place { folder: folder?, whose, depth: DEEP, layout: Layout::Files, named: false });
    let mut places: Vec<Place> = configured
        .iter()
        .filter_map(|folder| Some(Place { named: true, ..files(Some(surroundings.expanded(folder)), "the configured folder")? }))
        .collect();
    let pointed = lm_studio.map(str::trim).filter(|path| !path.is_empty()).map(|path| Path::new(path).join("models"));
    let usual = [
        files(Some(PathBuf::from("models")), "this folder"),
        files(surroundings.folder("LLAMA_CACHE").or_else(|| Some(surroundings.cache()?.join("llama.cpp"))), "llama.cpp"),
        files(surroundings.folder("LLAMA_ARG_MODELS_DIR"), "llama.cpp"),
        files(surroundings.hub(), "Hugging Face"),
        files(pointed, "LM Studio"),
        files(surroundings.in_home(".lmstudio/models"), "LM Studio"),
        files(surroundings.in_home(".cache/lm-studio/models"), "LM Studio"),
        files(surroundings.data().map(|data| data.join("Jan/data/llamacpp/models")), "Jan"),
        files(surroundings.gpt4all(), "GPT4All"),
        files(surroundings.in_home(".cache/gpt4all"), "GPT4All"),
        // Last: a folder is searched only once, and only this one is not searched in depth. It may be one of the others.
        files(Some(PathBuf::from(".")), "this folder").map(|place| Place { depth: 0, ..place }),
    ];
    places.extend(usual.into_iter().flatten());
    let ollama = surroundings.ollama().into_iter();
    places.extend(ollama.map(|folder| Place { folder, whose: "Ollama", depth: DEEP, layout: Layout::Ollama, named: false }));
    places
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn folders(system: System, variables: &[(&str, &str)], configured: &[&str], pointer: Option<&str>) -> Vec<(String, String)> {
        let variables: HashMap<&str, &str> = variables.iter().copied().collect();
        let variable = |name: &str| variables.get(name).map(OsString::from);
        let surroundings = Surroundings { variable: &variable, home: Some(PathBuf::from("/home/me")), system };
        let configured: Vec<PathBuf> = configured.iter().map(PathBuf::from).collect();
        let places = usual(&surroundings, &configured, pointer);
        places.into_iter().map(|place| (place.whose.to_owned(), place.folder.display().to_string().replace('\\', "/"))).collect()
    }

    fn of<'a>(places: &'a [(String, String)], whose: &str) -> Vec<&'a str> {
        places.iter().filter(|(of, _)| of == whose).map(|(_, folder)| folder.as_str()).collect()
    }

    #[test]
    fn every_program_is_looked_for_where_its_system_has_it() {
        let linux = folders(System::Linux, &[], &[], None);
        assert_eq!(of(&linux, "llama.cpp"), ["/home/me/.cache/llama.cpp"]);
        assert_eq!(of(&linux, "Hugging Face"), ["/home/me/.cache/huggingface/hub"]);
        assert_eq!(of(&linux, "LM Studio"), ["/home/me/.lmstudio/models", "/home/me/.cache/lm-studio/models"]);
        assert_eq!(of(&linux, "Ollama")[..2], ["/home/me/.ollama/models", "/usr/share/ollama/.ollama/models"]);
        assert_eq!(of(&linux, "Jan"), ["/home/me/.local/share/Jan/data/llamacpp/models"]);
        let mac = folders(System::MacOs, &[], &[], None);
        assert_eq!(of(&mac, "llama.cpp"), ["/home/me/Library/Caches/llama.cpp"]);
        assert_eq!(of(&mac, "Hugging Face"), ["/home/me/.cache/huggingface/hub"]);
        assert_eq!(of(&mac, "GPT4All")[0], "/home/me/Library/Application Support/nomic.ai/GPT4All");
        assert_eq!(of(&mac, "Ollama"), ["/home/me/.ollama/models"]);
        let windows = folders(System::Windows, &[("LOCALAPPDATA", "/local"), ("APPDATA", "/roaming")], &[], None);
        assert_eq!(of(&windows, "llama.cpp"), ["/local/llama.cpp"]);
        assert_eq!(of(&windows, "Jan"), ["/roaming/Jan/data/llamacpp/models"]);
        assert_eq!(of(&windows, "GPT4All")[0], "/local/nomic.ai/GPT4All");
        assert!(of(&folders(System::Windows, &[], &[], None), "llama.cpp").is_empty(), "it is nowhere without the variable");
    }

    #[test]
    fn variables_and_the_configuration_say_otherwise() {
        let variables = [
            ("LLAMA_CACHE", "~/models"),
            ("LLAMA_ARG_MODELS_DIR", "/srv/gguf"),
            ("HF_HOME", "/hf"),
            ("XDG_CACHE_HOME", "/cache"),
            ("OLLAMA_MODELS", "/ollama"),
        ];
        let places = folders(System::Linux, &variables, &["~/gguf", "/data/models"], Some("/opt/lm-studio\n"));
        assert_eq!(of(&places, "the configured folder"), ["/home/me/gguf", "/data/models"]);
        assert_eq!(of(&places, "llama.cpp"), ["/home/me/models", "/srv/gguf"]);
        assert_eq!(of(&places, "Hugging Face"), ["/hf/hub"]);
        assert_eq!(of(&places, "LM Studio")[0], "/opt/lm-studio/models");
        assert_eq!(of(&places, "Ollama"), ["/ollama"], "and nowhere else");
        let direct = [("HF_HUB_CACHE", "/one"), ("HUGGINGFACE_HUB_CACHE", "/two"), ("HF_HOME", "/three")];
        assert_eq!(of(&folders(System::Linux, &direct, &[], None), "Hugging Face"), ["/one"]);
        assert_eq!(of(&folders(System::Linux, &direct[1..], &[], None), "Hugging Face"), ["/two"]);
        let empty = [("HF_HUB_CACHE", ""), ("LLAMA_CACHE", ""), ("XDG_CACHE_HOME", "/cache")];
        assert_eq!(of(&folders(System::Linux, &empty, &[], Some(" ")), "Hugging Face"), ["/cache/huggingface/hub"]);
        assert_eq!(of(&folders(System::Linux, &empty, &[], Some(" ")), "llama.cpp"), ["/cache/llama.cpp"]);
        assert_eq!(of(&folders(System::Linux, &empty, &[], Some(" ")), "LM Studio").len(), 2);
    }
}
