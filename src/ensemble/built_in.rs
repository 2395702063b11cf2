//! The models that are part of the binary. How they were made: `assets/models/README.md`.

/// Their names, in the order that decides ties, each with the bytes of its GGUF file.
const MODELS: &[(&str, &[u8])] = &[
    ("atlas", include_bytes!("../../assets/models/atlas.gguf")),
    ("abacus", include_bytes!("../../assets/models/abacus.gguf")),
    ("lexicon", include_bytes!("../../assets/models/lexicon.gguf")),
    ("almanac", include_bytes!("../../assets/models/almanac.gguf")),
    ("babble", include_bytes!("../../assets/models/babble.gguf")),
];

/// Their names.
pub fn names() -> impl Iterator<Item = &'static str> {
    MODELS.iter().map(|(name, _)| *name)
}

/// The GGUF file of one of them.
pub(super) fn gguf(name: &str) -> Option<&'static [u8]> {
    MODELS.iter().find(|(known, _)| *known == name).map(|(_, gguf)| *gguf)
}
