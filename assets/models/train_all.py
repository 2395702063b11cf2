"""Makes the five GGUF files and the test prompts from nothing: `python assets/models/train_all.py [--work FOLDER] [--jobs N]`.

Members are trained in separate single-threaded processes, `--jobs` at a time (two by default), the slowest first.
Steps and seeds are fixed, so a run on the same versions and the same kind of processor gives the same files; other
processors round differently and give files of the same quality.
"""
import argparse
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import export
import prompts

HERE = Path(__file__).parent
ORDER = ["abacus", "atlas", "lexicon", "almanac", "babble"]


def train(name, work):
    with open(work / f"{name}.log", "w") as log:
        subprocess.run([sys.executable, str(HERE / "train.py"), name, str(work)], stdout=log, stderr=log, check=True)
    export.export(name, work)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=HERE / "work", help="folder for weights and logs")
    parser.add_argument("--jobs", type=int, default=2, help="members trained at the same time")
    parser.add_argument("names", nargs="*", default=ORDER, help="members to train (all)")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    prompts.main()
    with ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(lambda name: train(name, options.work), options.names or ORDER))


if __name__ == "__main__":
    main()
