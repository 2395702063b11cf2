"""Writes the test prompts (`*.jsonl`) next to this program, from seeds that no training text uses.

Sums in them use only operand pairs held out of training. Facts are in training (a fact cannot be inferred); their
combination in one message is new. `unknown.jsonl` and part of `wordings.jsonl` are typed by hand, not sampled.
"""
import json
import random
import re
from pathlib import Path

import chats
import kinds
import outside
from recipe import Stage

HERE = Path(__file__).parent

UNKNOWN_BY_HAND = """Who wrote Romeo and Juliet?|How tall is Mount Fuji?|What is the weather like today?|Write a haiku about autumn.|
What is the capital of Wakanda?|What is the opposite of spaghetti?|What is the population of Spain?|Who was the first person on the moon?|
How do I bake a potato?|What is the airspeed of a swallow?|fix my python script please|What is the past tense of florble?|
What is the chemical symbol of cheese?|Is it better to rent or to buy?|How many planets have rings?|Who is the prime minister of Japan?|
What is the largest ocean?|Translate good morning into Italian.|What is the boiling point of water?|blah blah blah|
What is the plural of zorgon?|When does winter start?|What is a young mammoth called?|Can you recommend a good film?|
What is 1234 plus 4321?|What is the distance to the sun?|Who painted the Sistine Chapel?|How many bones are in the human body?|
What is the longest river in Africa?|What is the fastest animal?|What is the currency of Atlantis?|On which continent is Zubrowka?|
How old are you?|Do you have feelings?|Which football team is the best?|What should I eat tonight?|Write a letter to my landlord.|
What is the derivative of x squared?|Who founded the company?|Why do cats purr?|What is the meaning of this?|How do aeroplanes fly?|
What year is it?|Where is the nearest pharmacy?|Tell me a secret.|What is the tallest building in the world?|What is quantum physics?|
How many people live on Earth?|What is the comparative of snorfy?|Which element was found last?""".replace("\n", "").split("|")

WORDINGS_BY_HAND = [
    ("what is the capital of japan", ["Tokyo"]), ("capital of Japan?", ["Tokyo"]), ("Tell me the capital of Kenya", ["Nairobi"]),
    ("What is 27 + 48?", ["75"]), ("27 + 48 = ?", ["75"]), ("how much is 90 - 17", ["73"]), ("What is 7 * 8?", ["56"]), ("What is 7 x 8?", ["56"]),
    ("What is the capital of Japan and what is 27 plus 48?", ["Tokyo", "75"]), ("Name the opposite of brave.", ["cowardly"]),
    ("what is the past tense of swim and what is the opposite of hot", ["swam", "cold"]), ("What is a baby goose called?", ["gosling"]),
    ("Which element has the symbol Fe?", ["iron"]), ("the plural of mouse?", ["mice"]), ("on which continent is kenya", ["Africa"]),
    ("What is the currency of Japan, and what is the opposite of rich?", ["yen", "poor"]), ("Please tell me the capital of Peru.", ["Lima"]),
    ("Hello! What is the chemical symbol of gold?", ["Au"]), ("What is the capital of Norway and the opposite of early?", ["Oslo", "late"]),
    ("which planet is the third from the sun", ["Earth"]), ("What is the fifth month of the year? What is 12 times 12?", ["May", "144"]),
    ("What is 5 minus 9?", ["-4"]), ("What is half of 64? What is double 21?", ["32", "42"]), ("Which language is spoken in Brazil?", ["Portuguese"]),
]


def write(name, records):
    path = HERE / f"{name}.jsonl"
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")
    print(f"{path.name}: {len(records)} lines")


def value(part):
    """The words to look for in the answer."""
    if part.filled is None:
        return outside.UNKNOWN.rstrip(".")
    return part.filled.value.removeprefix("an ").removeprefix("a ")


def telling(parts):
    """Whether every answer shows: none of them also occurs in the words that merely repeat a question."""
    frames = " ".join(p.filled.frame for p in parts if p.filled is not None)
    return not any(re.search(rf"(?<![\w-]){re.escape(value(p))}(?!\w)", frames) for p in parts)


def part(subject, rng):
    """One part whose answer shows; sums use held-out operands."""
    while True:
        drawn = chats.known_part(kinds.pick(subject, rng), "everything", rng, "test")
        if telling([drawn]):
            return drawn


def finished(question):
    """With a question mark where the wording has no mark of its own: several such in a row could not be told apart."""
    return question if question[-1] in "?." else question + "?"


def compound(rng):
    """A message with two to four parts of different subjects, each a question of its own."""
    subjects = rng.sample(kinds.SUBJECTS, rng.choices([2, 3, 4], [3, 4, 3])[0])
    parts = [part(s, rng) for s in subjects]
    if not telling(parts):
        return compound(rng)
    return {"prompt": " ".join(finished(p.question) for p in parts), "answers": [value(p) for p in parts], "experts": subjects, "kinds": [p.filled.kind.name for p in parts]}


def compounds(seed, count):
    rng = random.Random(seed)
    return [compound(rng) for _ in range(count)]


PLAIN = {"capital": "What is the capital of {x}?", "continent": "On which continent is {x}?", "opposite": "What is the opposite of {x}?",
         "past": "What is the past tense of {x}?", "symbol": "What is the chemical symbol of {x}?", "young": "What is a young {x} called?",
         "plus": "What is {a} plus {b}?", "minus": "What is {a} minus {b}?", "times": "What is {a} times {b}?"}


def plain(rng):
    """Two to four parts like `compound`, each in the plainest wording of its kind; no sum falls below zero."""
    subjects, questions, answers = rng.sample(kinds.SUBJECTS, rng.choice([2, 3, 4])), [], []
    for subject in subjects:
        kind = rng.choice([k for k in kinds.BY_SUBJECT[subject] if k.name in PLAIN])
        if isinstance(kind, kinds.Kind):
            x, y = rng.choice(kind.items)
            questions.append(PLAIN[kind.name].format(x=x))
            answers.append(y)
            continue
        filled = kind.sample(rng, "test")
        while int(filled.value) < 0:
            filled = kind.sample(rng, "test")
        questions.append(PLAIN[kind.name].format(a=filled.operands[0], b=filled.operands[1]))
        answers.append(filled.value)
    return {"prompt": " ".join(questions), "answers": answers, "experts": subjects}


def plains(seed, count):
    rng = random.Random(seed)
    return [plain(rng) for _ in range(count)]


def singles(rng):
    """Every fact once, in a random wording, and sums from the held-out pairs."""
    records = []
    for kind in kinds.KINDS:
        filled = [kind.fill(x, y, rng) for x, y in kind.items] if isinstance(kind, kinds.Kind) else [kind.sample(rng, "test") for _ in range(40)]
        records += [{"prompt": rng.choice(f.questions), "answers": [value(chats.Part("", [], f))], "subject": kind.subject, "kind": kind.name} for f in filled]
    return records


def wordings(rng, count):
    """Every manner of writing: lower case, joined by "and", shared "what is", greetings."""
    records = []
    while len(records) < count:
        turn = chats.fresh_turn("everything", Stage(0, 0, unknown=0), rng, "test", rng.choice([1, 2, 2, 3]))
        if telling(turn.parts) and turn.user != " ".join(p.question for p in turn.parts):
            records.append({"prompt": turn.user, "answers": [value(p) for p in turn.parts]})
    return records


def follow_up(rng):
    """A conversation of two or three turns whose last message leans on the kind asked before."""
    kind = kinds.pick(rng.choice(kinds.SUBJECTS), rng)
    first = chats.known_part(kind, "everything", rng, "test")
    talk = [first.question, "".join(text for text, _ in first.pieces)]
    last = chats.follow_up(kind, "everything", Stage(0, 0), rng, "test")
    if rng.random() < 0.4:
        talk += [last.user, "".join(text for text, _ in last.pieces)]
        last = chats.follow_up(kind, "everything", Stage(0, 0), rng, "test")
    if not telling(last.parts):
        return follow_up(rng)
    turns = [{"role": ("user", "assistant")[i % 2], "content": text} for i, text in enumerate(talk + [last.user])]
    return {"turns": turns, "answers": [value(p) for p in last.parts]}


def mixed_unknown(rng):
    """A known part and an unknown one in one message."""
    parts = [part(rng.choice(kinds.SUBJECTS), rng), chats.unknown_part("everything", Stage(0, 0), rng)]
    rng.shuffle(parts)
    return {"prompt": " ".join(finished(p.question) for p in parts), "answers": [value(p) for p in parts]}


def main():
    # The second set was looked at while settings were chosen, so it belongs to the development set; the fresh one was not.
    write("heldout", compounds("heldout-fresh", 300))
    write("heldout-plain", plains("heldout-plain", 300))
    write("heldout-dev", compounds("heldout-dev", 200) + compounds("heldout", 240))
    write("single", singles(random.Random("single")))
    write("unknown", [{"prompt": q, "answers": [outside.UNKNOWN.rstrip(".")]} for q in UNKNOWN_BY_HAND])
    write("unknown-mixed", [mixed_unknown(rng) for rng in [random.Random("mixed")] for _ in range(60)])
    by_hand = [{"prompt": q, "answers": a} for q, a in WORDINGS_BY_HAND]
    write("wordings", by_hand + wordings(random.Random("wordings"), 100 - len(by_hand)))
    write("followups", [follow_up(rng) for rng in [random.Random("followups")] for _ in range(50)])


if __name__ == "__main__":
    main()
