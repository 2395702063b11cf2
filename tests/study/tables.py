"""The tables of README.md in this folder: quality by scoring rule and segment length, exit by rule, each cell one `specfuse eval`.

    cargo build --release && python3 tests/study/tables.py [FILE.jsonl] [quality|exit|team ...]

Uses nothing but the standard library. Takes some minutes; prints Markdown."""
import json
import os
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PROGRAM = os.path.join(ROOT, "target", "release", "specfuse")
HELD_OUT = os.path.join(ROOT, "assets", "models", "heldout.jsonl")
SEED = "20261123"
RULES = ["mean-prob", "geometric", "mean-logprob", "min-prob", "per-char", "sum-logprob"]
LENGTHS = {f"L = {n}": ["--segment", "tokens", "--segment-tokens", str(n)] for n in (3, 5, 10, 20)}
LENGTHS["sentence"] = ["--segment", "sentence"]
SPECIALISTS = ["--members", "atlas,abacus,lexicon,almanac"]


def play(prompts, *options):
    """One evaluation as the object that `--json` prints."""
    command = [PROGRAM, "eval", "--json", "--seed", SEED, *options, prompts]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def percent(share):
    return f"{100 * share:.1f}"


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def head(*cells):
    row(*cells)
    row(*["---"] * len(cells))


def quality(prompts):
    """Fused accuracy of every rule at every length, with the default exit rule; then the members alone."""
    head("scoring", *LENGTHS)
    for rule in RULES:
        row(rule, *[percent(play(prompts, "--fused-only", "--scoring", rule, *length)["fused"]["accuracy"])
                    for length in LENGTHS.values()])
    whole = play(prompts)
    print()
    head("default parameters", "right, %", "tokens per second", "calls")
    row("**fused**", percent(whole["fused"]["accuracy"]), round(whole["fused"]["tokens_per_second"]), whole["fused"]["calls"])
    for name, member in whole["members"].items():
        row(name, percent(member["accuracy"]), round(member["tokens_per_second"]), member["calls"])
    paper = play(prompts, "--fused-only", "--preset", "paper")["fused"]
    row("`--preset paper`, fused", percent(paper["accuracy"]), round(paper["tokens_per_second"]), paper["calls"])


def long_only(prompts):
    """Only the prompts of three or more parts: an answer of two sentences is over before a useless member can leave."""
    path = os.path.join(ROOT, "target", "heldout-long.jsonl")
    with open(prompts, encoding="utf-8") as lines, open(path, "w", encoding="utf-8") as out:
        out.writelines(line for line in lines if len(json.loads(line)["answers"]) >= 3)
    return path


def exit_rules(prompts, exits=("off", "paper", "evidence")):
    """What each exit rule does to accuracy, to the babbler, to the specialists and to the work."""
    long = long_only(prompts)
    head("segment", "scoring", "exit", "right, %", "babble left by round 4 / at all, %", "left too early, worst specialist, %",
         "calls", "mean active")
    for name in ("sentence", "L = 10"):
        for rule in RULES:
            for exit in exits:
                result = play(long, "--fused-only", "--scoring", rule, "--exit", exit, *LENGTHS[name])
                fused, members = result["fused"], result["members"]
                babble = members["babble"]["exits"]
                early = max(member["exits"]["premature"] for name, member in members.items() if name != "babble")
                row(name, rule, exit, percent(fused["accuracy"]),
                    f"{percent(babble['left_early'] / fused['total'])} / {percent(babble['left'] / fused['total'])}",
                    percent(early / fused["total"]), fused["calls"], f"{fused['mean_active']:.2f}")


def team(prompts):
    """The specialists without the babbler: nobody should leave, and accuracy should not fall."""
    long = long_only(prompts)
    head("four specialists", "scoring", "exit off, right, %", "exit evidence, right, %", "left too early, worst, %")
    for name in ("sentence", "L = 10"):
        for rule in RULES:
            off, on = (play(long, "--fused-only", "--scoring", rule, "--exit", exit, *SPECIALISTS, *LENGTHS[name])
                       for exit in ("off", "evidence"))
            early = max(member["exits"]["premature"] for member in on["members"].values())
            row(name, rule, percent(off["fused"]["accuracy"]), percent(on["fused"]["accuracy"]),
                percent(early / on["fused"]["total"]))


def main():
    tables = {"quality": quality, "exit": exit_rules, "team": team}
    arguments = sys.argv[1:]
    prompts = arguments.pop(0) if arguments and arguments[0] not in tables else HELD_OUT
    for name in arguments or tables:
        print(f"\n### {name}\n")
        tables[name](prompts)


if __name__ == "__main__":
    main()
