"""Memory and start of the whole program: largest resident set, and time from start to the first byte of the answer.

    cargo build --release && python3 tests/benches/process.py

Uses nothing but the standard library. Figures are the minimum and the median of several runs."""
import os
import statistics
import subprocess
import sys
import time

RUNS = 15
PROGRAM = os.path.join(os.path.dirname(__file__), "..", "..", "target", "release", "specfuse")
QUESTION = "What is the capital of Japan? What is 27 plus 48? What is the opposite of brave?"


def measure():
    """One run: milliseconds to the first byte, milliseconds to the end, largest resident set in MiB."""
    start = time.perf_counter()
    child = subprocess.Popen([PROGRAM, "run", "-q", "--no-trace", QUESTION], stdout=subprocess.PIPE)
    os.read(child.stdout.fileno(), 1)
    first = time.perf_counter() - start
    child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    assert status == 0, "the run failed"
    return first * 1e3, (time.perf_counter() - start) * 1e3, usage.ru_maxrss / 1024


def main():
    if not os.path.exists(PROGRAM):
        sys.exit("build the program first: cargo build --release")
    runs = [measure() for _ in range(RUNS + 1)][1:]
    for name, values in zip(("first byte, ms", "whole answer, ms", "resident set, MiB"), zip(*runs)):
        print(f"{name:<18} {min(values):8.1f} {statistics.median(values):8.1f}")


if __name__ == "__main__":
    main()
