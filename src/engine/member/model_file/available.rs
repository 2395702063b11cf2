//! The memory that this machine, or the container of this process, still has available.
//!
//! Queries the system again at each call. Reading and parsing are separate, so that each system's output can be tested anywhere.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Memory in bytes.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// What a program can have now without displacing others.
    pub available: u64,
    pub total: u64,
}

impl Memory {
    fn least(self, other: Self) -> Self {
        Self { available: self.available.min(other.available), total: self.total.min(other.total) }
    }
}

/// What this machine has now; `None` if it does not report it. May start a program of the system.
#[must_use]
pub fn memory() -> Option<Memory> {
    if cfg!(target_os = "linux") {
        linux(Path::new("/"))
    } else if cfg!(target_os = "macos") {
        let total = said("/usr/sbin/sysctl", &["-n", "hw.memsize"])?.trim().parse().ok()?;
        macos(&said("/usr/bin/vm_stat", &[])?, total)
    } else if cfg!(windows) {
        let asked = "$o = Get-CimInstance Win32_OperatingSystem; $o.FreePhysicalMemory; $o.TotalVisibleMemorySize";
        windows(&said("powershell.exe", &["-NoProfile", "-NonInteractive", "-Command", asked])?)
    } else {
        None
    }
}

/// The output of a program of the system.
fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = std::process::Command::new(program).args(arguments).stdin(std::process::Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Linux: the machine's memory, and the limits of the control groups of this process, whichever leaves least. `root` is where the
/// kernel's file systems are mounted.
fn linux(root: &Path) -> Option<Memory> {
    let read = |path: &str| std::fs::read_to_string(root.join(path)).ok();
    let machine = meminfo(&read("proc/meminfo")?)?;
    let groups = read("proc/self/cgroup").unwrap_or_default();
    Some(groups.lines().filter_map(group).flat_map(|group| limits(root, &group)).fold(machine, Memory::least))
}

fn meminfo(text: &str) -> Option<Memory> {
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
    };
    Some(Memory { available: field("MemAvailable")?, total: field("MemTotal")? })
}

/// A control group that may limit memory.
struct Group<'a> {
    /// Where its hierarchy is mounted.
    mount: &'static str,
    /// Its path in there.
    path: &'a str,
    /// The files with its limit and its usage, and the line of `memory.stat` with the reclaimable part of the usage.
    files: [&'static str; 3],
}

/// A line of `/proc/self/cgroup`: the unified hierarchy, or the older one for memory.
fn group(line: &str) -> Option<Group<'_>> {
    let mut parts = line.splitn(3, ':');
    let (_, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
    if controllers.is_empty() {
        return Some(Group { mount: "sys/fs/cgroup", path, files: ["memory.max", "memory.current", "inactive_file"] });
    }
    let files = ["memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"];
    controllers.split(',').any(|name| name == "memory").then_some(Group { mount: "sys/fs/cgroup/memory", path, files })
}

/// The limits of a group and of those around it, as far as they exist. In a container the path may be the host's, of which only
/// the mounted end is visible.
fn limits(root: &Path, group: &Group<'_>) -> Vec<Memory> {
    let mount = root.join(group.mount);
    let own = mount.join(group.path.trim_start_matches('/'));
    let mut folders: Vec<PathBuf> = own.ancestors().take_while(|folder| folder.starts_with(&mount)).map(Path::to_owned).collect();
    folders.retain(|folder| folder.is_dir());
    folders.iter().filter_map(|folder| limit(folder, group.files)).collect()
}

fn limit(folder: &Path, [limit, used, given_back]: [&str; 3]) -> Option<Memory> {
    let number = |file: &str| std::fs::read_to_string(folder.join(file)).ok()?.trim().parse::<u64>().ok();
    // Without a limit it is `max`, or a number that no machine has, which changes nothing.
    let total = number(limit)?;
    let stat = std::fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
    let cached = stat.lines().find_map(|line| line.strip_prefix(given_back)?.trim().parse::<u64>().ok());
    let used = number(used)?.saturating_sub(cached.unwrap_or_default());
    Some(Memory { available: total.saturating_sub(used), total })
}

/// macOS: the output of `vm_stat`. Inactive and speculative pages are given up on request.
fn macos(text: &str, total: u64) -> Option<Memory> {
    let page: u64 = text.split("page size of ").nth(1)?.split_whitespace().next()?.parse().ok()?;
    let pages = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.trim().trim_end_matches('.').parse::<u64>().ok()
    };
    let free = pages("Pages free")?;
    let others = ["Pages inactive", "Pages speculative", "Pages purgeable"].into_iter().filter_map(pages);
    let available = others.fold(free, u64::saturating_add).saturating_mul(page);
    Some(Memory { available: available.min(total), total })
}

/// Windows: the free and the total memory in kilobytes, one per line.
fn windows(text: &str) -> Option<Memory> {
    let mut numbers = text.split_whitespace().map(|number| number.parse::<u64>().ok()?.checked_mul(1024));
    let (available, total) = (numbers.next()??, numbers.next()??);
    Some(Memory { available, total })
}

#[cfg(test)]
mod tests;
