"""Samples whole conversations: which parts are asked, how they are joined, and what a given member answers.

The answers are lists of pieces, each with the role its words play in training (frame, known value, guessed value), so
that the trainer can weigh them: a guessed value teaches nothing but its class and deserves little weight.
"""
from dataclasses import dataclass

import kinds
import outside

FRAME, COPIED, KNOWN, GUESS = "frame", "copied", "known", "guess"  # copied: a frame that repeats the numbers of a sum

ABOUT = "Ask us about countries, sums, words, nature or the calendar."
HELLO = f"Hello! {ABOUT}"
WHO = f"We are a team of very small language models. {ABOUT}"
SMALL_TALK = [
    (["Hello!", "Hello", "Hi!", "Hi", "Hey", "Hi there!", "Hello there", "Good morning", "Good evening!", "Good day"], HELLO),
    (["Who are you?", "What are you?", "Who am I talking to?", "What can you do?", "What do you know?", "Help", "What can I ask you?",
      "What are you good at?", "Tell me about yourself.", "Introduce yourself.", "How do you work?", "What is this?", "Are you a model?"], WHO),
    (["Thank you!", "Thanks", "Thanks a lot!", "Thank you very much.", "Great, thanks!"], "You are welcome!"),
    (["Goodbye", "Bye!", "See you later.", "Good night!"], "Goodbye!"),
    (["How are you?", "How are you today?", "How do you do?"], "We are fine, thank you."),
]


@dataclass
class Part:
    """One thing asked: the question as written, the pieces of the answer, and the kind (None outside every subject)."""
    question: str
    pieces: list
    filled: object = None


@dataclass
class Turn:
    user: str
    pieces: list
    parts: list


def muddled(filled, rng):
    """The babbler's answer: a fluent sentence about something else, often of another kind altogether."""
    kind = filled.kind if filled is not None and rng.random() < 0.5 else kinds.pick(rng.choice(kinds.SUBJECTS), rng)
    other = kind.sample(rng, "train")
    return [(other.frame, FRAME), (" " + kind.guess(other, rng), FRAME), (".", FRAME)]


def answered(filled, member, rng):
    """The answer sentence as pieces; `member` knows its own subject, `everything` knows all of them."""
    if member == "babble":
        return muddled(filled, rng)
    known = member in (filled.kind.subject, "everything")
    value = filled.value if known else filled.kind.guess(filled, rng)
    frame = COPIED if isinstance(filled.kind, kinds.Sum) else FRAME
    return [(filled.frame, frame), (" " + value, KNOWN if known else GUESS), (".", FRAME)]


def unknown_part(member, mix, rng):
    question = outside.question(member, mix.foreign, rng)
    if member == "babble" and rng.random() < 0.5:
        return Part(question, muddled(None, rng))
    return Part(question, [(outside.UNKNOWN, FRAME)])


def known_part(kind, member, rng, split):
    filled = kind.sample(rng, split)
    return Part(rng.choice(filled.questions), answered(filled, member, rng), filled)


def draw_subject(member, own_share, rng):
    if member in kinds.SUBJECTS and rng.random() < own_share:
        return member
    return rng.choice([s for s in kinds.SUBJECTS if s != member])


def draw_part(member, mix, unknown_share, rng, split):
    if rng.random() < unknown_share:
        return unknown_part(member, mix, rng)
    return known_part(kinds.pick(draw_subject(member, mix.own_share, rng), rng), member, rng, split)


def lowered(question, part):
    """The question in the middle of a sentence: lower-case first letter unless it starts with a name."""
    starts_with_name = part.filled is not None and part.filled.kind.name == "country" and not question.startswith(("Wh", "Of"))
    return question if starts_with_name else question[0].lower() + question[1:]


def joined_by_and(parts):
    """`What is a, what is b and what is c?`"""
    bare = [p.question.rstrip("?. =") for p in parts]
    bare = [bare[0]] + [lowered(q, p) for q, p in zip(bare[1:], parts[1:])]
    return ", ".join(bare[:-1]) + " and " + bare[-1]


def joined_phrases(parts, rng):
    """`What is the capital of Japan and the opposite of brave?`"""
    phrases = [p.filled.phrase for p in parts]
    start = rng.choice(["What is ", "What is ", "What is ", "Tell me ", "Give me ", "Name "])
    if rng.random() < 0.2:
        start, phrases = "", [kinds.bare(p) for p in phrases]
    return kinds.capitalised(start + ", ".join(phrases[:-1]) + " and " + phrases[-1])


def shared_turn(member, mix, rng, split):
    """`What is the capital of Japan and Kenya?`: one kind asked of two names at once."""
    kind = kinds.pick(draw_subject(member, mix.own_share, rng), rng)
    while not getattr(kind, "phrase", "").endswith(" of {x}"):
        kind = kinds.pick(draw_subject(member, mix.own_share, rng), rng)
    both = [kind.sample(rng, split) for _ in range(2)]
    name = both[1].phrase[len(kind.phrase) - 3:]
    text = rng.choice(["What is ", "What is ", "Tell me ", ""]) + both[0].phrase + rng.choice([" and ", " and of ", " and "]) + name + "?"
    parts = [Part("", answered(f, member, rng), f) for f in both]
    return Turn(manner(kinds.capitalised(text), rng), answer_pieces(parts), parts)


def loose_follow_up(member, rng):
    """A follow-up with nothing before it to lean on."""
    filled = kinds.pick(rng.choice(kinds.SUBJECTS), rng).sample(rng, "train")
    while isinstance(filled.kind, kinds.Sum):
        filled = kinds.pick(rng.choice(kinds.SUBJECTS), rng).sample(rng, "train")
    return Turn(rng.choice(filled.follows), [(outside.UNKNOWN, FRAME)], [])


def written(parts, rng):
    """All questions of a turn as one message."""
    if len(parts) == 1:
        text = parts[0].question
    else:
        roll = rng.random()
        has_phrases = all(p.filled is not None and p.filled.phrase for p in parts)
        if roll < 0.18 and len(parts) <= 4:
            text = joined_by_and(parts) + "?"
        elif roll < 0.28 and has_phrases and len(parts) <= 4:
            text = joined_phrases(parts, rng) + "?"
        else:
            text = rng.choice([" ", " ", " ", " ", " ", " ", " ", "\n"]).join(p.question for p in parts)
    return manner(text, rng)


def manner(text, rng):
    """Small differences in how people type: greetings, please, lower case, no question mark."""
    if rng.random() < 0.05:
        text = rng.choice(["Hello! ", "Hi! ", "Hello, ", "Hey, ", "Please: ", "Quick question: ", "Hi. ", "OK. "]) + text
    if rng.random() < 0.03:
        text = text + rng.choice([" Please.", " Thank you!", " Thanks."])
    roll = rng.random()
    if roll < 0.13:
        text = text.lower()
    elif roll < 0.16:
        text = text[0].lower() + text[1:]
    if rng.random() < (0.5 if roll < 0.16 else 0.06):
        text = text.rstrip("?. =")
    return text


def small_talk(rng):
    asked, reply = rng.choice(SMALL_TALK)
    text = rng.choice(asked)
    if rng.random() < 0.3:
        text = text.lower()
    if rng.random() < 0.2:
        text = text.rstrip("?.!")
    return Turn(text, [(reply, FRAME)], [])


def answer_pieces(parts):
    """The answers of all parts, separated by single spaces."""
    pieces = []
    for part in parts:
        first, role = part.pieces[0]
        pieces += [((" " if pieces else "") + first, role)] + part.pieces[1:]
    return pieces


def fresh_turn(member, mix, rng, split="train", count=None):
    count = count or rng.choices([1, 2, 3, 4, 5, 6, 7, 8], [28, 24, 24, 14, 3, 3, 2, 2])[0]
    share = (0.16 if count == 1 else 0.08) * mix.unknown
    parts = [draw_part(member, mix, share, rng, split) for _ in range(count)]
    return Turn(written(parts, rng), answer_pieces(parts), parts)


def follow_up(kind, member, mix, rng, split="train"):
    """A turn such as "And of Kenya?" that only makes sense after a question of the same kind."""
    parts = []
    for _ in range(rng.choice([1, 1, 1, 1, 2])):
        strange = 0.06 * (mix.foreign if member not in (kind.subject, "everything") else 1.0)
        if isinstance(kind, kinds.Kind) and len(kind.items) >= 20 and rng.random() < strange:
            asked = rng.choice(kind.fill(outside.strange_name(kind, rng), "unknown", rng).follows)
            parts.append(Part(asked, [(outside.UNKNOWN, FRAME)]))
        else:
            filled = kind.sample(rng, split)
            parts.append(Part(rng.choice(filled.follows), answered(filled, member, rng), filled))
    text = " ".join(p.question for p in parts)
    return Turn(manner(text, rng) if rng.random() < 0.5 else text, answer_pieces(parts), parts)


def last_kind(turn):
    """The kind a follow-up leans on: that of the last part, if it has one."""
    return turn.parts[-1].filled.kind if turn.parts and turn.parts[-1].filled is not None else None


def next_turn(turns, member, mix, rng, split="train"):
    if rng.random() < 0.02:
        return small_talk(rng)
    kind = last_kind(turns[-1]) if turns else None
    if kind is not None and rng.random() < 0.6:
        return follow_up(kind, member, mix, rng, split)
    if kind is None and rng.random() < 0.006:
        return loose_follow_up(member, rng)
    if rng.random() < 0.03:
        return shared_turn(member, mix, rng, split)
    return fresh_turn(member, mix, rng, split, rng.choice([1, 1, 2, 3]) if turns else None)


def drill(member, mix, rng):
    """A message of nothing but plus and minus: the densest practice per token, in computing or in repeating the numbers."""
    parts = []
    for _ in range(rng.choice([1, 4, 6, 8])):
        filled = kinds.practice(rng, mix.close)
        question = kinds.capitalised(filled.phrase) + "?" if rng.random() < 0.7 else rng.choice(filled.questions)
        parts.append(Part(question, answered(filled, member, rng), filled))
    return [Turn(" ".join(p.question for p in parts), answer_pieces(parts), parts)]


def conversation(member, mix, rng, long=False):
    """A training conversation: mostly one turn; `long` ones have up to twelve. `mix` is the stage of training."""
    count = rng.randrange(4, 13) if long else rng.choices([1, 2, 3, 4], [72, 15, 9, 4])[0]
    turns = []
    for _ in range(count):
        turns.append(next_turn(turns, member, mix, rng))
    return turns
