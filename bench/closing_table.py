#!/usr/bin/env python3
"""Prints one table of the figures in Google Benchmark's JSON files: what was measured, its target, and whether it is reached.

A benchmark is a line if it has a label and the counter `measured`; its target is in the counter `at_least` or `at_most`
(see compare.hpp), and a benchmark that was skipped says why.
"""
import json
import sys


def verdict(run):
    """The target and whether it is reached, as texts"""
    measured = run["measured"]
    if "at_least" in run:
        return f">= {run['at_least']:g}", "yes" if measured >= run["at_least"] else "NO"
    if "at_most" in run:
        return f"<= {run['at_most']:g}", "yes" if measured <= run["at_most"] else "NO"
    return "-", "-"


def lines(path):
    with open(path) as file:
        text = file.read()
    for run in json.loads(text)["benchmarks"] if text.strip() else []:
        if run.get("error_occurred"):
            yield run["name"].split("/iterations")[0], "skipped", run["error_message"], ""
        elif "measured" in run:
            yield run["label"], f"{run['measured']:.3g}", *verdict(run)


def main():
    table = [("what", "measured", "target", "reached")]
    for path in sys.argv[1:]:
        table += lines(path)
    width = max(len(row[0]) for row in table)
    print()
    for what, measured, target, reached in table:
        print(f"{what:<{width}}  {measured:>8}  {target:>7}  {reached}".rstrip())


if __name__ == "__main__":
    main()
