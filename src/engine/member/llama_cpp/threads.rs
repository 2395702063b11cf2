//! How many threads compute if the user does not say.

/// Threads for a processor that runs this many at the same time, on this many cores.
///
/// Two threads of one core wait for each other when both multiply, so a large processor gets one per core; a small one, often a
/// virtual machine with misreported cores, gets all.
pub(super) fn chosen(at_once: usize, cores: Option<usize>) -> usize {
    /// Up to this many are all used.
    const FEW: usize = 4;
    match cores {
        Some(cores) if at_once > FEW => at_once.min(cores.max(FEW)),
        Some(_) | None => at_once.max(1),
    }
}

/// How many of all threads draw a token, for weights of this many bytes.
///
/// A token reads every weight once, and threads synchronise after every matrix: measured on two cores, a second thread makes a
/// model of 98 or 253 MB 1.1 to 1.2 times as fast, one of 1.1 GB 1.6 times. The threads that small models leave are for others
/// that draw at the same time.
pub(super) fn drawing(all: usize, weights: u64) -> usize {
    /// Bytes of weights that keep a thread busy.
    const ENOUGH: u64 = 256 << 20;
    (weights.div_ceil(ENOUGH) as usize).clamp(1, all.max(1))
}

/// Threads for this machine.
pub(super) fn of_machine() -> usize {
    chosen(std::thread::available_parallelism().map_or(1, usize::from), cores())
}

/// The cores of the processor, if the system reports which of its threads share one.
fn cores() -> Option<usize> {
    let mut siblings = std::collections::BTreeSet::new();
    for processor in std::fs::read_dir("/sys/devices/system/cpu").ok()?.filter_map(Result::ok) {
        if let Ok(shared) = std::fs::read_to_string(processor.path().join("topology/thread_siblings_list")) {
            siblings.insert(shared);
        }
    }
    (!siblings.is_empty()).then_some(siblings.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_processor_gets_a_thread_a_core() {
        assert_eq!((chosen(2, Some(1)), chosen(4, Some(2)), chosen(16, Some(8))), (2, 4, 8));
        assert_eq!((chosen(16, None), chosen(6, Some(3)), chosen(8, Some(64)), chosen(0, None)), (16, 4, 8, 1));
        assert!(of_machine() >= 1);
    }

    #[test]
    fn a_small_model_leaves_threads_to_others() {
        assert_eq!([98, 253, 1117].map(|megabytes| drawing(2, megabytes * 1_000_000)), [1, 1, 2]);
        assert_eq!((drawing(8, 1_117_000_000), drawing(8, 5_000_000_000), drawing(1, 1), drawing(0, 1)), (5, 8, 1, 1));
    }
}
