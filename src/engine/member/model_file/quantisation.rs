//! How the weights of a file are stored, by the names that users know.

use std::collections::BTreeMap;

use crate::engine::member::embedded::gguf::Head;

/// Set if a converter only guessed the number (<https://github.com/ggml-org/llama.cpp/blob/master/include/llama.h>).
const GUESSED: usize = 1024;

/// The numbers of `general.file_type`.
const FILE_TYPES: &[(usize, &str)] = &[
    (0, "F32"),
    (1, "F16"),
    (2, "Q4_0"),
    (3, "Q4_1"),
    (7, "Q8_0"),
    (8, "Q5_0"),
    (9, "Q5_1"),
    (10, "Q2_K"),
    (11, "Q3_K_S"),
    (12, "Q3_K_M"),
    (13, "Q3_K_L"),
    (14, "Q4_K_S"),
    (15, "Q4_K_M"),
    (16, "Q5_K_S"),
    (17, "Q5_K_M"),
    (18, "Q6_K"),
    (19, "IQ2_XXS"),
    (20, "IQ2_XS"),
    (21, "Q2_K_S"),
    (22, "IQ3_XS"),
    (23, "IQ3_XXS"),
    (24, "IQ1_S"),
    (25, "IQ4_NL"),
    (26, "IQ3_S"),
    (27, "IQ3_M"),
    (28, "IQ2_S"),
    (29, "IQ2_M"),
    (30, "IQ4_XS"),
    (31, "IQ1_M"),
    (32, "BF16"),
    (36, "TQ1_0"),
    (37, "TQ2_0"),
    (38, "MXFP4"),
    (39, "NVFP4"),
    (40, "Q1_0"),
    (41, "Q2_0"),
];

/// The file's declared type; if it has none, or an unknown number, the type that takes most of its bytes. `None` for a file
/// without tensors that declares none.
pub(super) fn quantisation(head: &Head<'_>) -> Option<String> {
    let said = head.gguf.unsigned("general.file_type").ok().flatten().map(|number| number & !GUESSED);
    let known = said.and_then(|said| FILE_TYPES.iter().find(|(number, _)| *number == said));
    known.map(|(_, name)| (*name).to_owned()).or_else(|| of_tensors(head))
}

fn of_tensors(head: &Head<'_>) -> Option<String> {
    let mut bytes = BTreeMap::new();
    for (storage, numbers) in head.tensors() {
        let total: &mut usize = bytes.entry(storage).or_default();
        *total = total.saturating_add(storage.bytes(numbers).unwrap_or_default());
    }
    bytes.into_iter().max_by_key(|(_, bytes)| *bytes).map(|(storage, _)| storage.name())
}
