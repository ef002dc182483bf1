"""Synergy three ways: the ledger and its dividends, the information in the series, and the world without relationships.

Each sees another side. The ledger says what coalitions made beyond their members alone, given the effort they made;
dividends say among how many at once it arises; information says whether sectors' fates are known only together; the
counterfactual says what relationships changed in all, incentives included. Where they differ, that is a result, not a
fault.

Relationships bring something even where coalitions make exactly the sum of their parts: others work, on other issues, and
harder or less hard. So the counterfactual itself tells whether relationships help, and not whether there is synergy; that is
told by its excess over what the same counterfactual gives in a world in which parts only add up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.compose import load
from ecosim.dynamics.production.scheduled import makes_in_coalitions
from ecosim.dynamics.production.shapley import between_members
from ecosim.dynamics.production.together import together
from ecosim.dynamics.production.work import Work
from ecosim.errors import InputError
from ecosim.experiments.design import seed_of_replicate
from ecosim.experiments.intervals import half_width
from ecosim.measures.information import against_surrogates
from ecosim.measures.synergy import harsanyi_dividends, values_of_every_set
from ecosim.rng import stream
from ecosim.settings import Settings, settings_from

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ecosim.world.world import World

RELATIONAL = frozenset(
    {"meeting", "synergist", "strategist", "joining", "landscape", "relationship", "ripple", "pooling", "absorption"}
)
"""Rules without which nothing is between organisations."""

_SEPARATE: dict[str, dict[str, Any]] = {"policy": {"convening": 0.0}, "turnover": {"acquaintances": 0}}
"""Rules that do other things, too, with what keeps each from making ties."""

LARGEST = 12
"""Members above which a coalition's dividends are not computed: there are 2ⁿ of them."""

_NEEDED = ("surplus_ratio", "total_value", "success")


@dataclass(frozen=True)
class Synergy:
    """What the three ways say.

    Attributes:
        table: a row a way: ``way``, ``what``, ``unit``, ``runs``, ``mean``, ``low``, ``high`` (95 % interval over runs),
            ``says`` (synergy, none, the opposite, or undefined; of the counterfactual as such: helps, harms, …).
        dividends: a row for each number of members that a dividend needs: ``members``, ``share`` of what coalitions made.
        agree: whether no two ways contradict each other; that relationships help, or harm, contradicts none.
    """

    table: pd.DataFrame
    dividends: pd.DataFrame
    agree: bool


def synergy(
    scenario: str | Settings = "town",
    *overrides: str,
    replicates: int = 20,
    seed: int | None = None,
    surrogates: int = 99,
    trust: Iterable[str] = (),
) -> Synergy:
    """Return whether the whole is more than its parts, seen three ways, over replicates with and without relationships.

    A replicate takes four runs with the same luck: with relationships and without, each also in a world whose parts only
    add up, in which there is no synergy (two, where they only add up anyway).

    Args:
        scenario: name of a scenario with joint work or a public good of coalitions, or settings.
        *overrides: changes of it.
        replicates: such sets of runs, at least 3.
        seed: those of the replicates are derived from it; by default the scenario's.
        surrogates: for the information of each run, at least 19.
        trust: top-level packages whose rules may be imported.

    Raises:
        InputError: if coalitions make nothing in the scenario, or there are too few replicates.
    """
    if replicates < 3:
        raise InputError(f"replicates is {replicates}; allowed: at least 3")
    settings = scenario if isinstance(scenario, Settings) else load(scenario, *overrides, trust=trust)
    work = _work_of(settings)
    if work is None:
        raise InputError(
            "coalitions make nothing in this schedule; allowed: a scenario with the rule joint_work, or with a public good "
            "of coalitions that is shared out"
        )
    base = settings.seed if seed is None else seed
    adds_up = all(getattr(work, name) == value for name, value in work.adding_up().items())
    plain_sum = settings if adds_up else adding_up(settings)
    here, without = _measured(settings), _measured(apart(settings))
    neutral = None if adds_up else (_measured(plain_sum), _measured(apart(plain_sum)))
    rows = [_run_set(here, without, neutral, seed_of_replicate(base, r), work, surrogates) for r in range(replicates)]
    return _told([row for row, _ in rows], [dividends for _, dividends in rows])


def apart(settings: Settings) -> Settings:
    """Return the same world with relationships switched off: no ties, no coalitions, nobody to meet.

    Rules of a user's own stay as they are; interventions that introduce or convene are left out.
    """
    from ecosim.compose import plain

    data = plain(settings)
    rules = {name: settings.dynamics[name].rule() for name in settings.schedule}
    kept = [name for name, rule in rules.items() if rule not in RELATIONAL]
    data["schedule"] = kept
    data["dynamics"] = {name: {**data["dynamics"][name], **_SEPARATE.get(rules[name], {})} for name in kept}
    data["interventions"] = [done for done in data["interventions"] if done["do"] not in ("introduce", "convene")]
    data["ecosystem"]["network"] = {"kind": "none"}
    return settings_from(data, {type(rule).__module__.split(".")[0] for rule in settings.dynamics.values()})


def adding_up(settings: Settings) -> Settings:
    """Return the same world with production in which parts only add up: relationships are there, synergy is not."""
    from ecosim.compose import plain

    data = plain(settings)
    for name, rule in settings.dynamics.items():
        if isinstance(rule, Work):
            data["dynamics"][name] = {**data["dynamics"][name], **rule.adding_up()}
    return settings_from(data, {type(rule).__module__.split(".")[0] for rule in settings.dynamics.values()})


def dividends_of(world: World, work: Work) -> NDArray[np.float64]:
    """Return what of the coalitions' joint work comes of every number of members at once (LARGEST + 1,), in output.

    Place 1 is what members would make alone, place 2 the sum of all pairs' dividends, and so on: they sum to v of all
    coalitions, without what their pools add. Coalitions above ``LARGEST`` members are left out.
    """
    by_size = np.zeros(LARGEST + 1)
    for c in range(world.coalitions):
        rows = world.member[world.first_member[c] : world.first_member[c + 1]]
        if rows.size > LARGEST:
            continue
        members = slice(world.first_member[c], world.first_member[c + 1])
        values = _values(world, work, rows, members, int(world.coalition_issue[c]))
        dividends = harsanyi_dividends(values)
        sizes = np.array([bin(subset).count("1") for subset in range(dividends.size)])
        np.add.at(by_size, sizes, dividends)
    return by_size


def _values(world: World, work: Work, rows: NDArray[np.int64], members: slice, issue: int) -> NDArray[np.float64]:
    efforts = world.member_effort[members]
    brought = efforts[:, None] * world.capability[rows]
    needs, rates = world.needs[issue], work.rates()
    # Of today's capabilities, as what sets make is: absorption may have changed them since production.
    alone = np.array(
        [together(one, effort, needs, 0.0, 0.0, 0.0, 1, rates) for one, effort in zip(brought, efforts, strict=True)]
    )
    bonds, gaps = between_members(
        rows, (world.sector, world.culture, world.stance, world.capability),
        (world.first_tie, world.partner, world.tie, world.bond, world.translation), work.weights(),
    )  # fmt: skip

    def value(chosen: NDArray[np.bool_]) -> float:
        count = int(chosen.sum())
        if count < 2:
            return float(alone[chosen].sum())
        within = np.ix_(chosen, chosen)
        pair_bonds, pair_gaps = 0.5 * bonds[within].sum(), 0.5 * gaps[within].sum()
        return float(
            together(
                brought[chosen].sum(axis=0), efforts[chosen].sum(), needs, pair_bonds, pair_gaps, 0.0, count, rates
            )
        )

    return values_of_every_set(value, rows.size)


def _measured(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"measures": _NEEDED, "record": settings.record.model_copy(update={"events": False, "every": 1})}
    )


def _work_of(settings: Settings) -> Work | None:
    rules = settings.dynamics
    return next((rule for rule in rules.values() if makes_in_coalitions(rule, rules)), None)


def _made(settings: Settings, seed: int) -> float:
    """Return the mean total value over the second half of a run."""
    from ecosim.ecosystem import Ecosystem

    model = Ecosystem(settings, rng=seed)
    model.run()
    series = model.recorder.series()
    return float(np.nanmean(series["total_value"][series["tick"] >= series["tick"][-1] / 2]))


def _run_set(
    here: Settings,
    without: Settings,
    neutral: tuple[Settings, Settings] | None,
    seed: int,
    work: Work,
    surrogates: int,
) -> tuple[dict[str, float], NDArray[np.float64]]:
    from ecosim.ecosystem import Ecosystem

    model = Ecosystem(here, rng=seed)
    model.run()
    series = model.recorder.series()
    late = series["tick"] >= series["tick"][-1] / 2
    sectors = np.column_stack([series[f"success_{sector}"][late] for sector in model.world.labels.sectors])
    defined = np.isfinite(sectors).all(axis=1)
    found = against_surrogates(sectors[defined], stream(seed, "surrogates").key(0), surrogates=surrogates)
    dividends = dividends_of(model.world, work)
    total = dividends.sum()
    brings = float(np.nanmean(series["total_value"][late])) - _made(without, seed)
    row = {
        "ledger": float(np.nanmean(series["surplus_ratio"][late])) - 1.0,
        "dividends": float(dividends[2:].sum() / total) if total > 0 else np.nan,
        "information": found.corrected,
        "excess": 0.0 if neutral is None else brings - (_made(neutral[0], seed) - _made(neutral[1], seed)),
        "counterfactual": brings,
    }
    return row, dividends / total if total > 0 else np.full_like(dividends, np.nan)


def _told(rows: list[dict[str, float]], dividends: list[NDArray[np.float64]]) -> Synergy:
    import pandas as pd

    table = pd.DataFrame(
        [{"way": way, **words, **_interval([row[way] for row in rows], sign)} for way, words, sign in _WAYS]
    )
    mean = np.nanmean(np.array(dividends), axis=0) if np.isfinite(dividends).any() else np.full(LARGEST + 1, np.nan)
    by_size = pd.DataFrame({"members": np.arange(1, LARGEST + 1), "share": mean[1:]})
    table["says"] = [
        _HELP.get(says, says) if way == "counterfactual" else says
        for way, says in zip(table["way"], table["says"], strict=True)
    ]
    said = set(table["says"]) & {"synergy", "the opposite"}
    return Synergy(table, by_size, len(said) <= 1)


def _interval(values: list[float], sign: int) -> dict[str, Any]:
    """Return mean and 95 % interval over runs, and what it says where ``sign`` times the value is synergy."""
    there = np.array([value for value in values if np.isfinite(value)])
    if there.size < 3:
        return {"runs": there.size, "mean": np.nan, "low": np.nan, "high": np.nan, "says": "undefined"}
    half = half_width(there)
    low, high = there.mean() - half, there.mean() + half
    says = "none" if low <= 0 <= high else "synergy" if sign * there.mean() > 0 else "the opposite"
    return {"runs": there.size, "mean": float(there.mean()), "low": float(low), "high": float(high), "says": says}


_HELP = {"synergy": "helps", "the opposite": "harms"}
"""What the counterfactual as such says, which is not neutral without synergy."""

_WAYS: tuple[tuple[str, dict[str, str], int], ...] = (
    (
        "ledger",
        {"what": "made by coalitions beyond what the same effort makes alone", "unit": "share of the latter"},
        1,
    ),
    ("dividends", {"what": "of what coalitions make, arises between two members or more", "unit": "share"}, 1),
    ("information", {"what": "O-information of the sectors' success, less that of surrogates", "unit": "bit"}, -1),
    (
        "excess",
        {
            "what": "counterfactual, less what it is where parts only add up",
            "unit": "output / tick",
        },
        1,
    ),
    (
        "counterfactual",
        {"what": "total value, less that of the same world without relationships", "unit": "output / tick"},
        1,
    ),
)
