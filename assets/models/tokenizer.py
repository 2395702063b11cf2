"""Each member's own byte-level BPE vocabulary. Digits are never merged, so that sums are read digit by digit."""
import random

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

import chats
from recipe import MEMBERS, SPECIALS

NO_DIGITS = str.maketrans("", "", "0123456789")


def sample_texts(name, count=12000):
    """Text in the member's own mix of subjects, without digits: merges are learnt from it."""
    member, rng = MEMBERS[name], random.Random(1000 + MEMBERS[name].seed)
    for _ in range(count):
        for turn in chats.conversation(name, member.stages[0], rng):
            yield (turn.user + " " + "".join(text for text, _ in turn.pieces)).translate(NO_DIGITS)


def load(folder, name):
    """The vocabulary of an earlier stage: weights are worth nothing under another one."""
    return Tokenizer.from_file(str(folder / f"{name}.tokenizer.json"))


def train(name):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=MEMBERS[name].vocabulary, special_tokens=SPECIALS, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(sample_texts(name), trainer)
    return tokenizer
