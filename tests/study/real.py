"""Unequal real models, fused and alone: each team under each setting, against the best of its members.

    eval "$(.ci/llama-tools)"; cargo build --release --features llama-cpp
    python3 tests/study/real.py --seeds 1,2 --json target/real.json
    python3 tests/study/real.py --toys --json target/real.json      # the built-in members under the same settings

Uses nothing but the standard library. Fetches the models (1.5 GB) unless `--models` names a folder that holds smol.gguf, gemma.gguf
and qwen.gguf. Prints Markdown; takes hours. With `--json` every finished evaluation is kept at once, and the same command goes
on where it stopped. Tests: python3 -m doctest tests/study/real.py"""
import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time

import figures

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = 'eval "$(.ci/llama-tools)"; cargo build --release --features llama-cpp'
MODELS = ("smol", "gemma", "qwen")
# A team is its members joined by "+"; a model named twice takes part twice.
TEAMS = ["smol", "gemma", "qwen", "smol+qwen", "smol+gemma+qwen", "qwen+qwen"]
TOYS = "built-in"
DEFAULT = "default"
# Each setting is a row of the table: its name, and the options that `specfuse eval` is given for it.
SETTINGS = {
    DEFAULT: [],
    "equal-weights": ["--weights", "equal"],
    "prompt-weights": ["--weights", "prompt"],
    "only-drafts-end": ["--end-threshold", "0"],
    "majority-ends": ["--end-majority", "on"],
    "nothing-set-aside": ["--set-aside", "off"],
    "base-drafts": ["--role", "gemma=both"],
    "all-off": ["--weights", "equal", "--end-threshold", "0", "--set-aside", "off", "--role", "gemma=both"],
    "five-tokens": ["--segment", "tokens", "--segment-tokens", "5"],
    "exit-off": ["--exit", "off"],
    "lazy": ["--draft", "forced"],
    "lazy-rest": ["--draft", "forced", "--draft-rest", "3"],
    "lazy-exact": ["--draft", "forced", "--keep", "exact"],
}


def options_of(setting, team):
    """The options of a setting for a team: a role is given only to a member of it.

    >>> options_of("base-drafts", "smol+qwen"), options_of("base-drafts", "gemma+qwen")
    ([], ['--role', 'gemma=both'])
    """
    given, names = [], [TOYS] if team == TOYS else [name for name, _ in members(team)]
    for option, value in zip(SETTINGS[setting][::2], SETTINGS[setting][1::2]):
        if option != "--role" or value.split("=")[0] in names:
            given += [option, value]
    return given


class Fault(Exception):
    """What a person has to see to, in words."""


def members(team):
    """The members of a team: name and model.

    >>> members("smol+qwen+qwen")
    [('smol', 'smol'), ('qwen', 'qwen'), ('qwen2', 'qwen')]
    """
    models = team.split("+")
    counts = [models[:place].count(model) for place, model in enumerate(models)]
    return [(model if count == 0 else f"{model}{count + 1}", model) for model, count in zip(models, counts)]


def is_alone(team):
    return "+" not in team and team != TOYS


def sources(teams):
    """The teams whose members are played alone too: the widest, and others only for models that those lack.

    >>> sources(["smol", "smol+qwen", "qwen+qwen", "smol+gemma+qwen"])
    ['smol+gemma+qwen']
    >>> sources(["qwen+qwen", "smol"])
    ['smol', 'qwen+qwen']
    """
    known, found = set(), []
    for team in sorted(teams, key=lambda team: (-len(set(team.split("+"))), len(team))):
        if not set(team.split("+")) <= known:
            known |= set(team.split("+"))
            found.append(team)
    return found


def plan(teams, settings, seeds):
    """Evaluations as (team, setting, seed, whether the members are played alone too).

    Members alone are played once a seed, with the default setting of the widest team; a team of one is only that.

    >>> plan(["qwen", "smol+qwen"], ["default", "exit-off"], [1])
    [('smol+qwen', 'default', 1, True), ('smol+qwen', 'exit-off', 1, False)]
    >>> plan(["qwen"], ["exit-off"], [1])
    [('qwen', 'default', 1, True)]
    """
    chosen = sources(teams)
    wanted = []
    for seed in seeds:
        wanted += [(team, DEFAULT, seed, True) for team in chosen]
        for team in teams:
            names = [setting for setting in settings if (team, setting) not in [(source, DEFAULT) for source in chosen]]
            if not is_alone(team):
                wanted += [(team, setting, seed, False) for setting in names]
    return wanted


def read_prompts(path, limit):
    """The prompts of a file with one a line."""
    try:
        with open(path, encoding="utf-8") as lines:
            prompts = [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        raise Fault(f"{path}: {error}") from error
    if not prompts or not all(isinstance(prompt, dict) for prompt in prompts):
        raise Fault(f"{path}: it needs one prompt a line, each a JSON object")
    for prompt in prompts:
        try:
            re.compile(prompt.get("pattern", ""))
        except (re.error, TypeError) as error:
            raise Fault(f"{path}: the pattern {prompt['pattern']!r} cannot be read: {error}") from error
    return prompts[:limit]


def fingerprint(data):
    return hashlib.sha256(data).hexdigest()[:16]


def content(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise Fault(f"{path}: {error.strerror}") from error


class Store:
    """Finished evaluations, in a file where one is named: whole after every one of them."""

    def __init__(self, path):
        self.path, self.evaluations = path, []
        if path and os.path.exists(path):
            try:
                self.evaluations = json.loads(content(path))["evaluations"]
            except (ValueError, KeyError, TypeError) as error:
                raise Fault(f"{path}: not a file of this script's; name another with --json") from error
        # One that cannot be kept should not begin.
        self.save()

    def find(self, key, alone):
        """The lines of the evaluation with this key; those of one without the members alone only where they are not wanted."""
        for found in self.evaluations:
            if found["key"] == key and (found["alone"] or not alone):
                return found["lines"]
        return None

    def add(self, key, alone, lines):
        self.evaluations.append({"key": key, "alone": alone, "lines": lines})
        self.save()

    def save(self):
        if not self.path:
            return
        unfinished = f"{self.path}.unfinished"
        try:
            with open(unfinished, "w", encoding="utf-8") as file:
                json.dump({"evaluations": self.evaluations}, file)
            os.replace(unfinished, self.path)
        except OSError as error:
            raise Fault(f"{self.path}: {error.strerror}") from error


class Player:
    """Plays evaluations with one program, on the same prompts."""

    def __init__(self, program, prompts, models, store):
        self.program, self.prompts, self.models, self.store = program, prompts, models, store
        asked = [{key: prompt.get(key) for key in ("prompt", "turns", "answers")} for prompt in prompts]
        self.same = {"prompts": fingerprint(json.dumps(asked).encode()), "program": fingerprint(content(program))}

    def play(self, team, setting, seed, alone):
        """The lines of one evaluation, a line a prompt, and whether it was played now."""
        options = options_of(setting, team)
        sizes = {} if team == TOYS else {model: os.path.getsize(self.models[model]) for _, model in members(team)}
        key = {"team": team, "setting": setting, "options": options, "seed": seed, "models": sizes, **self.same}
        lines = self.store.find(key, alone)
        if lines is not None:
            return lines, False
        who = ["--ensemble", TOYS] if team == TOYS else [
            part for name, model in members(team) for part in ("--model", f"{name}={self.models[model]}")]
        lines = self.evaluate([*who, "--seed", str(seed), *options, *([] if alone else ["--fused-only"])])
        self.store.add(key, alone, lines)
        return lines, True

    def evaluate(self, options):
        with tempfile.TemporaryDirectory() as folder:
            prompts, details, config = (os.path.join(folder, name) for name in ("prompts.jsonl", "details.jsonl", "config.toml"))
            # A person's own configuration is not to change what is measured.
            open(config, "w", encoding="utf-8").close()
            with open(prompts, "w", encoding="utf-8") as file:
                file.writelines(json.dumps(prompt) + "\n" for prompt in self.prompts)
            command = [self.program, "eval", "--json", "--config", config, "--details", details, *options, prompts]
            done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
            if done.returncode != 0:
                raise Fault(" ".join(done.stderr.strip().split("\n")[-3:]) or f"it ended with code {done.returncode}")
            with open(details, encoding="utf-8") as file:
                lines = [json.loads(line) for line in file]
        if len(lines) != len(self.prompts) or not all("alone_figures" in line for line in lines):
            raise Fault(f"{self.program} is too old for this script: {BUILD}")
        return lines


def rows(prompts, teams, settings, seeds, played):
    """The rows of all teams and settings of which every seed was played."""
    def of(team, setting):
        found = [played.get((team, setting, seed)) for seed in seeds]
        return found if all(found) else []
    alone = {}
    for source in sources(teams):
        for name, answers in figures.alone_answers(prompts, of(source, DEFAULT)).items():
            alone.setdefault(name, answers)
    for team in teams:
        if is_alone(team):
            if team in alone:
                yield figures.row(team, "alone", alone[team], {})
            continue
        names = alone if team == TOYS else sorted({model for _, model in members(team)} & alone.keys())
        for setting in settings:
            if evaluations := of(team, setting):
                answers = figures.fused_answers(prompts, evaluations)
                yield figures.row(team, setting, answers, {name: alone[name] for name in names})


def fetched(folder, names):
    """Where the models lie: in this folder, or fetched."""
    if folder is None:
        folder = os.path.join(ROOT, "target", "real-models")
        command = [sys.executable, os.path.join(ROOT, "tests", "support", "real_models.py"), folder, *names]
        if subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode != 0:
            raise Fault("the models cannot be fetched; a folder that holds them can be named with --models")
    paths = {name: os.path.join(os.path.abspath(folder), f"{name}.gguf") for name in names}
    for path in paths.values():
        if not os.path.isfile(path):
            raise Fault(f"{path} is not there")
    return paths


def chosen(text, known, what):
    """The names of a list with commas."""
    names = text.split(",")
    for name in names:
        if not known(name):
            raise Fault(f"there is no {what} `{name}`")
    return names


def play_all(player, wanted):
    """What was played, by team, setting and seed; what failed is said, and is not among it."""
    played, failed = {}, 0
    for number, (team, setting, seed, alone) in enumerate(wanted, 1):
        print(f"{number} of {len(wanted)}: {team}, {setting}, seed {seed}", end=" … ", file=sys.stderr, flush=True)
        start = time.monotonic()
        try:
            lines, now = player.play(team, setting, seed, alone)
        except Fault as fault:
            print(f"failed: {fault}", file=sys.stderr, flush=True)
            failed += 1
            continue
        played[team, setting, seed] = lines
        right, count = figures.score(figures.fused_answers(player.prompts, [lines]))
        took = f"{time.monotonic() - start:.0f} s" if now else "from before"
        print(f"{right} of {count} right, {took}", file=sys.stderr, flush=True)
    return played, failed


def options():
    parser = argparse.ArgumentParser(description="Unequal real models, fused and alone. Prints Markdown.")
    parser.add_argument("--prompts", metavar="FILE", help="one prompt a line; `pattern`, a regular expression, decides where it is given")
    parser.add_argument("--seeds", metavar="N,N", help="1, or 7 with --toys, where not given")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N prompts, 1 or more")
    parser.add_argument("--teams", default=",".join(TEAMS), metavar="A+B,C", help="[%(default)s]")
    parser.add_argument("--settings", default=",".join(SETTINGS), metavar="NAME,NAME", help="[%(default)s]")
    parser.add_argument("--program", default=os.path.join(ROOT, "target", "release", "specfuse"), metavar="PATH")
    parser.add_argument("--models", metavar="FOLDER", help="where smol.gguf, gemma.gguf and qwen.gguf lie; fetched where not given")
    parser.add_argument("--json", metavar="FILE", help="keep finished evaluations here, and reuse those that are there")
    parser.add_argument("--toys", action="store_true", help="the built-in members on held-out prompts instead")
    return parser.parse_args()


def study(given):
    if given.limit is not None and given.limit < 1:
        raise Fault("--limit needs 1 or more")
    settings = chosen(given.settings, SETTINGS.__contains__, "setting")
    teams = [TOYS] if given.toys else chosen(given.teams, lambda team: set(team.split("+")) <= set(MODELS), "team")
    seeds = [int(seed) for seed in chosen(given.seeds or ("7" if given.toys else "1"), str.isdecimal, "seed")]
    default = os.path.join(ROOT, "assets", "models", "heldout.jsonl") if given.toys else os.path.join(HERE, "real.jsonl")
    prompts = read_prompts(given.prompts or default, given.limit)
    needed = sorted({model for team in teams for _, model in members(team)})
    store = Store(given.json)
    if not os.path.isfile(given.program):
        raise Fault(f"{given.program} is not built: {BUILD}")
    player = Player(given.program, prompts, {} if given.toys else fetched(given.models, needed), store)
    played, failed = play_all(player, plan(teams, settings, seeds))
    print(f"{len(prompts)} prompts; seeds: {', '.join(map(str, seeds))}; intervals of 95 %.\n")
    print(figures.table(figures.HEAD, rows(prompts, teams, settings, seeds, played)))
    return 1 if failed else 0


def main():
    try:
        return study(options())
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
