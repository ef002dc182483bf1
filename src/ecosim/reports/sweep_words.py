"""Words on a sweep: sentences made from the numbers that a page shows, and nothing that they do not say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ecosim.drawing.names import of_measure, short_name, short_names
from ecosim.drawing.style import title_of
from ecosim.reports.page import few
from ecosim.reports.panels import of_value
from ecosim.results.measured import MEAN
from ecosim.results.phrases import capitalised
from ecosim.wording import in_a_row

if TYPE_CHECKING:
    import pandas as pd

    from ecosim.reports.findings import Indices, Response, SweepFindings

NAMED = {"total": "total index", "mu_star": "μ*", "rank": "rank coefficient"}

SETTLED = 1.5
"""How many half widths a curve has to move before it is said to rise or fall."""

FEW_POINTS = 6
"""Below so many points ranks agree by chance too often: of five that mean nothing, one in sixty agree fully."""

CHANCE = 0.05
"""Share of the differences that 95 % intervals show by chance where there is none."""


def said_of_effects(found: SweepFindings) -> Iterator[str]:
    """Yield a sentence for each measure: what moves it most, and what is not seen to."""
    names = short_names(found.keys)
    unmoved = []
    for measure in found.measures:
        own = found.effects[found.effects["measure"] == measure]
        known = own[own["low"].notna()]
        seen = known[(known["low"] > 0) | (known["high"] < 0)]
        parts = []
        for factor, rows in seen.groupby("factor", sort=False):
            row = rows.iloc[int(rows["difference"].abs().to_numpy().argmax())]
            parts.append(_moved(row, names.get(str(factor), "")))
        still = [factor for factor in dict.fromkeys(known["factor"]) if factor not in set(seen["factor"])]
        title = capitalised(of_measure(measure))
        if parts:
            yield f"{title}: {'; '.join(parts)}." + (
                f" No difference is seen for {in_a_row(_names(still, names))}." if still else ""
            )
        elif len(known):
            unmoved.append(f"{of_measure(measure)} (± {few(float((known['high'] - known['low']).max() / 2))})")
    if unmoved:
        yield f"No difference is seen in {in_a_row(unmoved)}; in brackets, the least certain difference."


def said_of_responses(
    responses: Mapping[str, Response], measures: Sequence[str], found: SweepFindings
) -> Iterator[str]:
    """Yield a sentence for each measure that moves along a factor, and one for those that do not.

    Whether it moves is told by the differences between values, else by the sensitivity indices, else by the bins.
    """
    still = []
    for measure in measures:
        response = responses[measure]
        name = short_name(response.factor)
        means, half = _means_along(response)
        spots = list(means.index)
        first, last, reach = float(means.iloc[0]), float(means.iloc[-1]), float(means.max() - means.min())
        title = of_measure(measure)
        is_seen = _is_seen(found, measure, response.factor)
        if is_seen is False or (is_seen is None and not math.isnan(half) and reach <= SETTLED * half):
            still.append(title)
            continue
        is_bent = abs(last - first) < 0.5 * reach
        bend = _bend(means, half, is_bent)
        word = "goes" if is_bent else "rises" if last > first else "falls"
        ends = f"from {of_value(spots[0], 30)} to {of_value(spots[-1], 30)}"
        told = f"{capitalised(title)} {word} from {few(first)} to {few(last)} as {name} goes {ends}"
        yield f"{told}{bend}."
    if still:
        yield f"Not seen to move: {in_a_row(still)}."


def _is_seen(found: SweepFindings, measure: str, factor: str) -> bool | None:
    """Return whether a factor is seen to change a measure; None where nothing is known."""
    effects = found.effects
    own = effects[(effects["measure"] == measure) & (effects["factor"] == factor) & effects["low"].notna()]
    if len(own):
        return bool(((own["low"] > 0) | (own["high"] < 0)).any())
    if found.indices is not None and measure in found.indices.idle:
        return factor not in found.indices.idle[measure]
    return None


def _means_along(response: Response) -> tuple[pd.Series[float], float]:
    """Return the mean at each value or bin, and half the interval of such a mean."""
    if response.lines is not None:
        frame = response.lines
        half = float((frame["high"] - frame["low"]).mean() / 2)
        whole = frame.assign(second=frame["second"].map(str)).groupby("second")["mean"].transform("count")
        lines = frame[whole == whole.max()]  # a line with a gap would bend the mean of all
        return lines.groupby("value", sort=False)["mean"].mean(), half
    assert response.bins is not None
    bins = response.bins.assign(x=[float(f"{x:.3g}") for x in response.bins["x"]])
    return bins.set_index("x")["mean"], float((bins["high"] - bins["low"]).mean() / 2)


def _bend(means: pd.Series[float], half: float, is_bent: bool) -> str:
    """Return a clause on a peak or low between the ends, where it is clear, or most of what there is to tell."""
    first, last = float(means.iloc[0]), float(means.iloc[-1])
    over, under = float(means.max()) - max(first, last), min(first, last) - float(means.min())
    bend, reach = max(over, under), float(means.max() - means.min())
    if not is_bent and (math.isnan(half) or bend <= SETTLED * half or bend <= 0.25 * reach):
        return ""
    place = int(means.to_numpy().argmax() if over > under else means.to_numpy().argmin())
    what = "a peak" if over > under else "a low"
    return f", with {what} of {few(float(means.iloc[place]))} at {of_value(means.index[place])}"


def said_of_maps(found: SweepFindings) -> str:
    """Return where the first measure is high and low, and the stages that occur."""
    if found.maps is None:
        return ""
    names = short_names(found.keys)
    told = []
    for measure, cells in found.maps.means.items():
        there = cells[cells["mean"].notna()]
        if not len(there):
            continue
        means = there["mean"].to_numpy()
        high, low = there.iloc[int(means.argmax())], there.iloc[int(means.argmin())]
        told.append(
            f"{capitalised(of_measure(measure))} is highest ({few(float(high['mean']))}) at "
            f"{_at(high, found, names)} and lowest ({few(float(low['mean']))}) at {_at(low, found, names)}."
        )
        luck = found.noise.loc[found.noise["measure"] == measure, "luck"]
        if len(luck) and float(luck.iloc[0]) > 0.5:
            told.append("Most of what it differs by is luck.")
    return " ".join(told)


def said_of_plane(found: SweepFindings) -> str:
    """Return whether collaboration and polarisation go together over the points."""
    if found.plane is None or len(found.plane) < 2:
        return ""
    x, y = found.plane["x"], found.plane["y"]
    if len(x) < FEW_POINTS:
        return f"{len(x)} points are too few to tell whether the two go together."
    if x.std() == 0 or y.std() == 0:
        return "One of the two is the same at every point."
    rank = float(x.rank().corr(y.rank()))
    how = "hardly go together" if abs(rank) < 0.3 else "rise together" if rank > 0 else "go against each other"
    strength = "" if abs(rank) < 0.3 else " loosely" if abs(rank) < 0.6 else " closely"
    return f"Over the {len(x)} points the two {how}{strength} (rank correlation {few(round(rank, 2))})."


def said_of_time(found: SweepFindings) -> Iterator[str]:
    """Yield which measures end apart in the groups, and which were still on the move when the runs ended."""
    moving, apart = [], []
    for measure, frame in found.series.items():
        last = frame[frame["tick"] == frame["tick"].max()]
        half = frame[frame["tick"] >= 0.5 * frame["tick"].max()]
        reach = float(frame["mean"].max() - frame["mean"].min())
        by = [found.lead] if found.lead is not None else []
        groups = half.groupby(by)["mean"] if by else half.assign(all=0).groupby("all")["mean"]
        if reach > 0 and float((groups.last() - groups.first()).abs().max()) > 0.25 * reach:
            moving.append(title_of(measure))
        if found.lead is not None and len(last) > 1:
            order = last["mean"].to_numpy().argsort()
            ends = [
                f"{few(float(last['mean'].iloc[k]))} ({of_value(last[found.lead].iloc[k])})"
                for k in (order[0], order[-1])
            ]
            apart.append(f"{title_of(measure)} {ends[0]} to {ends[1]}")
        else:
            apart.append(f"{title_of(measure)} {few(float(last['mean'].iloc[0]))}")
    name = "" if found.lead is None else f", by {short_name(found.lead)}"
    yield f"At the end{name}: {'; '.join(apart)}."
    if moving:
        yield f"Still on the move in the second half: {in_a_row(moving)}. Longer runs may end elsewhere."


def said_of_convergence(found: SweepFindings) -> str:
    """Return how many measures have the replicates that they need, and how many the one would that needs most.

    Where points differ in their replicates, the fewest count: they are what tells that point from another.
    """
    noise = found.noise[found.noise["measure"].isin(found.measures)]
    rows = noise[noise["needed"].notna()].sort_values("needed")
    if not len(rows):
        return ""
    enough = rows[rows["needed"] <= found.fewest]
    worst = rows.iloc[-1]
    told = (
        f"With {found.counted} replicates, {len(enough)} of {len(rows)} measures tell two points apart to a tenth of "
        "their range over all points"
    )
    if worst["needed"] > found.fewest:
        told += f"; {of_measure(worst['measure'])} would need {few(float(worst['needed']))}"
        if worst["luck"] > 0.5:
            told += ", for most of what it differs by is luck"
    return f"{told}."


def said_of_indices(found: Indices, measures: Sequence[str], keys: Sequence[str]) -> Iterator[str]:
    """Yield for each measure which factor matters most and which do nothing that is seen."""
    names = short_names(keys)
    kind = {"sobol": "total", "grid": "total", "morris": "mu_star"}.get(found.method, "rank")
    silent = []
    for measure in measures:
        own = found.table[(found.table["measure"] == measure) & (found.table["index"] == kind)]
        if not len(own):
            continue
        idle = list(found.idle.get(measure, ()))
        working = own[~own["factor"].isin(idle)]
        told = f"{capitalised(of_measure(measure))}: "
        if len(working):
            row = working.iloc[int(working["value"].abs().to_numpy().argmax())]
            known = not math.isnan(row["low"])
            within = f", {few(float(row['low']))} to {few(float(row['high']))}" if known else ""
            told += f"most is due to {names[row['factor']]} ({NAMED[kind]} {few(float(row['value']))}{within})"
        else:
            silent.append(of_measure(measure))
            continue
        if idle:
            told += f"; no effect is seen of {in_a_row([names[key] for key in idle])}"
        yield told + "."
    if silent:
        yield f"Nothing that was varied is seen to matter for {in_a_row(silent)}."


def said_in_brief(found: SweepFindings) -> Iterator[str]:
    """Yield the few sentences that somebody in a hurry should read."""
    yield from _on_failures(found)
    if found.search is not None:
        yield from found.search.says
        yield found.search.note
        return
    names = short_names(found.keys)
    if found.asked:
        yield _on_asked(found)
    if len(found.effects):
        yield from _on_effects(found, names)
    elif found.indices is not None:
        yield from list(said_of_indices(found.indices, found.measures, found.keys))[:3]
    if found.replicates > 1:
        told = said_of_convergence(found)
        if told:
            yield told
    else:
        yield (
            "There is one run a point, so nothing can be told of chance: whether there is any in the model, or how much of "
            "what differs comes of it. More replicates would tell."
        )


def over_half(measures: Sequence[str]) -> str:
    """Return a clause that tells which measures are means over the second half of a run; nothing where none is."""
    means = [name for name in measures if name.endswith(MEAN)]
    if len(means) == len(measures):
        return ", over the second half of a run"
    return "" if not means else ", over the second half of a run where not said otherwise"


def _on_asked(found: SweepFindings) -> str:
    """Return which measures the comparison was asked for, and how many differences that are."""
    many = len(found.effects)
    counted = f"{many:,} differences are" if many != 1 else "1 difference is"
    return (
        f"Shown is what the comparison was asked for, at the same moment as in its table of differences: "
        f"{in_a_row([of_measure(name) for name in found.asked])}. {counted} looked at."
    )


def _on_failures(found: SweepFindings) -> Iterator[str]:
    failed = sum(count for status, count in found.statuses.items() if status != "ok")
    made = sum(found.statuses.values())
    if made < found.planned:
        yield f"Only {made:,} of {found.planned:,} runs have been made; what follows is from those."
    if failed:
        yield f"{failed:,} of {made:,} runs failed and {'is' if failed == 1 else 'are'} left out: see below."


def _on_effects(found: SweepFindings, names: dict[str, str]) -> Iterator[str]:
    known = found.effects[found.effects["low"].notna()]
    seen = known[(known["low"] > 0) | (known["high"] < 0)]
    spread = found.noise.set_index("measure")["within"]
    sized = seen.assign(size=[_ratio(row["difference"], spread.get(row["measure"])) for _, row in seen.iterrows()])
    for factor, rows in sized.groupby("factor", sort=False):
        row = rows.sort_values("size", ascending=False).iloc[0]
        name = names.get(str(factor), "")
        what = f"the clearest effect is on {of_measure(row['measure'])}"
        yield f"{name or 'The points'}: {what}; {_moved(row, name)}."
    if len(seen) and _may_be_chance(len(seen), len(known)):
        yield (
            f"That is little to go by: {len(seen)} of the {len(known)} differences looked at seem to be there, and by "
            f"chance alone about {max(1, round(CHANCE * len(known)))} would."
        )
    idle = [factor for factor in dict.fromkeys(known["factor"]) if factor not in set(seen["factor"])]
    if idle:
        yield f"Of {in_a_row(_names(idle, names))} no effect is seen on any of the {len(found.measures)} measures shown."


def _may_be_chance(seen: int, looked_at: int) -> bool:
    """Return whether so many of these differences would seem to be there in one of twenty sweeps in which none is."""
    from scipy.stats import binom

    return bool(binom.sf(seen - 1, looked_at, CHANCE) > CHANCE)


def _moved(row: pd.Series[Any], name: str) -> str:
    word = "raises" if row["difference"] > 0 else "lowers"
    low, high = sorted((abs(float(row["low"])), abs(float(row["high"]))))
    what = f"{of_value(row['value'])} instead of {of_value(row['against'])}"
    by = f"{few(abs(float(row['difference'])))} ({few(low)} to {few(high)})"
    return f"{f'{name} ' if name else ''}{what} {word} it by {by}"


def _ratio(difference: float, spread: Any) -> float:
    return abs(difference) / float(spread) if spread is not None and float(spread) > 0 else math.inf


def _at(row: pd.Series[Any], found: SweepFindings, names: dict[str, str]) -> str:
    assert found.maps is not None
    across, up = found.maps.across, found.maps.up
    return f"{names[across]} {_three(row['across'])}, {names[up]} {_three(row['up'])}"


def _three(value: Any) -> str:
    return few(value) if isinstance(value, float) else of_value(value)


def _names(keys: Sequence[Any], names: dict[str, str]) -> list[str]:
    return [names.get(str(key), "the other points") for key in keys]
