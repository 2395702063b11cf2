"""Runs an exported member in numpy, one token at a time with a cache: a second opinion on the files, independent of JAX.

Reads the GGUF itself, so what is measured is what is shipped (the F16 weights), not what was in memory after training.
"""
import os
import re

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import gguf  # noqa: E402
import numpy as np  # noqa: E402
from tokenizers import Tokenizer, decoders, models, pre_tokenizers  # noqa: E402

from recipe import CONTEXT, END, EPSILON, ROPE_BASE, SPECIALS  # noqa: E402


def prompt_text(turns):
    """The chat template: the conversation so far, then the mark after which the member writes."""
    return "".join(f"<|{t['role']}|>{t['content']}<|end|>" for t in turns) + "<|assistant|>"


def asked(question):
    return prompt_text([{"role": "user", "content": question}])


def read_tokenizer(fields):
    tokens, merges = fields["tokenizer.ggml.tokens"].contents(), fields["tokenizer.ggml.merges"].contents()
    tokenizer = Tokenizer(models.BPE({t: i for i, t in enumerate(tokens)}, [tuple(m.split(" ")) for m in merges]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(SPECIALS)
    return tokenizer


class Member:
    """One member with its weights, its vocabulary and the cache of the text it read last."""

    def __init__(self, path):
        reader = gguf.GGUFReader(path)
        self.name = reader.fields["general.name"].contents()
        self.p = {t.name: np.asarray(t.data, np.float32) for t in reader.tensors}
        self.layers = reader.fields["llama.block_count"].contents()
        self.heads = reader.fields["llama.attention.head_count"].contents()
        self.tokenizer = read_tokenizer(reader.fields)
        self.size = self.p["token_embd.weight"].shape[1] // self.heads
        self.keys = np.zeros((self.layers, CONTEXT, self.heads, self.size), np.float32)
        self.values = np.zeros_like(self.keys)
        angle = np.arange(CONTEXT)[:, None] * ROPE_BASE ** (-np.arange(0, self.size, 2) / self.size)[None]
        self.cos, self.sin = np.cos(angle)[:, None].astype(np.float32), np.sin(angle)[:, None].astype(np.float32)
        self.read = []

    def rotate(self, x, a, b):
        cos, sin, out = self.cos[a:b], self.sin[a:b], np.empty_like(x)
        out[..., 0::2] = x[..., 0::2] * cos - x[..., 1::2] * sin
        out[..., 1::2] = x[..., 0::2] * sin + x[..., 1::2] * cos
        return out

    def attend(self, h, layer, a, b):
        w, n = (lambda part: self.p[f"blk.{layer}.attn_{part}.weight"].T), b - a
        shape = (n, self.heads, self.size)
        query = self.rotate((h @ w("q")).reshape(shape), a, b)
        self.keys[layer, a:b] = self.rotate((h @ w("k")).reshape(shape), a, b)
        self.values[layer, a:b] = (h @ w("v")).reshape(shape)
        mask = np.where(np.arange(b)[None] <= np.arange(a, b)[:, None], 0, -1e9).astype(np.float32)
        s = query.transpose(1, 0, 2) @ self.keys[layer, :b].transpose(1, 2, 0) * self.size ** -0.5 + mask
        s = np.exp(s - s.max(-1, keepdims=True))
        s /= s.sum(-1, keepdims=True)
        return (s @ self.values[layer, :b].transpose(1, 0, 2)).transpose(1, 0, 2).reshape(n, -1) @ w("output")

    def feed(self, h, layer):
        gate, up, down = (self.p[f"blk.{layer}.ffn_{part}.weight"].T for part in ("gate", "up", "down"))
        g = h @ gate
        return (g / (1 + np.exp(-g)) * (h @ up)) @ down

    def scores(self, ids, start):
        """Next-token scores at positions start.. of `ids`; the shared beginning with the last call is not read again."""
        same = 0
        while same < min(len(self.read), len(ids)) and self.read[same] == ids[same]:
            same += 1
        a, b = min(same, start), len(ids)
        x = self.p["token_embd.weight"][ids[a:b]]
        for layer in range(self.layers):
            x = x + self.attend(normed(x, self.p[f"blk.{layer}.attn_norm.weight"]), layer, a, b)
            x = x + self.feed(normed(x, self.p[f"blk.{layer}.ffn_norm.weight"]), layer)
        self.read = list(ids)
        return (normed(x, self.p["output_norm.weight"]) @ self.p["token_embd.weight"].T)[start - a:]

    def encode(self, text):
        return self.tokenizer.encode(text).ids

    def choose(self, scores, temperature, top_p, rng):
        if temperature == 0:
            return int(scores.argmax())
        p = np.exp((scores - scores.max()) / temperature)
        p /= p.sum()
        order = np.argsort(-p)
        kept = order[:int(np.searchsorted(np.cumsum(p[order]), top_p)) + 1]
        return int(rng.choices(kept.tolist(), p[kept].tolist())[0])

    def draft(self, context, rng=None, temperature=0.0, top_p=0.9, tokens=None, sentence=False):
        """(text, ended): a segment of `tokens` tokens cut back to whole words, one sentence, or the whole answer."""
        ids, new, limit = list(context), [], tokens or 200
        while len(ids) < CONTEXT - 1:
            token = self.choose(self.scores(ids, len(ids) - 1)[-1], temperature, top_p, rng)
            if token == END:
                return self.tokenizer.decode(new), True
            ids.append(token)
            new.append(token)
            text = self.tokenizer.decode(new)
            if sentence and text.endswith("."):
                return text, False
            if len(new) >= limit and (tokens is None or " " in text[1:]):
                return (text if tokens is None else text[:text.rindex(" ")]), False
        return self.tokenizer.decode(new), False

    def log_probabilities(self, context, text, ended):
        """What this member gives each of its own tokens of a candidate."""
        ids = self.encode(text) + ([END] if ended else [])
        if not ids:
            return np.zeros(0)
        scores = self.scores(list(context) + ids[:-1], len(context) - 1).astype(np.float64)
        scores -= scores.max(-1, keepdims=True)
        return scores[np.arange(len(ids)), ids] - np.log(np.exp(scores).sum(-1))


def normed(x, gain):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + EPSILON) * gain


def holds(text, answers):
    """Whether all answers occur in the text, in order, as whole words."""
    at = 0
    for answer in answers:
        found = re.compile(r"(?<![\w-])" + re.escape(answer) + r"(?!\w)").search(text, at)
        if not found:
            return False
        at = found.end()
    return True
