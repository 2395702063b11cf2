//! Figures next to their targets.

#![allow(dead_code, reason = "shared by benchmarks that each use a part")]

/// What was measured so far; each figure is printed as it comes.
pub struct Table {
    missed: usize,
}

impl Table {
    pub fn new() -> Self {
        Self { missed: 0 }
    }

    /// A figure that must not be above its target.
    pub fn at_most(&mut self, what: &str, figure: f64, unit: &str, target: f64) {
        let met = figure <= target;
        self.missed += usize::from(!met);
        let word = if met { "met" } else { "MISSED" };
        println!("  {what:<58} {figure:>10.3} {unit:<4} target at most {target:>7.2}   {word}");
    }

    /// A count that must be exactly the target.
    pub fn exactly(&mut self, what: &str, figure: usize, target: usize) {
        let met = figure == target;
        self.missed += usize::from(!met);
        let word = if met { "met" } else { "MISSED" };
        println!("  {what:<58} {figure:>10}      target exactly {target:>7}   {word}");
    }

    /// The last line.
    pub fn finish(&self) {
        if self.missed == 0 { println!("every target is met") } else { println!("{} targets MISSED", self.missed) }
    }
}

/// Prints a figure without a target.
pub fn tell(what: &str, figure: f64, unit: &str) {
    println!("  {what:<58} {figure:>10.3} {unit}");
}

/// Sorted figures.
pub struct Figures(Vec<f64>);

impl Figures {
    pub fn new(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        Self(figures)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn least(&self) -> f64 {
        self.at(0.0)
    }

    pub fn median(&self) -> f64 {
        self.at(0.5)
    }

    pub fn worst(&self) -> f64 {
        self.at(1.0)
    }

    /// The figure that this share of all figures does not exceed.
    pub fn at(&self, share: f64) -> f64 {
        let place = (share * self.0.len() as f64).ceil() as usize;
        self.0.get(place.saturating_sub(1)).copied().unwrap_or(f64::NAN)
    }
}
