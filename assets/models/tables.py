"""Reads the fact tables in `facts/`. Owns nothing but their layout: tab-separated, one heading line starting with `#`.

The facts were typed by hand; keeping them in plain tables lets a reader check them without reading any code.
"""
from pathlib import Path

FACTS = Path(__file__).parent / "facts"
UNCLEAR = "-"  # a cell whose true answer is disputed or not single; nothing is asked about it


def rows(name):
    """All rows of one table as lists of cells."""
    lines = (FACTS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def pairs(name, left, right):
    """(cell, cell) of two columns, without the rows where either one is unclear."""
    return [(r[left], r[right]) for r in rows(name) if UNCLEAR not in (r[left], r[right])]
