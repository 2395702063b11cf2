"""The figures of answers of unequal members: how many are right, and how sure that is; the rows of a table.

An answer is a dictionary: `place` of its prompt, `right` (nothing where it failed), `text`, `echo`, `limit`, `rounds`, `tokens`,
`elapsed_ms`, `calls`, `mean_active` and `exits`. Tests: python3 -m doctest tests/study/figures.py"""
import math
import random
import re

LIMITS = ("token_limit", "round_limit", "context_limit")
RESAMPLES = 2000


def wilson(right, total):
    """The 95 % interval of a share by Wilson's score.

    >>> [round(bound, 3) for bound in wilson(8, 10)]
    [0.49, 0.943]
    >>> [round(bound, 3) for bound in wilson(0, 10)]
    [0.0, 0.278]
    """
    z = 1.959964
    share, spread = right / total, z * z / total
    middle = share + spread / 2
    half = z * math.sqrt((share * (1 - share) + spread / 4) / total)
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))


def bootstrap(differences):
    """The mean of the prompts' differences, and its 95 % interval when the prompts are drawn again, the same on every call.

    >>> bootstrap([1, 1, 1])
    (1.0, 1.0, 1.0)
    >>> mean, low, high = bootstrap([1, 0, 0, -1] * 10)
    >>> mean, low < -0.1, high > 0.1, (mean, low, high) == bootstrap([1, 0, 0, -1] * 10)
    (0.0, True, True, True)
    """
    draw, count = random.Random(1), len(differences)
    means = sorted(sum(draw.choices(differences, k=count)) / count for _ in range(RESAMPLES))
    edge = RESAMPLES // 40
    return sum(differences) / count, means[edge], means[RESAMPLES - 1 - edge]


def graded(prompt, text, said):
    """Whether an answer is right: by the prompt's pattern where it has one, otherwise as the program said.

    >>> graded({"pattern": "\\\\byen\\\\b"}, "The Yen.", False), graded({}, "The Yen.", False), graded({"pattern": "a"}, None, None)
    (True, False, None)
    """
    if said is None or "pattern" not in prompt:
        return said
    return re.search(prompt["pattern"], text, re.IGNORECASE) is not None


def fused_answers(prompts, evaluations):
    """The answers of the evaluations of several seeds, each with its prompt's place."""
    return [{"place": place, **line, "right": graded(prompts[place], line["text"], line["right"]),
             "limit": line["outcome"] in LIMITS} for lines in evaluations for place, line in enumerate(lines)]


def alone_answers(prompts, evaluations):
    """The same of every member alone, by its name."""
    answers = {}
    for lines in evaluations:
        for place, line in enumerate(lines):
            for text, figures in zip(line["alone"], line["alone_figures"]):
                if figures is not None:
                    answers.setdefault(figures["member"], []).append({
                        **figures, "place": place, "right": graded(prompts[place], text, figures["right"]),
                        "limit": not figures["ended"], "rounds": 1, "calls": 1, "mean_active": 1.0, "exits": {}})
    return answers


def total(answers, key):
    return sum(answer[key] for answer in answers)


def rate(answers):
    """Tokens a second."""
    elapsed = total(answers, "elapsed_ms")
    return 1000 * total(answers, "tokens") / elapsed if elapsed else 0.0


def score(answers):
    """How many are right of how many; those that failed are neither.

    >>> score([{"right": True}, {"right": None}, {"right": False}])
    (1, 2)
    """
    told = [answer["right"] for answer in answers if answer["right"] is not None]
    return sum(told), len(told)


def differences(fused, alone):
    """By prompt, over the seeds: the fused answers' share of right ones less that of the other answers.

    >>> one = [{"place": 0, "right": True}, {"place": 0, "right": False}, {"place": 1, "right": True}]
    >>> differences(one, [{"place": 0, "right": False}, {"place": 1, "right": True}, {"place": 2, "right": True}])
    [0.5, 0.0]
    """
    def shares(answers):
        by_place = {}
        for answer in answers:
            if answer["right"] is not None:
                by_place.setdefault(answer["place"], []).append(answer["right"])
        return {place: sum(told) / len(told) for place, told in by_place.items()}
    ours, theirs = shares(fused), shares(alone)
    return [ours[place] - theirs[place] for place in sorted(ours.keys() & theirs.keys())]


def left(answers):
    """Who left by round 2 in answers of three rounds or more.

    >>> left([{"rounds": 3, "exits": {"gemma": 2}}, {"rounds": 4, "exits": {"gemma": 3}}, {"rounds": 2, "exits": {"smol": 1}}])
    'gemma 1 of 2'
    >>> left([{"rounds": 3, "exits": {}}]), left([])
    ('nobody of 1', '-')
    """
    long = [answer for answer in answers if answer["rounds"] >= 3]
    counts = {}
    for answer in long:
        for name, number in answer["exits"].items():
            counts[name] = counts.get(name, 0) + (number <= 2)
    told = [f"{name} {count} of {len(long)}" for name, count in sorted(counts.items()) if count]
    return ", ".join(told) or (f"nobody of {len(long)}" if long else "-")


def share(right, count):
    """In words, with its interval.

    >>> share(8, 10), share(0, 0)
    ('8 of 10 (49–94 %)', '-')
    """
    if count == 0:
        return "-"
    low, high = wilson(right, count)
    return f"{right} of {count} ({100 * low:.0f}–{100 * high:.0f} %)"


def difference(fused, alone):
    """In points, with its interval.

    >>> difference([{"place": 0, "right": True}], [{"place": 0, "right": False}])
    '+100.0 (+100.0 to +100.0)'
    """
    found = differences(fused, alone)
    if not found:
        return "-"
    mean, low, high = (100 * figure for figure in bootstrap(found))
    return f"{mean:+.1f} ({low:+.1f} to {high:+.1f})"


HEAD = ["team", "setting", "right", "best member alone", "difference, points", "tokens/s", "of the slowest alone", "calls",
        "mean active", "echoes", "at a limit", "rounds an answer", "left by round 2"]


def row(team, setting, answers, alone):
    """The cells of a row; `alone` has the answers of the team's members by model, none where the row is a member alone."""
    best = max(alone, key=lambda name: score(alone[name])[0] / max(1, score(alone[name])[1]), default=None)
    slowest = min((rate(answers) for answers in alone.values() if rate(answers)), default=None)
    rounds = total(answers, "rounds")
    active = sum(answer["mean_active"] * answer["rounds"] for answer in answers) / rounds if rounds else 0.0
    return [
        team, setting, share(*score(answers)),
        f"{best}: {share(*score(alone[best]))}" if best else "-",
        difference(answers, alone[best]) if best else "-",
        f"{rate(answers):.1f}", f"{rate(answers) / slowest:.2f}" if slowest else "-",
        total(answers, "calls"), f"{active:.2f}", total(answers, "echo"), total(answers, "limit"),
        f"{rounds / len(answers):.1f}" if best else "-", left(answers),
    ]


def table(head, rows):
    """In Markdown.

    >>> print(table(["a", "b"], [[1, 2]]))
    | a | b |
    | --- | --- |
    | 1 | 2 |
    """
    return "\n".join("| " + " | ".join(str(cell) for cell in cells) + " |" for cells in [head, ["---"] * len(head), *rows])
