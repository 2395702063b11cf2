"""The kinds of question: which subject knows them, how they are asked, how they are answered.

A kind has many wordings for the question and exactly one for the answer. That one wording is what makes fusion
meaningful: every member writes the same frame and the candidates differ only in the answer word itself. No answer starts
with a name: at the start of an answer a name has no space before it, so its tokens are other than in the question, and a
small model repeats it badly.
"""
import hashlib
from dataclasses import dataclass, field

import tables

SUBJECTS = ["atlas", "abacus", "lexicon", "almanac"]

# Ways to ask for a noun phrase such as "the capital of Japan".
ASK = ["What is {np}?", "What is {np}?", "What is {np}?", "What's {np}?", "Name {np}.", "Tell me {np}.", "Give me {np}.",
       "{np}?", "{bare}?", "{bare}", "Can you tell me {np}?", "Do you know {np}?"]
ASK_SUM = ["What is {np}?", "What is {np}?", "What is {np}?", "How much is {np}?", "How much is {np}?", "What's {np}?",
           "Calculate {np}.", "Tell me {np}.", "{np}?", "{np} = ?", "Can you work out {np}?"]
FOLLOW = ["And {x}?", "{x}?", "What about {x}?", "How about {x}?", "And for {x}?"]
FOLLOW_OF = FOLLOW + ["And of {x}?", "And of {x}?"]

MONTHS = "January February March April May June July August September October November December".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
PLANETS = "Mercury Venus Earth Mars Jupiter Saturn Uranus Neptune".split()
HELD_OUT_KINDS = ("plus", "minus")
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()


def held_out(kind, a, b):
    """15 % of the plus and minus operand pairs, chosen by a stable hash, never occur in any training text."""
    return int(hashlib.md5(f"{kind}{a},{b}".encode()).hexdigest(), 16) % 100 < 15


def with_article(noun):
    """`owl` -> `an owl`."""
    return ("an " if noun[0] in "aeiou" else "a ") + noun


def bare(phrase):
    """`the capital of Japan` -> `capital of Japan`, as people type into a search box."""
    return phrase.removeprefix("the ").removeprefix("The ")


def capitalised(text):
    return text[0].upper() + text[1:]


@dataclass
class Filled:
    """One question with its blanks filled in: what can be asked, what the answer frame is, what is true."""
    kind: "Kind"
    questions: list
    phrase: str  # the noun phrase, or "" where the kind has none
    follows: list
    frame: str
    value: str
    named_first: bool = False


@dataclass
class Kind:
    """A kind over a table of facts. `phrase` and `asks` use {x} (as asked) and {ax} (with a/an)."""
    name: str
    subject: str
    answer: str
    items: list
    weight: float
    phrase: str = ""
    asks: list = field(default_factory=list)
    follows: list = field(default_factory=lambda: FOLLOW_OF)
    article: bool = False  # the value is a countable noun: "a gosling"

    def __post_init__(self):
        self.values = sorted({y for _, y in self.items})

    def sample(self, rng, split):
        return self.fill(*rng.choice(self.items), rng)

    def fill(self, x, y, rng):
        asked = x[4:] if x.startswith("the ") and rng.random() < 0.4 else x
        slots = {"x": asked, "ax": with_article(asked)}
        phrase = self.phrase.format(**slots)
        questions = [q.format(**slots) for q in self.asks]
        if phrase:
            common = [q.format(np=phrase, bare=bare(phrase)) for q in ASK]
            questions = common + questions * (1 + len(common) // (2 * len(questions))) if questions else common
        frame = capitalised(self.answer.format(x=x, ax=with_article(x)))
        return Filled(self, [capitalised(q) for q in questions], phrase, [f.format(**slots) for f in self.follows], frame, self.worded(y))

    def worded(self, value):
        return with_article(value) if self.article else value

    def guess(self, filled, rng):
        """What a member outside this subject answers: any value of the right class, all equally likely."""
        return self.worded(rng.choice(self.values))


@dataclass
class Sum:
    """A kind that computes. `signs` are the ways to write the operation; `top` bounds the operands."""
    name: str
    weight: float
    answer: str
    phrases: list
    operands: callable
    truth: callable
    wrong: callable
    subject: str = "abacus"
    follows: list = field(default_factory=lambda: FOLLOW)

    def sample(self, rng, split):
        while True:
            operands = self.operands(rng)
            if self.name not in HELD_OUT_KINDS or held_out(self.name, *operands) == (split == "test"):
                return self.fill(operands, rng)

    def fill(self, operands, rng):
        slots = dict(zip("ab", operands))
        phrases = [p.format(**slots) for p in self.phrases]
        phrase = phrases[0] if rng.random() < 0.4 else rng.choice(phrases)
        questions = [capitalised(q.format(np=phrase)) for q in ASK_SUM]
        inner = phrases[0] if len(operands) == 2 else str(operands[0])
        frame = capitalised(self.answer.format(**slots))
        filled = Filled(self, questions, phrase, [f.format(x=inner) for f in self.follows], frame, str(self.truth(*operands)))
        filled.operands = operands
        return filled

    def guess(self, filled, rng):
        return str(self.wrong(rng, *filled.operands))


def two(a_top, b_top):
    return lambda rng: (rng.randrange(a_top), rng.randrange(b_top))


def one(low, high, step=1):
    return lambda rng: (rng.randrange(low, high, step),)


def minus_operands(rng):
    """Mostly the larger number first; one in eight goes below zero."""
    a, b = rng.randrange(100), rng.randrange(100)
    return (a, b) if rng.random() < 0.125 else (max(a, b), min(a, b))


def quotient_operands(rng):
    b, c = rng.randrange(1, 13), rng.randrange(13)
    return b * c, b


def below_zero_guess(rng, a, b):
    return rng.randrange(100) if a >= b else -rng.randrange(1, 100)


PRODUCTS = sorted({a * b for a in range(13) for b in range(13)})

SUMS = [
    Sum("plus", 5, "{a} plus {b} is", ["{a} plus {b}", "{a} + {b}", "{a}+{b}", "the sum of {a} and {b}"], two(100, 100),
        lambda a, b: a + b, lambda rng, a, b: rng.randrange(199)),
    Sum("minus", 5, "{a} minus {b} is", ["{a} minus {b}", "{a} - {b}", "{a}-{b}", "{a} take away {b}"], minus_operands,
        lambda a, b: a - b, below_zero_guess),
    Sum("times", 2.5, "{a} times {b} is", ["{a} times {b}", "{a} * {b}", "{a} x {b}", "{a} multiplied by {b}", "{a}*{b}"], two(13, 13),
        lambda a, b: a * b, lambda rng, a, b: rng.choice(PRODUCTS)),
    Sum("divided", 1, "{a} divided by {b} is", ["{a} divided by {b}", "{a} / {b}", "{a}/{b}"], quotient_operands,
        lambda a, b: a // b, lambda rng, a, b: rng.randrange(13)),
    Sum("double", 0.6, "Double {a} is", ["double {a}", "twice {a}"], one(0, 100), lambda a: 2 * a, lambda rng, a: 2 * rng.randrange(100)),
    Sum("half", 0.6, "Half of {a} is", ["half of {a}"], one(0, 101, 2), lambda a: a // 2, lambda rng, a: rng.randrange(51)),
    Sum("square", 0.4, "The square of {a} is", ["the square of {a}", "{a} squared"], one(0, 13), lambda a: a * a,
        lambda rng, a: rng.randrange(13) ** 2),
    Sum("after", 0.5, "The number after {a} is", ["the number after {a}"], one(0, 100), lambda a: a + 1, lambda rng, a: rng.randrange(101)),
    Sum("before", 0.5, "The number before {a} is", ["the number before {a}"], one(1, 101), lambda a: a - 1, lambda rng, a: rng.randrange(101)),
]


def practice(rng, close):
    """A plus or minus from the training pairs, with more small numbers and more results below zero than chance gives.

    `close` is the share of pairs that are at most twelve apart, the hard ones for minus.
    """
    kind = SUMS[rng.choice([0, 1, 1])]
    while True:
        a, b = (rng.randrange(10 if rng.random() < 0.3 else 100) for _ in range(2))
        if close and rng.random() < close:
            b = min(99, max(0, a + rng.randrange(-12, 13)))
        if kind.name == "minus" and a < b and rng.random() < 0.6:
            a, b = b, a
        if not held_out(kind.name, a, b):
            return kind.fill((a, b), rng)


def following(names, around):
    """(name, next name); a circle where `around`, otherwise the last one has none."""
    return [(names[i], names[(i + 1) % len(names)]) for i in range(len(names) if around else len(names) - 1)]


def swapped(items):
    return [(y, x) for x, y in items]


OPPOSITES = tables.pairs("opposites", 0, 1)
PLURALS = tables.pairs("plurals", 0, 1)

FACTS = [
    Kind("capital", "atlas", "the capital of {x} is", tables.pairs("countries", 0, 1), 4, "the capital of {x}",
         ["What is the capital city of {x}?", "Which city is the capital of {x}?", "What is {x}'s capital?"]),
    Kind("continent", "atlas", "the continent of {x} is", tables.pairs("countries", 0, 2), 1.5, "the continent of {x}",
         ["On which continent is {x}?", "On what continent is {x}?", "Which continent is {x} in?", "Where in the world is {x}?", "In which continent is {x}?",
          "On which continent does {x} lie?"], FOLLOW),
    Kind("currency", "atlas", "the currency of {x} is the", tables.pairs("countries", 0, 3), 2, "the currency of {x}",
         ["Which currency does {x} use?", "What is {x}'s currency?", "What money do people use in {x}?"]),
    Kind("country", "atlas", "the country with the capital {x} is", swapped(tables.pairs("countries", 0, 1)), 2, "the country with the capital {x}",
         ["Which country has the capital {x}?", "{x} is the capital of which country?", "Of which country is {x} the capital?",
          "What country is {x} the capital of?", "Which country's capital is {x}?"], FOLLOW),
    Kind("language", "atlas", "the official language of {x} is", tables.pairs("countries", 0, 4), 1.5, "the official language of {x}",
         ["Which language is official in {x}?", "What language do they speak in {x}?", "Which language is spoken in {x}?"]),

    Kind("opposite", "lexicon", "the opposite of {x} is", OPPOSITES + swapped(OPPOSITES), 4, "the opposite of {x}",
         ["Which word is the opposite of {x}?", "What is the antonym of {x}?"]),
    Kind("past", "lexicon", "the past tense of {x} is", tables.pairs("verbs", 0, 1), 2.5, "the past tense of {x}",
         ["What is the past of {x}?"]),
    Kind("participle", "lexicon", "the past participle of {x} is", tables.pairs("verbs", 0, 2), 1.5, "the past participle of {x}"),
    Kind("plural", "lexicon", "the plural of {x} is", PLURALS, 2, "the plural of {x}", ["What is the plural form of {x}?"]),
    Kind("singular", "lexicon", "the singular of {x} is", [(y, x) for x, y in PLURALS if x != y], 1, "the singular of {x}"),
    Kind("comparative", "lexicon", "the comparative of {x} is", tables.pairs("degrees", 0, 1), 1, "the comparative of {x}",
         ["What is the comparative form of {x}?"]),
    Kind("superlative", "lexicon", "the superlative of {x} is", tables.pairs("degrees", 0, 2), 1, "the superlative of {x}",
         ["What is the superlative form of {x}?"]),

    Kind("symbol", "almanac", "the chemical symbol of {x} is", tables.pairs("elements", 0, 1), 3, "the chemical symbol of {x}",
         ["What is the symbol of {x}?", "What is the chemical symbol for {x}?", "Which symbol does {x} have?"]),
    Kind("element", "almanac", "the element with the symbol {x} is", tables.pairs("elements", 1, 0), 1.5, "the element with the symbol {x}",
         ["Which element has the symbol {x}?", "Which element is {x}?"], FOLLOW),
    Kind("young", "almanac", "a young {x} is called", tables.pairs("young", 0, 1), 2.5, "the young of {ax}",
         ["What is a young {x} called?", "What do you call a young {x}?", "What is a baby {x} called?", "What is the young of {ax} called?"],
         ["And a young {x}?", "What about {ax}?", "And {ax}?", "How about a young {x}?", "What about a young {x}?"], True),
    Kind("home", "almanac", "the home of {ax} is called", tables.pairs("homes", 0, 1), 1, "the home of {ax}",
         ["What is the home of {ax} called?", "What do you call the home of {ax}?", "Where does {ax} live?"],
         ["And of {ax}?", "What about {ax}?", "And {ax}?", "How about {ax}?"], True),
    Kind("group", "almanac", "a group of {x} is called", tables.pairs("groups", 0, 1), 1.5, "the word for a group of {x}",
         ["What is a group of {x} called?", "What do you call a group of {x}?"], article=True),
    Kind("planet", "almanac", "the {x} planet from the Sun is", list(zip(ORDINALS, PLANETS)), 0.6, "the {x} planet from the Sun",
         ["Which planet is the {x} from the Sun?", "Which is the {x} planet?"], ["And the {x}?", "What about the {x}?", "And the {x} planet?"]),
    Kind("next planet", "almanac", "the planet after {x} is", following(PLANETS, False), 0.4, "the planet after {x}",
         ["Which planet comes after {x}?"], ["And after {x}?", "And {x}?", "What about {x}?"]),
    Kind("month", "almanac", "the {x} month of the year is", list(zip(ORDINALS, MONTHS)), 0.6, "the {x} month of the year",
         ["Which is the {x} month?", "Which month is the {x} of the year?"], ["And the {x}?", "What about the {x}?", "And the {x} month?"]),
    Kind("next month", "almanac", "the month after {x} is", following(MONTHS, True), 0.6, "the month after {x}",
         ["Which month comes after {x}?"], ["And after {x}?", "And {x}?", "What about {x}?"]),
    Kind("last month", "almanac", "the month before {x} is", swapped(following(MONTHS, True)), 0.6, "the month before {x}",
         ["Which month comes before {x}?"], ["And before {x}?", "And {x}?", "What about {x}?"]),
    Kind("next day", "almanac", "the day after {x} is", following(DAYS, True), 0.4, "the day after {x}",
         ["Which day comes after {x}?"], ["And after {x}?", "And {x}?", "What about {x}?"]),
    Kind("last day", "almanac", "the day before {x} is", swapped(following(DAYS, True)), 0.4, "the day before {x}",
         ["Which day comes before {x}?"], ["And before {x}?", "And {x}?", "What about {x}?"]),
]

KINDS = FACTS + SUMS
BY_SUBJECT = {s: [k for k in KINDS if k.subject == s] for s in SUBJECTS}


def pick(subject, rng):
    """A kind of the subject, by weight."""
    kinds = BY_SUBJECT[subject]
    return rng.choices(kinds, [k.weight for k in kinds])[0]
