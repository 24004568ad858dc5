# SPDX-License-Identifier: Apache-2.0
"""What a bench says: one row for each thing measured, with the goal it is held against."""
import dataclasses
import json
import statistics


def median(values):
    return statistics.median(values)


@dataclasses.dataclass
class Row:
    """`goal` is text for the reader; `met` is None where nothing is promised."""
    name: str
    ours: float
    peer: float = None
    unit: str = ""
    goal: str = ""
    met: bool = None
    against: str = ""

    @property
    def ratio(self):
        return self.ours / self.peer if self.peer else None


def number(value):
    if value is None:
        return "-"
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"


class Report:
    """Prints each row as it comes; at the end `as_json` has them all."""

    HEAD = f"{'what':<52}{'ours':>9}{'peer':>9}{'ratio':>7}  {'goal':<34}{'':<7} against"

    def __init__(self, quiet=False):
        self.rows = []
        self._quiet = quiet
        if not quiet:
            print(self.HEAD, flush=True)

    def add(self, name, ours, peer=None, *, unit="", goal="", met=None, against=""):
        row = Row(name, ours, peer, unit, goal, met, against)
        self.rows.append(row)
        if not self._quiet:
            verdict = "" if met is None else "met" if met else "MISSED"
            ratio = "-" if row.ratio is None else f"{row.ratio:.2f}"
            what = f"{name}, {unit}" if unit else name
            print(f"{what:<52}{number(ours):>9}{number(peer):>9}{ratio:>7}  {goal:<34}{verdict:<7} {against}".rstrip(), flush=True)
        return row

    def not_run(self, name, reason):
        """In the place of a row: nothing was measured."""
        if not self._quiet:
            print(f"{name:<52}{'not run':>9}  {reason}", flush=True)

    def at_most(self, name, ours, limit, peer=None, **more):
        """Held against a number."""
        more.setdefault("goal", f"≤ {number(limit)}")
        return self.add(name, ours, peer, met=ours <= limit, **more)

    def ratio_at_most(self, name, ours, peer, limit, **more):
        return self.add(name, ours, peer, goal=f"≤ {limit:g} ×", met=ours <= limit * peer, **more)

    def ratio_at_least(self, name, ours, peer, limit, **more):
        return self.add(name, ours, peer, goal=f"≥ {limit:g} ×", met=ours >= limit * peer, **more)

    def as_json(self):
        return json.dumps([{**dataclasses.asdict(row), "ratio": row.ratio} for row in self.rows], indent=1)

    def summary(self):
        promised = [row for row in self.rows if row.met is not None]
        missed = [row.name for row in promised if not row.met]
        text = f"{len(promised) - len(missed)} of {len(promised)} goals met"
        return text + (f"; missed: {', '.join(missed)}" if missed else "")
