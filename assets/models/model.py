"""The network: a plain llama (RMS norm, rotary positions, gated feed-forward, tied output), as arrays and functions in JAX.

Conventions are those llama.cpp expects of a GGUF file: weights stored [out, in], rotary pairs are neighbours (0,1), (2,3).
"""
import jax
import jax.numpy as jnp
import numpy as np

from recipe import EPSILON, ROPE_BASE


def initial(member, vocabulary):
    rng = np.random.default_rng(member.seed)
    layers, width, hidden = member.layers, member.width, member.hidden

    def normal(*shape, scale):
        return jnp.asarray(rng.normal(0, scale, shape), jnp.float32)

    inner, last = width ** -0.5, (2 * layers) ** -0.5
    return {"embedding": normal(vocabulary, width, scale=0.05), "output_norm": jnp.ones(width),
            "attn_norm": jnp.ones((layers, width)), "ffn_norm": jnp.ones((layers, width)),
            "q": normal(layers, width, width, scale=inner), "k": normal(layers, width, width, scale=inner),
            "v": normal(layers, width, width, scale=inner), "o": normal(layers, width, width, scale=inner * last),
            "gate": normal(layers, hidden, width, scale=inner), "up": normal(layers, hidden, width, scale=inner),
            "down": normal(layers, width, hidden, scale=hidden ** -0.5 * last)}


def norm(x, gain):
    return x * jax.lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + EPSILON) * gain


def rotate(x, cos, sin):
    a, b = x[..., 0::2], x[..., 1::2]
    return jnp.stack([a * cos - b * sin, a * sin + b * cos], -1).reshape(x.shape)


def rotation(length, size):
    angle = jnp.arange(length)[:, None] * ROPE_BASE ** (-jnp.arange(0, size, 2) / size)[None]
    return jnp.cos(angle)[None, :, None], jnp.sin(angle)[None, :, None]


def logits(p, ids, segments, heads):
    """Next-token scores for packed rows; a token sees earlier tokens of its own segment only."""
    rows, length = ids.shape
    layers, width = p["attn_norm"].shape
    size = width // heads
    cos, sin = rotation(length, size)
    seen = (segments[:, :, None] == segments[:, None, :]) & jnp.tril(jnp.ones((length, length), bool))
    bias = jnp.where(seen, 0.0, -1e9)[:, None]
    x = p["embedding"][ids]
    for layer in range(layers):
        h = norm(x, p["attn_norm"][layer])
        q, k, v = ((h @ p[n][layer].T).reshape(rows, length, heads, size) for n in "qkv")
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        attention = jax.nn.softmax(jnp.einsum("bthd,bshd->bhts", q, k) * size ** -0.5 + bias, -1)
        x = x + jnp.einsum("bhts,bshd->bthd", attention, v).reshape(rows, length, width) @ p["o"][layer].T
        h = norm(x, p["ffn_norm"][layer])
        x = x + (jax.nn.silu(h @ p["gate"][layer].T) * (h @ p["up"][layer].T)) @ p["down"][layer].T
    return norm(x, p["output_norm"]) @ p["embedding"].T


def loss(p, ids, segments, weights, heads):
    """Weighted mean cross-entropy of the answer tokens."""
    scores = logits(p, ids[:, :-1], segments[:, :-1], heads)
    target, weight = ids[:, 1:], weights[:, 1:]
    right = jnp.take_along_axis(scores, target[..., None], -1)[..., 0] - jax.nn.logsumexp(scores, -1)
    return -(right * weight).sum() / weight.sum()
