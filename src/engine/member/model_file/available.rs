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
mod tests {
    use std::fs;

    use super::*;

    const MEMINFO: &str =
        "MemTotal:       16384000 kB\nMemFree:          200000 kB\nMemAvailable:    9000000 kB\nBuffers: 1 kB\n";

    /// A system with these files.
    fn system(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn found(files: &[(&str, &str)]) -> Option<Memory> {
        linux(system(files).path())
    }

    #[test]
    fn linux_says_what_is_available() {
        let machine = Memory { available: 9_000_000 * 1024, total: 16_384_000 * 1024 };
        assert_eq!(found(&[("proc/meminfo", MEMINFO)]), Some(machine));
        assert_eq!(found(&[]), None);
        assert_eq!(found(&[("proc/meminfo", "MemTotal: 1 kB\n")]), None, "a kernel of before 2014 does not say it");
        assert_eq!(found(&[("proc/meminfo", "MemTotal: 99999999999999999999 kB\nMemAvailable: x kB\n")]), None);
        let unlimited = [
            ("proc/meminfo", MEMINFO),
            ("proc/self/cgroup", "0::/user.slice\n"),
            ("sys/fs/cgroup/user.slice/memory.max", "max\n"),
            ("sys/fs/cgroup/user.slice/memory.current", "1000\n"),
        ];
        assert_eq!(found(&unlimited), Some(machine));
    }

    #[test]
    fn the_tightest_group_around_this_process_counts() {
        let nested = [
            ("proc/meminfo", MEMINFO),
            ("proc/self/cgroup", "0::/a/b\n"),
            ("sys/fs/cgroup/a/memory.max", "3000000\n"),
            ("sys/fs/cgroup/a/memory.current", "2500000\n"),
            ("sys/fs/cgroup/a/memory.stat", "anon 1\ninactive_file 500000\n"),
            ("sys/fs/cgroup/a/b/memory.max", "2000000\n"),
            ("sys/fs/cgroup/a/b/memory.current", "100\n"),
        ];
        assert_eq!(found(&nested), Some(Memory { available: 1_000_000, total: 2_000_000 }));
        // The path is the host's; what is mounted is the container's own end of it.
        let container = [
            ("proc/meminfo", MEMINFO),
            ("proc/self/cgroup", "0::/../../docker/abc\n"),
            ("sys/fs/cgroup/memory.max", "5000000\n"),
            ("sys/fs/cgroup/memory.current", "6000000\n"),
        ];
        assert_eq!(found(&container), Some(Memory { available: 0, total: 5_000_000 }));
        let older = [
            ("proc/meminfo", MEMINFO),
            ("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/x\n1:name=systemd:/x\n"),
            ("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "7000\n"),
            ("sys/fs/cgroup/memory/x/memory.usage_in_bytes", "3000\n"),
            ("sys/fs/cgroup/memory/x/memory.stat", "inactive_file 2900\ntotal_inactive_file 1000\n"),
        ];
        assert_eq!(found(&older), Some(Memory { available: 5_000, total: 7_000 }));
    }

    #[test]
    fn macos_and_windows_say_it_by_a_program() {
        let pages = "Mach Virtual Memory Statistics: (page size of 16384 bytes)\nPages free:                    100.\n\
                     Pages active: 999.\nPages inactive:  50.\nPages speculative: 5.\nPages purgeable: 1.\n";
        assert_eq!(macos(pages, 1 << 30), Some(Memory { available: 156 * 16384, total: 1 << 30 }));
        assert_eq!(macos("Pages free: 100.\n", 1 << 30), None);
        assert_eq!(windows("4000000\r\n16000000\r\n"), Some(Memory { available: 4_096_000_000, total: 16_384_000_000 }));
        assert_eq!((windows("4000000\r\n"), windows("")), (None, None));
    }

    #[test]
    fn this_machine_has_memory() {
        if cfg!(target_os = "linux") {
            let memory = memory().unwrap();
            assert!(memory.available > 0 && memory.available <= memory.total, "{memory:?}");
        }
    }
}
