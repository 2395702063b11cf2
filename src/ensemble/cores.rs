//! Shares the cores among the servers that this program starts: each would take them all, and several such servers slow each
//! other down.
//!
//! Owns the count of these servers. A file that runs in this process needs no server, which is only known once it has been tried,
//! so a server waits to start until this is known of all files.

use std::num::NonZero;

use tokio::sync::watch;

/// Flags that set a server's number of threads.
const FLAGS: [&str; 4] = ["-t", "--threads", "-tb", "--threads-batch"];

/// What is known of the files that are opened together.
#[derive(Debug, Clone, Copy)]
struct Files {
    undecided: usize,
    servers: usize,
}

/// The files that are opened together; clones are shared.
#[derive(Debug, Clone)]
pub(super) struct Cores(watch::Sender<Files>);

/// A file for which it is not yet known whether it needs a server; dropping it means that it needs none.
#[derive(Debug)]
pub(super) struct Deciding(Option<Cores>);

impl Cores {
    /// For this many files that are opened together.
    pub(super) fn new(files: usize) -> Self {
        Self(watch::Sender::new(Files { undecided: files, servers: 0 }))
    }

    /// One of them.
    pub(super) fn file(&self) -> Deciding {
        Deciding(Some(self.clone()))
    }

    fn decided(&self, server: bool) {
        self.0.send_modify(|files| {
            files.undecided = files.undecided.saturating_sub(1);
            files.servers += usize::from(server);
        });
    }
}

impl Deciding {
    /// A file that is already decided.
    #[cfg_attr(not(feature = "llama-cpp"), expect(dead_code, reason = "where llama.cpp runs files, none needs a server"))]
    pub(super) fn done() -> Self {
        Self(None)
    }

    /// Records that the file needs a server; returns how many of the files do.
    pub(super) async fn needs_server(mut self) -> usize {
        let Some(cores) = self.0.take() else { return 1 };
        cores.decided(true);
        let mut known = cores.0.subscribe();
        let servers = known.wait_for(|files| files.undecided == 0).await.map(|files| files.servers);
        servers.unwrap_or(1)
    }
}

impl Drop for Deciding {
    fn drop(&mut self) {
        if let Some(cores) = self.0.take() {
            cores.decided(false);
        }
    }
}

/// How many threads each of several servers gets; `None` leaves it to the server, because it is alone or has its own flags.
pub(super) fn share(servers: usize, cores: usize, flags: &[String]) -> Option<usize> {
    let is_told = |flag: &String| FLAGS.contains(&flag.split('=').next().unwrap_or_default());
    (servers > 1 && !flags.iter().any(is_told)).then(|| (cores / servers).max(1))
}

/// Lowers the threads to those that the processor runs at the same time, since any more would wait for the others; returns the
/// warning.
pub(super) fn bound(threads: &mut Option<usize>, there: usize) -> Option<String> {
    let wanted = threads.filter(|wanted| *wanted > there)?;
    *threads = Some(there);
    Some(format!("it computes with {there} threads, not {wanted}: this machine runs no more at once"))
}

/// The warning about shared cores.
pub(super) fn said(servers: usize, cores: usize, each: usize) -> String {
    let threads = if each == 1 { "one thread".to_owned() } else { format!("{each} threads") };
    let cores = if cores == 1 { "one core".to_owned() } else { format!("{cores} cores") };
    format!("{servers} llama.cpp servers of this program share {cores}: {threads} each (`threads` of a member says otherwise)")
}

/// The cores that this program may use.
pub(super) fn there() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_threads_compute_than_the_machine_runs_at_once() {
        let bounded = |mut threads: Option<usize>| (bound(&mut threads, 4).is_some(), threads);
        assert_eq!([None, Some(1), Some(4)].map(bounded), [(false, None), (false, Some(1)), (false, Some(4))]);
        assert_eq!([Some(5), Some(usize::MAX)].map(bounded), [(true, Some(4)); 2]);
    }

    #[test]
    fn cores_are_shared_out_and_no_server_gets_none() {
        let flags = |flags: &[&str]| flags.iter().map(|flag| (*flag).to_owned()).collect::<Vec<_>>();
        assert_eq!(share(2, 8, &[]), Some(4));
        assert_eq!(share(3, 8, &flags(&["-ngl", "99"])), Some(2));
        assert_eq!(share(3, 2, &[]), Some(1));
        assert_eq!(share(1, 8, &[]), None, "one alone knows best");
        for own in [&["-t", "3"][..], &["--threads=3"], &["-ngl", "0", "-tb", "1"], &["--threads-batch", "2"]] {
            assert_eq!(share(2, 8, &flags(own)), None);
        }
        assert_eq!(share(2, 8, &flags(&["--threads-http", "2"])), Some(4), "another flag");
        assert!(said(2, 8, 4).starts_with("2 llama.cpp servers of this program share 8 cores: 4 threads each"));
    }

    #[tokio::test]
    async fn a_server_waits_until_it_is_known_how_many_there_are() {
        let cores = Cores::new(4);
        let files = [cores.file(), cores.file(), cores.file(), cores.file()];
        let [first, second, third, fourth] = files;
        let mut waiting = tokio::spawn(first.needs_server());
        let other = tokio::spawn(third.needs_server());
        drop(second);
        tokio::task::yield_now().await;
        assert!(futures_util::FutureExt::now_or_never(&mut waiting).is_none(), "one is not decided");
        drop(fourth);
        assert_eq!((waiting.await.unwrap(), other.await.unwrap()), (2, 2));
    }
}
