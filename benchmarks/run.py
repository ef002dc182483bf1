"""ecosim beside plain Mesa, Mesa's network space and NumPy, on the same models, in one run.

``python -m benchmarks.run`` takes some minutes, with ``--quick`` less than one; ``--full`` also measures how the cost of
town grows, up to a million organisations.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks import docking, growth, mechanisms, output, small, speed, waiting

ROOT = Path(__file__).resolve().parents[1]
QUICK = {"sizes": {1_000: 2, 10_000: 2}, "mesa_up_to": 10_000, "rounds": 2, "ticks": 2}
USUAL = {"sizes": {1_000: 5, 10_000: 5, 100_000: 2, 1_000_000: 3}, "mesa_up_to": 100_000, "rounds": 5, "ticks": 3}
FULL = {**USUAL, "sizes": {1_000: 9, 10_000: 7, 100_000: 3, 1_000_000: 5}}
EACH = (200, 2_000, 20_000)
EVERY_RULE = (200, 800)
GROWTH = (1_000, 10_000, 100_000, 1_000_000)


def main(arguments: list[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    folder = Path(asked.out)
    folder.mkdir(parents=True, exist_ok=True)
    print(output.machine())

    plan = QUICK if asked.quick else FULL if asked.full else USUAL
    if asked.organisations:
        plan = {**plan, "sizes": dict.fromkeys(asked.organisations, plan["rounds"])}
    ticks = []
    for row in speed.measure(**plan):
        ticks.append(row.plain())
        print(f"  {row.model}, {row.n:,}: {row.rival} {ticks[-1]['ns_per_organisation_and_tick']:,.0f} ns", flush=True)
    output.show("Time of a tick (one thread, nothing recorded)", ticks)
    output.write_table(folder / "ticks.csv", ticks)
    figure = output.plot(ticks)
    figure.savefig(folder / "ticks.png", dpi=150)
    figure.savefig(folder / "ticks.svg", metadata={"Date": None})

    runs = [row.plain() for row in small.measure(2 if asked.quick else 5, asked.ticks)]
    runs.append(small.measure_town(1.0 if asked.quick else 10.0, asked.ticks))
    if not asked.quick:
        runs.append(small.measure_town_swept(120))
        runs.append(small.measure_town_swept(120, *small.core_of_town(), model="town, its core"))
    output.show(
        "Whole runs a second on one core: founded and stepped, with nothing recorded or a number at each tick", runs
    )
    output.write_table(folder / "runs.csv", runs)

    acts = list(mechanisms.measure((200,) if asked.quick else EACH, 2 if asked.quick else 3))
    output.show("Each mechanism of town (ten citizens an organisation, a million at most)", acts)
    output.write_table(folder / "mechanisms.csv", acts)

    if not asked.quick:
        rules = list(mechanisms.measure_every_rule(EVERY_RULE))
        output.show("Every rule there is, in one world, in two ways (ten citizens an organisation)", rules)
        output.write_table(folder / "rules.csv", rules)

    docked = list(docking.measure(20 if asked.quick else docking.RUNS))
    output.show("Published models", docked)
    output.write_table(folder / "docking.csv", docked)

    waits = list(waiting.measure(1 if asked.quick else 5, whole_runs=not asked.quick))
    output.show(
        "What a user waits for, the fastest of some rounds (a limit is for two cores that do nothing else)", waits
    )
    output.write_table(folder / "waiting.csv", waits)

    if asked.full:
        grown = list(growth.measure(GROWTH))
        output.show("Growth of town (mean degree 10, each size in a process of its own)", grown)
        for column in ("seconds_to_found", "seconds_per_tick", "seconds_to_read_partners"):
            print(f"{column.replace('_', ' ')} grow as (organisations + ties) ^ {growth.exponent(grown, column):.3f}")
        crowded = list(growth.measure(GROWTH[-1:], citizens=GROWTH[-1]))
        output.show(f"The same with {GROWTH[-1]:,} citizens", crowded)
        output.write_table(folder / "growth.csv", grown + crowded)
    print(f"\nTables and plot: {folder}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument("--quick", action="store_true", help="small sizes, few rounds")
    extent.add_argument("--full", action="store_true", help="more rounds, and the growth of cost")
    parser.add_argument("--organisations", type=int, nargs="+", help="these sizes only")
    parser.add_argument("--ticks", type=int, default=small.TICKS, help="length of the whole runs (%(default)s)")
    parser.add_argument("--out", default=str(ROOT / "benchmarks" / "results"), help="folder (%(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
