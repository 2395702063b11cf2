//! Named sets of knob values.

/// A named set of knob values; knobs it does not name keep theirs.
#[derive(Debug, Clone, Copy)]
pub struct Preset {
    /// Its name after `--preset`.
    pub name: &'static str,
    /// One line: what it is for.
    pub meaning: &'static str,
    /// Knob names and values, as the command line would give them.
    pub values: &'static [(&'static str, &'static str)],
}

/// The presets that come with the program.
pub const PRESETS: &[Preset] = &[Preset {
    name: "paper",
    meaning: "the method as published: 10 tokens a segment, mean token probability, cumulative exit (arXiv 2412.07380)",
    values: &[
        ("segment", "tokens"),
        ("segment-tokens", "10"),
        ("align", "none"),
        ("temperature", "0.6"),
        ("top-p", "0.9"),
        ("scoring", "mean-prob"),
        ("normalisation", "none"),
        ("outlier-filter", "off"),
        ("exit", "paper"),
        ("exit-threshold", "0.5"),
        ("exit-count", "current"),
        ("exit-warm-up", "2"),
        ("exit-temperature", "1"),
        ("exit-window", "5"),
        ("feedback", "off"),
    ],
}];
