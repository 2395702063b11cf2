"""The shapes, steps and seeds of the five members. Change a number here and `train_all.py` makes other models."""
from dataclasses import dataclass

EPSILON, ROPE_BASE, CONTEXT = 1e-5, 10000.0, 512
END, USER, ASSISTANT = 0, 1, 2
SPECIALS = ["<|end|>", "<|user|>", "<|assistant|>"]

SHORT_ROWS = (8, 256)  # rows and row length of the usual batch
LONG_ROWS = (4, 512)  # every LONG_EVERY-th batch: long conversations, so that late positions are trained too
LONG_EVERY = 8
WEIGHT = {"frame": 1.0, "known": 3.0, "guess": 0.3}  # of an answer token in the loss; "copied" ones have their stage's weight


@dataclass(frozen=True)
class Stage:
    """A stretch of training on one mix of text, with a fresh optimiser."""
    own_share: float  # of the parts that are of the member's own subject
    steps: int
    rate: float = 8e-3
    schedule: int = 0  # length of the rate schedule where it is longer than the stage
    unknown: float = 1.0  # multiplies the share of questions outside every subject
    foreign: float = 1.0  # share of the strange names in other subjects that are shown; see outside.question
    drill: float = 0.0  # share of conversations that are nothing but sums
    close: float = 0.0  # share of drilled pairs at most twelve apart
    copied: float = 1.0  # weight of the numbers repeated from a sum, hard to learn for members that do not compute


@dataclass(frozen=True)
class Member:
    name: str
    vocabulary: int
    width: int
    layers: int
    heads: int
    hidden: int
    seed: int
    stages: tuple


MEMBERS = {m.name: m for m in [
    Member("atlas", 1500, 128, 3, 4, 256, 1, (Stage(0.35, 800, schedule=3000, unknown=1.5), Stage(0.35, 2000, unknown=1.5, drill=0.12, copied=3.0),
                                              Stage(0.5, 1000, 6e-3, foreign=0.1, drill=0.15, copied=3.0))),
    Member("abacus", 900, 128, 4, 4, 320, 2, (Stage(0.7, 2000, schedule=3600), Stage(0.6, 2600, drill=0.6),
                                              Stage(0.4, 900, 6e-3, foreign=0.1, drill=0.35, close=0.15))),
    Member("lexicon", 1500, 128, 3, 4, 256, 3, (Stage(0.5, 2600), Stage(0.3, 900, unknown=1.8, drill=0.15, copied=3.0),
                                                Stage(0.3, 1000, 6e-3, foreign=0.1, drill=0.15, copied=3.0))),
    Member("almanac", 1500, 128, 3, 4, 256, 4, (Stage(0.5, 1200, schedule=2400), Stage(0.3, 1800, unknown=1.6),
                                                Stage(0.3, 1000, 6e-3, foreign=0.1, drill=0.2, copied=3.0))),
    Member("babble", 700, 64, 2, 2, 160, 5, (Stage(0.0, 700),)),
]}
