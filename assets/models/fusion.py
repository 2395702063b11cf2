"""Segment-level fusion in a few lines, to measure the members as a team without building the program.

Each round every active member drafts a segment, every active member scores every candidate (geometric mean of its
token probabilities), the best is accepted. Members may leave by the program's evidence rule.
"""
import math
import random

import numpy as np

CAUTION, FLOOR, DELTA = 1.0, 0.5, 0.5


class Exit:
    """Who leaves: a member whose drafts stay behind the others' in mean log-probability, by more than chance."""

    def __init__(self, count):
        self.total, self.worst, self.spread, self.round = [0.0] * count, [0.0] * count, 0.0, 0

    def leaving(self, quality):
        """`quality`: {member: mean log-probability of its draft} of the active ones. The one who leaves, or None."""
        if len(quality) < 2:
            return None
        quality = {i: max(q, -10.0) for i, q in quality.items()}
        mean = sum(quality.values()) / len(quality)
        self.round += 1
        for i, q in quality.items():
            self.total[i] += min(0.0, q - mean)
            self.worst[i] = max(self.worst[i], mean - q)
        self.spread += sum((q - mean) ** 2 for q in quality.values()) / min(3, len(quality) - 1)
        p, n = self.shares(list(quality)), len(quality)
        last = min(quality, key=lambda i: p[i])
        short = -self.total[last] - self.worst[last]
        return last if p[last] < DELTA / n and short >= FLOOR / 2 else None

    def shares(self, active):
        entropy = math.log(len(active))
        for _ in range(2):
            heat = CAUTION * math.sqrt((FLOOR ** 2 + self.spread) * (entropy + math.log(self.round + 1)))
            weights = {i: math.exp(self.total[i] / heat) for i in active}
            p = {i: w / sum(weights.values()) for i, w in weights.items()}
            entropy = -sum(x * math.log(x) for x in p.values())
        return p


def fuse(team, prompt, tokens=None, leaving=True, temperature=0.6, top_p=0.9, seed=0):
    """(answer, {member: round it left in}). `tokens` is the segment length; None means one sentence."""
    active, rule, gone, text = list(range(len(team))), Exit(len(team)), {}, ""
    for number in range(1, 60):
        contexts = {i: team[i].encode(prompt + text) for i in active}
        drafts = {}
        for i in active:
            rng = random.Random(f"{seed}|{prompt}|{text}|{i}")
            drafts[i] = team[i].draft(contexts[i], rng, temperature, top_p, tokens, sentence=tokens is None)
        mean = {d: np.mean([team[i].log_probabilities(contexts[i], *d).mean() for i in active]) for d in set(drafts.values())}
        score = {d: np.mean([math.exp(team[i].log_probabilities(contexts[i], *d).mean()) for i in active]) for d in mean}
        best = max((drafts[i] for i in active), key=lambda d: score[d])
        text += best[0]
        if best[1] or len(text) > 900:
            break
        left = rule.leaving({i: mean[drafts[i]] for i in active}) if leaving else None
        if left is not None:
            active.remove(left)
            gone[team[left].name] = number
    return text, gone
