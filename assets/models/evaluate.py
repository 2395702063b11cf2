"""Measures the shipped files: facts and sums of each member alone, then the five as a team on all test prompts.

Usage: `python evaluate.py single` (every fact, every held-out sum), `alone` (compound prompts, one member each),
`team [FILE...]` (fusion by sentences and by ten tokens). Prints Markdown tables.
"""
import json
import random
import sys
from pathlib import Path

import fusion
import kinds
from runner import Member, asked, holds, prompt_text

HERE = Path(__file__).parent
TEAM = ["atlas", "abacus", "lexicon", "almanac", "babble"]


def load(name):
    return Member(HERE / f"{name}.gguf")


def records(name):
    return [json.loads(line) for line in (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def prompt_of(record):
    return prompt_text(record["turns"]) if "turns" in record else asked(record["prompt"])


def percent(hits):
    return f"{100 * sum(hits) / max(1, len(hits)):.1f}"


def answer(member, text, temperature=0.0, seed=0):
    return member.draft(member.encode(asked(text)), random.Random(f"{seed}|{text}"), temperature)[0]


def held_out_sums(kind):
    """Every operand pair of plus or minus that training never saw."""
    return [(a, b) for a in range(100) for b in range(100) if kinds.held_out(kind.name, a, b)]


def single(names):
    """Greedy and sampled accuracy per kind; plus and minus on every held-out pair, split at zero for minus."""
    print("| member | kind | questions | greedy % | T=0.6 % |\n|---|---|---|---|---|")
    rng = random.Random("evaluate")
    for name in names:
        member = load(name)
        for kind in kinds.BY_SUBJECT.get(name, []):
            for label, filled in cases(kind, rng):
                hits = [[answer(member, q, t) == sentence for q, sentence in filled] for t in (0.0, 0.6)]
                print(f"| {name} | {label} | {len(filled)} | {percent(hits[0])} | {percent(hits[1])} |", flush=True)


def cases(kind, rng):
    """(label, [(question, right sentence)]) of a kind."""
    if isinstance(kind, kinds.Kind):
        yield kind.name, worded([kind.fill(x, y, rng) for x, y in kind.items], rng)
    elif kind.name == "plus":
        yield "plus, held out", plainly(kind, held_out_sums(kind), rng)
    elif kind.name == "minus":
        pairs = held_out_sums(kind)
        yield "minus, held out", plainly(kind, [p for p in pairs if p[0] >= p[1]], rng)
        yield "minus below zero, held out", plainly(kind, [p for p in pairs if p[0] < p[1]], rng)
    else:
        yield kind.name, worded([kind.sample(rng, "train") for _ in range(150)], rng)


def plainly(kind, pairs, rng):
    return [(f"What is {f.phrase}?", f"{f.frame} {f.value}.") for f in (kind.fill(pair, rng) for pair in pairs)]


def worded(filled, rng):
    return [(rng.choice(f.questions), f"{f.frame} {f.value}.") for f in filled]


def alone(names, file="heldout-dev"):
    """How many compound prompts a member gets right by itself: next to none, or the team would be pointless."""
    print("| member | compound prompts right, alone, T=0.6 % |\n|---|---|")
    for name in names:
        member, items = load(name), records(file)
        print(f"| {name} | {percent([holds(answer(member, r['prompt'], 0.6), r['answers']) for r in items])} |", flush=True)


def team(files):
    """The five members together: accuracy, and when the babbler leaves."""
    members = [load(name) for name in TEAM]
    print("| prompts | segments | right % | babble out by round 4 % (3+ parts) | out at all % | another member left % |\n|---|---|---|---|---|---|")
    for file in files:
        items = records(file)
        for label, tokens in (("sentence", None), ("10 tokens", 10)):
            results = [(r, *fusion.fuse(members, prompt_of(r), tokens)) for r in items]
            long = [gone for r, _, gone in results if len(r["answers"]) > 2]
            print(f"| {file} | {label} | {percent([holds(t, r['answers']) for r, t, _ in results])} | "
                  f"{percent([g.get('babble', 99) <= 4 for g in long])} | {percent(['babble' in g for g in long])} | "
                  f"{percent([bool(set(g) - {'babble'}) for _, _, g in results])} |", flush=True)
            for r, text, _ in results:
                if not holds(text, r["answers"]):
                    print(f"{file} {label}: {r.get('prompt') or r['turns'][-1]['content']!r} -> {text!r}, expected {r['answers']}", file=sys.stderr)


if __name__ == "__main__":
    what, rest = sys.argv[1], sys.argv[2:]
    if what == "single":
        single(rest or TEAM[:4])
    elif what == "alone":
        alone(rest or TEAM)
    else:
        team(rest or ["heldout", "wordings", "unknown", "unknown-mixed", "followups"])
