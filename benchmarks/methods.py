#!/usr/bin/env python3
"""Runs every federated method of docs/methods.md in the demonstration and writes a table to docs/benchmarks.md.

    benchmarks/methods.py                          all methods, all-equal ranks, then 4, 8 and 16 where they may differ
    benchmarks/methods.py --only fedex ravan       some of them; other rows of the table stay
    benchmarks/methods.py --only fedex --set adapter.type=pissa
    benchmarks/methods.py --judge 2                leaves the table as it is; fails where a method ends more than two points
                                                   of accuracy below it, as .ci/nightly does

Needs Python 3 alone. One method takes a few minutes on two cores; meant for the night.
"""
import argparse
import re
import sys

from demonstration import ROOT, Table, large_rank, run

TABLE = Table("every method", 3, "method", "ranks", "set", "accuracy after each round, %",
              "aggregation error, last round", "kB up an agent a round", "minutes")


def methods():
    """Name and whether ranks may differ, from the generated table."""
    page = (ROOT / "docs" / "methods.md").read_text()
    for row in re.findall(r"^\| \[`([a-z0-9-]+)`\].*$", page, re.M):
        cells = re.search(rf"^\| \[`{row}`\](.*)$", page, re.M).group(1).split("|")
        yield row, cells[3].strip() == "yes"


def line(method, ranks, settings, report, problem, minutes):
    shown = " ".join(settings) or "-"
    if report is None:
        return f"| `{method}` | {ranks} | {shown} | failed: {' '.join(problem)[:120]} | | | |\n"
    rounds = report["rounds"]
    accuracies = [r["metrics"]["mean"].get("accuracy") for r in rounds]
    accuracy = ", ".join("-" if a is None else f"{100 * a:.2f}" for a in accuracies)
    error = rounds[-1]["aggregationError"]
    agents = max(1, len(rounds[-1]["accepted"]))
    sent = rounds[-1]["bytesUp"] / agents / 1000
    return (f"| `{method}` | {ranks} | {shown} | {accuracy} | {'-' if error is None else f'{error:.1e}'} | {sent:.0f} | "
            f"{minutes:.1f} |\n")


def last_accuracy(row):
    """In per cent, of a row of the table; None where there is none."""
    figures = row.split("|")[4].split(",")
    return float(figures[-1]) if re.fullmatch(r"\s*[0-9.]+\s*", figures[-1]) else None


def judge(row, points):
    """What is wrong with a new row beside the one that stands in the table, or None."""
    old = TABLE.rows().get(TABLE.key(row))
    was, now = old and last_accuracy(old), last_accuracy(row)
    if now is None:
        return "no accuracy"
    if was is None:
        return "no row of the table to compare with; run it without --judge and commit the row"
    return f"{now} % is more than {points} points below {was} %" if now < was - points else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=[], help="methods to run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--set", action="append", default=[], help="a key of the job, as in ./tributary demo")
    parser.add_argument("--device", default="cpu", help="where the agents train, as in ./tributary demo")
    parser.add_argument("--equal-ranks", action="store_true", help="leave the runs with ranks 4, 8 and 16 out")
    parser.add_argument("--judge", type=float, metavar="POINTS", help="compare with the table and do not write it")
    arguments = parser.parse_args()
    known = dict(methods())
    unknown = [m for m in arguments.only if m not in known]
    if unknown:
        sys.exit(f"no such method: {', '.join(unknown)}; docs/methods.md has {', '.join(known)}")
    failed = 0
    for method in arguments.only or known:
        runs = [("", arguments.set + large_rank(method))]
        if known[method] and not arguments.equal_ranks and not arguments.set:
            runs.append(("4,8,16", ["adapter.rank=16", "adapter.alpha=32"]))
        for ranks, settings in runs:
            report, problem, minutes = run(method, arguments.rounds, settings, arguments.seed,
                                           ["--device", arguments.device, *(["--ranks", ranks] if ranks else [])])
            row = line(method, ranks or "equal", settings, report, problem, minutes)
            print(row, end="", flush=True)
            if arguments.judge is None:
                TABLE.write([row])
                failed += report is None
            elif wrong := judge(row, arguments.judge):
                print(f"{method}: {wrong}", flush=True)
                failed += 1
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
