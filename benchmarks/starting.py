#!/usr/bin/env python3
"""How long a coordinator takes until it answers, with its broker and an empty database: python benchmarks/starting.py

Seconds from the start of the launcher to the line that says the address, and the processor time of the whole process until
it has stopped again, which other work on the machine disturbs less. Run ./tributary share-classes before for the second
figure of docs/benchmarks.md, and without the archive (cli/target/tributary.jsa) for the first.
"""
import argparse
import os
import shlex
import statistics
import subprocess
import tempfile
import time

parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
parser.add_argument("--launcher", default="./tributary", help="./tributary, or bin/tributary of a release")
parser.add_argument("--runs", type=int, default=5)
arguments = parser.parse_args()


def start():
    with tempfile.TemporaryDirectory() as scratch:
        command = [*shlex.split(arguments.launcher), "coordinator", "--exit-when-ready", f"--tributary.data-dir={scratch}",
                   "--tributary.http.port=0", "--tributary.broker.port=0"]
        before = os.times()
        begin = time.monotonic()
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        ready = None
        said = []
        for line in process.stderr:
            said.append(line)
            if ready is None and line.startswith("Coordinator at "):
                ready = time.monotonic() - begin
        if process.wait() != 0 or ready is None:
            raise SystemExit("".join(said))
        after = os.times()
        return ready, after.children_user + after.children_system - before.children_user - before.children_system


runs = [start() for _ in range(arguments.runs)]
for ready, processor in runs:
    print(f"ready after {ready:.2f} s, {processor:.2f} s of processor time")
print(f"median {statistics.median(r for r, _ in runs):.2f} s, {statistics.median(p for _, p in runs):.2f} s of processor time")
