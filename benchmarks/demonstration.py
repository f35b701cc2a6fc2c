"""What the scripts beside this one share: one run of the demonstration, and tables in docs/benchmarks.md."""
import json
import pathlib
import shutil
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
LARGE_RANK = {"fed-sb": 64, "ravan": 64}  # their papers' point: a large rank at little traffic


def large_rank(method):
    """The settings that give a method the rank its paper is about."""
    return [f"adapter.rank={LARGE_RANK[method]}"] if method in LARGE_RANK else []


def run(method, rounds, settings, seed, options=()):
    """The report of ./tributary demo (or None), the last line of what it said, and the minutes it took."""
    out = pathlib.Path(tempfile.mkdtemp(prefix="tributary-demo-"))
    command = ["./tributary", "demo", "--method", method, "--rounds", str(rounds), "--seed", str(seed), "--json",
               "--out", str(out), *options]
    for setting in settings:
        command += ["--set", setting]
    begin = time.time()
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        report = json.loads(done.stdout[done.stdout.index("{"):]) if "{" in done.stdout else None
        if done.returncode != 0 or report is None:
            return None, (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:], 0
        return report, [], (time.time() - begin) / 60
    finally:
        shutil.rmtree(out, ignore_errors=True)


class Table:
    """A table of docs/benchmarks.md between two comments; its first columns name a row."""

    def __init__(self, name, keys, *columns):
        self.begin, self.end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
        self.keys = keys
        self.header = f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n"

    def key(self, row):
        return tuple(cell.strip() for cell in row.split("|")[1:1 + self.keys])

    def rows(self):
        """The rows that stand there, by key."""
        old = PAGE.read_text().split(self.begin)[1].split(self.end)[0]
        return {self.key(row): row + "\n" for row in old.splitlines() if row.startswith("| `")}

    def write(self, rows):
        """Puts rows in place of those with the same key."""
        kept = self.rows()
        for row in rows:
            kept[self.key(row)] = row
        page = PAGE.read_text()
        before, rest = page.split(self.begin)
        after = rest.split(self.end)[1]
        PAGE.write_text(before + self.begin + self.header + "".join(kept[k] for k in sorted(kept)) + self.end + after)
