"""Trains one member: `python train.py NAME FOLDER [STAGES DONE]`. Leaves weights, vocabulary and a log line per 100 steps in FOLDER.

Kept apart from `train_all.py` so that members can be trained in parallel, one single-threaded process each.
"""
import json
import os
import sys
import time
from pathlib import Path

# One thread per process, and memory that is kept between steps instead of being given back (a quarter faster).
SETTINGS = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_MAX_": "0",
            "MALLOC_TRIM_THRESHOLD_": str(10 ** 11), "MALLOC_TOP_PAD_": str(5 * 10 ** 8)}
if __name__ == "__main__" and any(os.environ.get(k) != v for k, v in SETTINGS.items()):
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **SETTINGS})

import numpy as np  # noqa: E402  (the thread setting above must come first)

import batches  # noqa: E402
import model  # noqa: E402
import optimiser  # noqa: E402
import tokenizer as vocabularies  # noqa: E402
from recipe import MEMBERS  # noqa: E402


def run_stage(member, number, vocabulary, p, folder):
    """Trains the weights through one stage; returns them with the tokens read and the last mean loss."""
    stage, state, losses, tokens, began = member.stages[number], optimiser.fresh_state(p), [], 0, time.time()
    for t, batch in enumerate(batches.ahead(member, number, vocabulary)):
        rate = optimiser.rate_at(t, stage.schedule or stage.steps, stage.rate)
        p, state, value = optimiser.step(p, state, batch, rate, t + 1.0, member.heads)
        losses.append(float(value))
        tokens += int((batch[1] > 0).sum())
        if t % 100 == 99:
            print(f"{member.name} stage {number + 1} step {t + 1}/{stage.steps} loss {np.mean(losses[-100:]):.4f} rate {rate:.5f} "
                  f"seconds {time.time() - began:.0f}", flush=True)
        if t % 400 == 399:
            save(folder, member.name, p)
    save(folder, f"{member.name}.stage{number + 1}", p)
    return p, tokens, float(np.mean(losses[-100:]))


def save(folder, name, p):
    np.savez(folder / f"{name}.npz", **{k: np.asarray(v) for k, v in p.items()})


def train(name, folder, first=0):
    """All stages of a member; `first` > 0 goes on from the saved weights of the stage before."""
    member = MEMBERS[name]
    vocabulary = vocabularies.load(folder, name) if first else vocabularies.train(name)
    vocabulary.save(str(folder / f"{name}.tokenizer.json"))
    p = model.initial(member, vocabulary.get_vocab_size())
    if first:
        p = {k: model.jnp.asarray(v) for k, v in np.load(folder / f"{name}.stage{first}.npz").items()}
    tokens = 0
    for number in range(first, len(member.stages)):
        p, more, loss = run_stage(member, number, vocabulary, p, folder)
        tokens += more
    save(folder, name, p)
    report = {"name": name, "parameters": sum(int(x.size) for x in p.values()), "vocabulary": vocabulary.get_vocab_size(),
              "steps": sum(s.steps for s in member.stages[first:]), "tokens": tokens, "loss": round(loss, 4), "cpu_seconds": round(time.process_time())}
    (folder / f"{name}.json").write_text(json.dumps(report) + "\n")
    print(report, flush=True)


if __name__ == "__main__":
    where = Path(sys.argv[2])
    where.mkdir(parents=True, exist_ok=True)
    train(sys.argv[1], where, int(sys.argv[3]) if len(sys.argv) > 3 else 0)
