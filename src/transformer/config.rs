//! The shape of a llama model: what the forward pass computes.

/// The numbers that define what a model computes.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The most positions.
    pub context: usize,
    /// Width of the residual stream.
    pub width: usize,
    /// Transformer blocks.
    pub layers: usize,
    /// Query heads.
    pub heads: usize,
    /// Key and value heads; divides `heads`.
    pub kv_heads: usize,
    /// Width of one head.
    pub head_width: usize,
    /// Width inside the feed-forward part.
    pub hidden: usize,
    /// Added to the mean square before its root.
    pub epsilon: f32,
    /// Dimensions of a head that rotate with the position; even.
    pub rope_width: usize,
    /// Base of the rotation speeds.
    pub rope_base: f64,
}

impl Config {
    /// Width of the keys, and of the values, of one position in one layer.
    #[must_use]
    pub fn kv_width(&self) -> usize {
        self.kv_heads * self.head_width
    }

    /// The rotation of each pair of dimensions at each position (rotary embeddings, arXiv 2104.09864).
    ///
    /// Computed in software rather than by the system's mathematics library, whose last bits differ between machines.
    #[must_use]
    pub fn turns(&self) -> Vec<[f32; 2]> {
        let mut turns = Vec::with_capacity(self.context * self.rope_width / 2);
        let speeds: Vec<f64> =
            (0..self.rope_width / 2).map(|pair| libm::pow(self.rope_base, -2.0 * pair as f64 / self.rope_width as f64)).collect();
        for position in 0..self.context {
            turns.extend(speeds.iter().map(|speed| {
                let angle = position as f64 * speed;
                [libm::cos(angle) as f32, libm::sin(angle) as f32]
            }));
        }
        turns
    }
}
