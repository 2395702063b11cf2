use std::fs;

use super::*;

const MEMINFO: &str = "MemTotal:       16384000 kB\nMemFree:          200000 kB\nMemAvailable:    9000000 kB\nBuffers: 1 kB\n";

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
