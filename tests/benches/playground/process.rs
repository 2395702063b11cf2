//! The system's figures for a process (Linux).

use std::fs;
use std::time::Duration;

/// Ticks per second in the accounting: what every Linux reports to programs.
const TICKS: u64 = 100;

/// Processor time of all threads so far, including ended ones, in steps of ten milliseconds.
pub fn cpu(pid: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("a process");
    // The name, in brackets, may contain anything.
    let after = stat.rsplit_once(')').expect("a name").1;
    let ticks: u64 = after.split_whitespace().skip(11).take(2).map(|field| field.parse::<u64>().expect("ticks")).sum();
    Duration::from_millis(ticks * 1000 / TICKS)
}

/// Processor time of the current threads, in nanoseconds.
pub fn cpu_of_threads(pid: u32) -> Duration {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).expect("a process");
    let of_thread = |thread: fs::DirEntry| -> u64 {
        let books = fs::read_to_string(thread.path().join("schedstat")).expect("a thread");
        books.split_whitespace().next().expect("a figure").parse().expect("nanoseconds")
    };
    Duration::from_nanos(threads.map(|thread| of_thread(thread.expect("a thread"))).sum())
}

/// Memory that a process has in use, in megabytes.
pub fn resident(pid: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("its memory");
    let kibibytes: f64 = line.split_whitespace().nth(1).expect("a figure").parse().expect("a number");
    kibibytes * 1024.0 / 1e6
}
