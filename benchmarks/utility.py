#!/usr/bin/env python3
"""What differential privacy costs in accuracy: the demonstration with a budget, as a table in docs/benchmarks.md.

    benchmarks/utility.py                              fedavg, ffa and fed-sb at epsilon 8 and 3, seed 1
    benchmarks/utility.py --seeds 1 2 3                the rest of the seeds; those in the table stay
    benchmarks/utility.py --only ffa --epsilon 8

Needs Python 3 alone. One run of ten rounds takes a few minutes on two cores.
"""
import argparse
import re
import statistics
import sys

from demonstration import Table, large_rank, run

TABLE = Table("utility", 3, "method", "ε", "set", "mean accuracy after the last round, % (seed)", "mean ± deviation",
              "ε spent", "minutes a run")
SEED = re.compile(r"([0-9.]+) \((\d+)\)")


def line(method, epsilon, shown, accuracies, spent, minutes):
    values = list(accuracies.values())
    mean = f"{statistics.mean(values):.2f}" + (f" ± {statistics.stdev(values):.2f}" if len(values) > 1 else "")
    seeds = ", ".join(f"{accuracies[seed]:.2f} ({seed})" for seed in sorted(accuracies))
    return f"| `{method}` | {epsilon:g} | {shown} | {seeds} | {mean} | {spent:.3f} | {minutes:.1f} |\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=["fedavg", "ffa", "fed-sb"], help="methods to run")
    parser.add_argument("--epsilon", nargs="+", type=float, default=[8, 3])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--device", default="cpu", help="where the agents train, as in ./tributary demo")
    parser.add_argument("--set", action="append", default=[], help="a key of the job, as in ./tributary demo")
    arguments = parser.parse_args()
    failed = 0
    for seed in arguments.seeds:
        for epsilon in arguments.epsilon:
            for method in arguments.only:
                settings = large_rank(method) + arguments.set
                report, problem, minutes = run(method, arguments.rounds, settings, seed,
                                               ["--device", arguments.device, "--epsilon", str(epsilon)])
                if report is None:
                    failed += 1
                    print(f"{method} at epsilon {epsilon:g}, seed {seed}: {' '.join(problem)}", file=sys.stderr)
                    continue
                shown = " ".join(settings) or "-"
                old = TABLE.rows().get((f"`{method}`", f"{epsilon:g}", shown), "")
                accuracies = {int(s): float(a) for a, s in SEED.findall(old)}
                last = report["rounds"][-1]
                accuracies[seed] = 100 * last["metrics"]["mean"]["accuracy"]
                row = line(method, epsilon, shown, accuracies, last["epsilon"], minutes)
                print(row, end="", flush=True)
                TABLE.write([row])
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
