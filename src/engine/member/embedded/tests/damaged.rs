//! Thousands of damaged files: each is refused with a message or runs; none panics and none allocates memory for a number it
//! merely claims.

use fearless_simd::Level;
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::Rng;

use super::{bytes, load};
use crate::engine::member::in_process::Until;
use crate::engine::member::{Hints, Sampling};

/// Damages a file in a way that files get damaged, or that an attacker would try.
fn damage(file: &mut Vec<u8>, numbers: &mut Pcg64Mcg, kind: usize) {
    let mut below = |bound: usize| (numbers.next_u64() % bound as u64) as usize;
    // Most damage that has an effect is before the weights.
    let head = file.len() / 4;
    match kind % 5 {
        0 => file.truncate(below(file.len())),
        1 => {
            for _ in 0..=below(4) {
                let at = below(head);
                file[at] ^= 1 << below(8);
            }
        }
        2 => {
            let at = below(head - 8);
            let huge = [u64::MAX, 1 << 62, 1 << 40, 0xffff_ffff, 0x7fff_ffff][below(5)];
            file[at..at + 8].copy_from_slice(&huge.to_le_bytes());
        }
        3 => {
            let (from, to, count) = (below(head), below(head), below(64));
            let moved = file[from..from + count].to_vec();
            file[to..to + count].copy_from_slice(&moved);
        }
        _ => {
            let at = below(file.len());
            let count = below(16).min(file.len() - at);
            file[at..at + count].fill(0xff);
        }
    }
}

/// Keys of entries whose values chance would rarely hit.
const KEYS: [&str; 7] = ["llama.", "tokenizer.ggml.", "blk.", "token_embd", "output_norm", "general.alignment", "tokenizer.chat"];

/// Where each of the keys occurs in a file: searched once, since a file has more bytes than there are files to try.
fn places(file: &[u8]) -> Vec<Vec<usize>> {
    let of = |key: &str| file.windows(key.len()).enumerate().filter(|(_, at)| *at == key.as_bytes()).map(|(at, _)| at).collect();
    KEYS.iter().map(|key| of(key)).collect()
}

/// Damages the value of a named entry.
fn damage_entry(file: &mut [u8], places: &[Vec<usize>], numbers: &mut Pcg64Mcg) {
    let mut below = |bound: usize| (numbers.next_u64() % bound as u64) as usize;
    let places = &places[below(KEYS.len())];
    if !places.is_empty() {
        let at = places[below(places.len())] + below(64);
        file[at] = [0, 1, 0x7f, 0x80, 0xff][below(5)];
    }
}

#[test]
fn damaged_files_never_panic() {
    let original = bytes("babble");
    let places = places(&original);
    let mut numbers = Pcg64Mcg::new(0x5eed);
    let context = super::context("What?", &[]);
    let sampling = Sampling { temperature: 0.8, top_p: 0.9, seed: 1 };
    let (mut ran, mut refused) = (0, 0);
    for kind in 0..4000 {
        let mut file = original.clone();
        if kind % 2 == 0 {
            damage(&mut file, &mut numbers, kind / 2);
        } else {
            damage_entry(&mut file, &places, &mut numbers);
        }
        match load("damaged", &file, Level::new()) {
            Err(error) => {
                refused += 1;
                assert!(error.to_string().starts_with("damaged: "), "{error}");
            }
            Ok((mut session, _)) => {
                ran += 1;
                // The outcome does not matter, only that there is one.
                let _ = session.draft(
                    &context,
                    sampling,
                    Until::complete(&|_, count| count >= 3),
                    &Hints::default(),
                    &mut |_| (),
                    &|| false,
                );
            }
        }
    }
    println!("{ran} ran, {refused} refused");
    assert!(ran > 400 && refused > 400, "{ran} ran, {refused} refused");
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        assert!(peak.is_none_or(|kilobytes| kilobytes < 400_000), "{peak:?} kB at most");
    }
}
