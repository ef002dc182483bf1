"""The rivals of a sweep: Mesa's bounded confidence, run many times as a user of each tool would have it run.

``python -m benchmarks.sweep_rivals NAME --runs N --workers N --out DIR``: each is a program of its own, so that it can be
timed, looked at and killed from outside. All but Hydra write one table at the end, as their manuals show it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import networkx
import numpy as np
import pandas as pd

from benchmarks.work import MEAN_DEGREE, RESPONSIVENESS
from tests.reference.bounded_confidence_mesa import BoundedConfidence

ORGANISATIONS, TICKS, EVERY = 100, 50, 5
TOLERANCES = tuple(round(0.1 + 0.04 * k, 2) for k in range(20))
RESULT = "runs.csv"


def words(organisations: int = ORGANISATIONS, ticks: int = TICKS) -> tuple[str, ...]:
    """Return the same work in ecosim's words, for its scenario of opinions."""
    return (
        f"ecosystem.organisations={organisations}",
        f"ticks={ticks}",
        "ecosystem.network.kind=random",
        f"ecosystem.network.degree={MEAN_DEGREE}",
        f"dynamics.stance.responsiveness={RESPONSIVENESS}",
        "measures=[dispersion]",
        f"record={{every: {EVERY}, events: false, figures: false, organisations: never, relationships: never}}",
    )


def run(tolerance: float, seed: int, n: int = ORGANISATIONS, ticks: int = TICKS) -> dict[str, float]:
    """Return what one run of Mesa's model comes to: the dispersion of opinions, at the end and in the second half."""
    luck = np.random.default_rng(seed)
    network = networkx.gnm_random_graph(n, n * MEAN_DEGREE // 2, seed=int(luck.integers(2**31)))
    model = BoundedConfidence(luck.uniform(-1, 1, n).tolist(), network.edges, tolerance, RESPONSIVENESS, seed=seed)
    series = []
    for tick in range(1, ticks + 1):
        model.step()
        if tick % EVERY == 0:
            series.append(float(np.std(model.agents.get("opinion"))))
    return {"dispersion": series[-1], "mean_dispersion": float(np.mean(series[len(series) // 2 :]))}


def points(runs: int) -> list[tuple[float, int]]:
    """Return tolerance and seed of each run."""
    return [(TOLERANCES[k % len(TOLERANCES)], k // len(TOLERANCES)) for k in range(runs)]


def run_point(point: tuple[float, int]) -> dict[str, float]:
    """Return a row of the table."""
    tolerance, seed = point
    return {"tolerance": tolerance, "seed": seed, **run(tolerance, seed)}


def with_executor(runs: int, workers: int, out: Path) -> None:
    """Have a pool of the standard library make them."""
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(workers) as pool:
        rows = list(pool.map(run_point, points(runs), chunksize=4))
    pd.DataFrame(rows).to_csv(out / RESULT)


def with_joblib(runs: int, workers: int, out: Path) -> None:
    """Have joblib make them."""
    from joblib import Parallel, delayed

    rows = Parallel(n_jobs=workers)(delayed(run_point)(point) for point in points(runs))
    pd.DataFrame(rows).to_csv(out / RESULT)


def with_workbench(runs: int, workers: int, out: Path) -> None:
    """Have the EMA Workbench make them, at points of its own."""
    from ema_workbench import IntegerParameter, Model, MultiprocessingEvaluator, RealParameter, ScalarOutcome

    model = Model("opinions", function=run)
    model.uncertainties = [RealParameter("tolerance", 0.1, 0.9), IntegerParameter("seed", 0, 2**31 - 1)]
    model.outcomes = [ScalarOutcome("dispersion"), ScalarOutcome("mean_dispersion")]
    with MultiprocessingEvaluator(model, n_processes=workers) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(scenarios=runs)
    pd.concat([experiments, pd.DataFrame(outcomes)], axis=1).to_csv(out / RESULT)


def with_hydra(runs: int, workers: int, out: Path) -> None:
    """Have Hydra's own launcher make them, one after the other, each in a folder of its own."""
    import hydra
    from hydra.core.config_store import ConfigStore
    from hydra.core.hydra_config import HydraConfig

    ConfigStore.instance().store(name="run", node={"tolerance": 0.1, "seed": 0})
    per_point = runs // len(TOLERANCES)
    sys.argv[1:] = [
        "--multirun",
        f"tolerance={','.join(str(one) for one in TOLERANCES)}",
        f"seed=range({per_point})",
        f"hydra.sweep.dir={out}",
    ]

    @hydra.main(version_base=None, config_name="run")
    def job(config) -> None:
        row = run_point((config.tolerance, config.seed))
        pd.DataFrame([row]).to_csv(Path(HydraConfig.get().runtime.output_dir) / RESULT)

    job()


def with_nothing(runs: int, workers: int, out: Path) -> None:
    """Make them in a loop: what the runs themselves take."""
    pd.DataFrame([run_point(point) for point in points(runs)]).to_csv(out / RESULT)


def with_bare_ecosim(runs: int, workers: int, out: Path) -> None:
    """Make ecosim's own runs in a loop, settings at hand, nothing kept but two numbers: what they themselves take."""
    import ecosim

    made = [ecosim.load("opinions", *words(), f"dynamics.stance.tolerance={one}") for one in TOLERANCES]
    rows = []
    for k in range(runs):
        model = ecosim.Ecosystem(made[k % len(made)], rng=k)
        model.run()
        series = model.recorder.series()["dispersion"]
        rows.append({"dispersion": series[-1], "mean_dispersion": series[len(series) // 2 :].mean()})
    pd.DataFrame(rows).to_csv(out / RESULT)


RIVALS = {
    "ProcessPoolExecutor": with_executor,
    "joblib": with_joblib,
    "EMA Workbench": with_workbench,
    "Hydra multirun": with_hydra,
    "bare": with_nothing,
    "bare ecosim": with_bare_ecosim,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=RIVALS)
    parser.add_argument("--runs", type=int, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    RIVALS[asked.name](asked.runs, asked.workers, asked.out)


if __name__ == "__main__":
    main()
