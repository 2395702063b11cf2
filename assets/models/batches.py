"""Turns conversations into packed rows of token ids with a weight for every answer token.

Several conversations share a row; attention never crosses between them. A thread prepares batches ahead of the trainer.
"""
import queue
import random
import threading

import numpy as np

import chats
from recipe import ASSISTANT, CONTEXT, END, LONG_EVERY, LONG_ROWS, SHORT_ROWS, USER, WEIGHT


class Encoder:
    """Encodes pieces of text; pieces recur often, so their ids are kept."""

    def __init__(self, tokenizer, copied):
        self.tokenizer, self.kept, self.weight = tokenizer, {}, {**WEIGHT, "copied": copied}

    def piece(self, text):
        if text not in self.kept:
            self.kept[text] = self.tokenizer.encode(text).ids
        return self.kept[text]

    def turn(self, turn):
        """Ids and loss weights of one turn, both with its marks."""
        question = self.tokenizer.encode(turn.user).ids
        ids, weights = [USER, *question, END, ASSISTANT], [0.0] * (len(question) + 3)
        for text, role in turn.pieces:
            tokens = self.piece(text)
            ids += tokens
            weights += [self.weight[role]] * len(tokens)
        return ids + [END], weights + [1.0]

    def conversation(self, turns, limit):
        """As many turns as fit into `limit` tokens (none if even the first is too long)."""
        ids, weights = [], []
        for turn in turns:
            more, heavy = self.turn(turn)
            if len(ids) + len(more) > limit:
                break
            ids, weights = ids + more, weights + heavy
        return ids, weights


def pack(pool, shape):
    """Fills rows from the pool, taking the first conversation that still fits; used ones leave the pool."""
    ids, segments, weights = np.zeros(shape, np.int32), np.zeros(shape, np.int32), np.zeros(shape, np.float32)
    for row in range(shape[0]):
        at, number, i = 0, 1, 0
        while i < min(len(pool), 60):
            tokens, heavy = pool[i]
            if at + len(tokens) > shape[1]:
                i += 1
                continue
            end = at + len(tokens)
            ids[row, at:end], weights[row, at:end], segments[row, at:end] = tokens, heavy, number
            at, number = end, number + 1
            pool.pop(i)
    return ids, segments, weights


def endless(member, number_of_stage, tokenizer):
    """All batches of a stage, always the same for the same member."""
    stage, rng = member.stages[number_of_stage], random.Random(member.seed + 100 * number_of_stage)
    encoder = Encoder(tokenizer, stage.copied)
    pools = {False: [], True: []}
    number = 0
    while True:
        long = number % LONG_EVERY == LONG_EVERY - 1
        shape = LONG_ROWS if long else SHORT_ROWS
        pool = pools[long]
        while len(pool) < (12 if long else 150):
            drilled = stage.drill and rng.random() < stage.drill
            turns = chats.drill(member.name, stage, rng) if drilled else chats.conversation(member.name, stage, rng, long)
            entry = encoder.conversation(turns, min(shape[1], CONTEXT - 4))
            if entry[0]:
                pool.append(entry)
        yield pack(pool, shape)
        number += 1


def ahead(member, number_of_stage, tokenizer):
    """The batches of a stage, prepared by a thread."""
    ready, count = queue.Queue(maxsize=16), member.stages[number_of_stage].steps

    def work():
        source = endless(member, number_of_stage, tokenizer)
        for _ in range(count):
            ready.put(next(source))

    threading.Thread(target=work, daemon=True).start()
    for _ in range(count):
        yield ready.get()
