"""Tipping: where along a parameter an outcome goes over from one regime to another, searched for adaptively."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecosim.drawing.meaning import meanings
from ecosim.drawing.tipping import draw
from ecosim.errors import InputError, printable
from ecosim.experiments.bar import looked_at
from ecosim.experiments.both_ways import BothWays, Ramp, both_ways_of
from ecosim.experiments.crossing import Crossing, Estimate, crossing
from ecosim.experiments.expense import tell_expense
from ecosim.experiments.failing import commonest
from ecosim.experiments.folder import FAILURES
from ecosim.experiments.keeping import kept
from ecosim.experiments.lasting import lasting
from ecosim.experiments.meaning import meanings_of
from ecosim.experiments.plan import Plan
from ecosim.experiments.question import INNER_VALUES, Question, first_values, next_values, question_of
from ecosim.experiments.reading import SweepTables
from ecosim.experiments.stored import read_runs
from ecosim.experiments.sweep import Execution, Progress, run_sweep
from ecosim.experiments.time_limit import SECONDS_A_RUN
from ecosim.experiments.usable import FEWEST, Usable, laid_out, usable_of, whole
from ecosim.experiments.varied import Varied
from ecosim.experiments.verdict import Leap, estimate, is_located, is_over, leap_of, says, table_of, why_not
from ecosim.results.measured import MEAN
from ecosim.settings import Settings
from ecosim.world.actors import Actors

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Numbers = NDArray[np.float64]
Say = Callable[[str], object]

MOST_ROUNDS = 12
MOST_NOISY_ROUNDS = 3
"""Rounds within the range in which chance decides: further values there tell nothing that more replicates would not."""


@dataclass(frozen=True)
class Tipping:
    """What a search for tipping came to.

    Attributes:
        question: what was searched for; its threshold is the one that was used.
        runs: a row a run, as of a sweep.
        values: a row for each value tried: ``value``, ``runs``, ``mean``, ``low``, ``high`` (95 % interval of the mean),
            ``share_over`` (of runs in the regime of the range's end).
        ends: the measure at both ends, with 95 % intervals.
        crossing: where runs go over, whatever that is worth (``critical`` is what can be told); None where the ends do not
            differ.
        leap: how abruptly the outcome changes there; None likewise. Its ``share`` is 1 for a leap between two levels, near
            0 where the outcome slides through the threshold.
        both_ways: the same world led up and down again; None where that was not asked for.
        is_by_chance: whether runs of one value differ at all.
        says: the result in sentences.
        about: what parameter and measure mean, in a sentence.
        usable: how many replicates were asked for, how many of them have a value everywhere and are used, and why
            others are not.
    """

    question: Question
    runs: pd.DataFrame
    values: pd.DataFrame
    ends: tuple[Estimate, Estimate]
    crossing: Crossing | None
    leap: Leap | None
    both_ways: BothWays | None
    is_by_chance: bool
    says: tuple[str, ...]
    about: str = ""
    usable: Usable | None = None

    @property
    def critical(self) -> Estimate | None:
        """The critical value with its 95 % interval; None where the outcome does not go over, or it is not located."""
        return None if self.crossing is None or self.is_unlocated else self.crossing.critical

    @property
    def is_unlocated(self) -> bool:
        """Whether the outcome goes over within the range, but the interval of where is all of that range."""
        return self.crossing is not None and not is_located(self.question, self.crossing)

    @property
    def is_tipping(self) -> bool:
        """Whether there is a critical value at which the outcome leaps from one regime to the other."""
        return self.critical is not None and self.leap is not None and self.leap.is_abrupt

    def plot(self, axes: Axes | None = None) -> Axes:
        """Draw the outcome against the parameter, and return the axes."""
        return draw(self, axes)

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as plain data."""
        asked = self.question
        found: dict[str, Any] = {
            "key": asked.key, "measure": asked.measure, "from": asked.start, "to": asked.stop,
            "threshold": asked.threshold, "tipping": self.is_tipping, "ends": [list(end) for end in self.ends],
            "critical": None if self.critical is None else self.critical._asdict(), "unlocated": self.is_unlocated,
            "quarter_to_three_quarters": (
                None
                if self.crossing is None or self.critical is None
                else [self.crossing.quarter, self.crossing.three_quarters]
            ),
            "leap": None if self.leap is None else self.leap.share._asdict(),
            "settled": self.leap is None or not (self.leap.is_unsettled or self.leap.is_too_coarse),
            "both_ways": None if self.both_ways is None else self.both_ways.to_dict(),
            "replicates": None if self.usable is None else self.usable.plain(),
            "says": list(self.says),
        }  # fmt: skip
        return found


def tip(
    scenario: str | Settings | None,
    key: str,
    measure: str,
    *overrides: str,
    start: float | None = None,
    stop: float | None = None,
    threshold: float | None = None,
    replicates: int = 20,
    width: float | None = None,
    both_ways: bool = False,
    hold: int | None = None,
    steps: int = 12,
    seed: int | None = None,
    out: str | Path | None = None,
    file: str | Path | None = None,
    actors: Actors | None = None,
    trust: Iterable[str] = (),
    workers: int | None = None,
    timeout: float = SECONDS_A_RUN,
    memory: float | None = None,
    retry: bool = False,
    yes: bool = False,
    cluster: str | Path | None = None,
    say: Say = lambda sentence: None,
    progress: Callable[[Progress], object] | None = None,
) -> Tipping:
    """Search for the value of a parameter at which an outcome goes over to another regime.

    Nine values between the ends come first; then, round by round, three more where runs go over, until the 95 % interval
    is as narrow as asked for, or chance, and not the search, sets it.

    Args:
        scenario: name of a scenario, or settings.
        key: of a parameter that is a number: ``dynamics.stance.tolerance``.
        measure: what comes out: ``name`` at the end of a run, ``name.mean`` over its second half.
        *overrides: changes of the scenario, in Hydra's grammar.
        start: where the range begins; by default the least value that the parameter allows, if there is one.
        stop: where it ends; by default the greatest.
        threshold: value of the measure between the regimes; by default the middle between the means at both ends.
        replicates: runs of each value, the same luck at each; at least 6, unless two runs of each value show that there is
            no chance in the model. One with a run that fails, or has no value, is left out, which is said.
        width: how wide the interval may be; by default a hundredth of the range.
        both_ways: whether the same worlds are also led from start to stop and back, to find out whether the way back is
            another one (hysteresis). Only for keys of ``dynamics``, which act as long as a run lasts.
        hold: ticks at each value on the way, by default the scenario's; slower shows less of mere delay.
        steps: values on the way in one direction, before it is refined where the outcome goes over.
        seed: those of the replicates are derived from it; by default the scenario's.
        out: folder for the runs; if it holds this search already, only what is missing is run.
        file: a scenario of your own, instead of or upon the named one.
        actors: organisations and ties of your own, the same in every run (``ecosim.read_actors``).
        trust: top-level packages whose rules and measures may be imported.
        workers: processes; 0 makes the runs in this process; by default one a core, or this one where that is quicker
            and no code from outside ecosim is run.
        timeout: seconds that a run may take, or a world that is led at one value; 0 for no limit.
        memory: megabytes that a run, or a world that is led, may take.
        retry: whether runs that failed earlier are tried once more.
        yes: whether very many runs are meant.
        cluster: a Dask scheduler whose workers make the runs, as for :func:`ecosim.sweep`; worlds are led here all the same.
        say: is told, in sentences, what happens.
        progress: is told how far a round is; by default a bar, at a terminal or in a notebook.

    Raises:
        InputError: before any run; later where runs show that so few replicates are not enough, or that fewer than 6 have
            a value everywhere; ``RunsFailed`` if that is because runs failed.

    Examples:
        >>> ecosim.tip("may_1977", "dynamics.issue.floor", "severity", start=2, stop=3).critical  # doctest: +SKIP
    """
    varied = Varied.of(scenario, overrides, file, trust, seed, actors)
    question = question_of(varied.settings, key, measure, start, stop, threshold, width, replicates)
    ramp = Ramp.of(varied.settings, question.key, hold, steps, replicates, seed) if both_ways else None
    execution = Execution(workers, timeout, memory, retry, yes, cluster)
    execution.check()
    sample = varied.plan({question.key: [question.start]}, 1)
    with kept(out) as folder, lasting(execution, sample, folder, say) as how, looked_at(progress) as heard:
        more = "" if out is None else f"; more: {printable(folder / FAILURES)}"
        found = _Search(question, varied, folder, how, say, heard, more).found(replicates)
        about = meanings([question.measure], meanings_of(varied.settings, [question.key]))
        found = replace(found, about=about)
        if ramp is None:
            return found
        if found.crossing is None and threshold is None:
            why = "Worlds are not led both ways: without two regimes at the ends, a threshold has to be given."
            return replace(found, says=(*found.says, why))
        if cluster is not None:
            say("Worlds that are led both ways are led here, not on the cluster.")
        led = both_ways_of(varied.settings, question, ramp, found, folder, execution, trust, say, heard, actors)
        return replace(found, both_ways=led, says=(*found.says, *led.says))


class _Search:
    """Runs at values that are chosen by what came out at earlier ones."""

    def __init__(
        self,
        question: Question,
        varied: Varied,
        folder: Path,
        execution: Execution,
        say: Say,
        progress: Callable[[Progress], object] | None,
        more: str,
    ) -> None:
        self.question, self._varied, self._folder, self._more = question, varied, folder, more
        self._execution, self._say, self._progress = execution, say, progress
        self.values = first_values(question)
        self.runs: pd.DataFrame

    def found(self, replicates: int) -> Tipping:
        """Search, and return what it came to."""
        most = self.values.size + MOST_ROUNDS * INNER_VALUES
        sample, rounds = self._plan(replicates), 1 + MOST_ROUNDS
        tell_expense(sample, most, "values", self._execution, self._say, rounds=rounds, is_most=True)
        usable = self._usable(replicates if replicates >= FEWEST else 2)
        if usable.is_by_chance and replicates < FEWEST:
            raise InputError(
                f"replicates: {replicates}; allowed: at least {FEWEST}, for runs of one {self.question.key} differ by "
                "chance, and no 95 % interval comes of fewer"
            )
        if not usable.is_by_chance:
            if replicates > 1:
                self._say("There is no chance in it: one run of each value is enough.")
            return self._searched(self._laid(1), is_by_chance=False)
        return self._searched(usable, is_by_chance=True)

    def _searched(self, usable: Usable, *, is_by_chance: bool) -> Tipping:
        """Search from what came out at the first values, and return what it came to."""
        outcome = usable.outcome
        threshold = self.question.threshold
        if threshold is None:
            threshold = 0.5 * float(outcome[:, 0].mean() + outcome[:, -1].mean())
        self.question = replace(self.question, threshold=threshold)
        if why := why_not(self.question, outcome):
            return self._told(usable, None, None, is_by_chance, why)
        usable, found, leap = self._narrowed(usable)
        if why := why_not(self.question, usable.outcome):  # replicates may have dropped out on the way
            return self._told(usable, None, None, is_by_chance, why)
        sentences = says(
            self.question, usable.outcome, self.values, found, leap, self._moved(usable.asked), usable.asked
        )
        return self._told(usable, found, leap, is_by_chance, sentences)

    def _narrowed(self, usable: Usable) -> tuple[Usable, Crossing, Leap]:
        noisy = 0
        for number in range(2, MOST_ROUNDS + 2):
            found = crossing(self.values, self._over(usable.outcome))
            noisy += not found.is_separated
            is_narrow = found.critical.high - found.critical.low <= self.question.width
            if is_narrow or noisy > MOST_NOISY_ROUNDS or number > MOST_ROUNDS:
                break
            further = next_values(self.question, self.values, found)
            if not further.size:
                break
            where = f"{further[0]:.6g} … {further[-1]:.6g}"
            self._say(f"Round {number}: {further.size} further values at {where}.")
            self.values = np.unique(np.concatenate([self.values, further]))
            usable = self._usable(usable.asked)
        outcome = usable.outcome
        return usable, found, leap_of(self.values, outcome, self._over(outcome), found)

    def _usable(self, replicates: int) -> Usable:
        """Make the runs that are missing, and return what came out.

        Raises:
            InputError: if too few replicates have a value everywhere.
        """
        plan = self._plan(replicates)
        execution = self._execution.at_its_quickest(plan, plan.check(self._execution.yes).seconds)
        run_sweep(plan, self._folder, execution, progress=self._progress)
        self.runs = read_runs(self._folder)
        usable = self._laid(replicates)
        usable.refuse_too_few(self._more)
        return usable

    def _laid(self, replicates: int) -> Usable:
        def why() -> str:
            return commonest(SweepTables(self._folder).failures)

        return usable_of(self.runs, self.question.key, self.question.measure, self.values, replicates, why)

    def _plan(self, replicates: int) -> Plan:
        kind = int if self.question.is_whole else float
        return self._varied.plan({self.question.key: [kind(value) for value in self.values]}, replicates)

    def _moved(self, replicates: int) -> Numbers | None:
        """Return by how much each run's end differs from its mean over the second half, where the end is looked at."""
        key, measure = self.question.key, self.question.measure
        if measure.endswith(MEAN):
            return None
        end, mean = (laid_out(self.runs, key, name, self.values, replicates) for name in (measure, measure + MEAN))
        moved = whole(end - mean)
        return moved if len(moved) else None

    def _over(self, outcome: Numbers) -> NDArray[np.bool_]:
        return is_over(outcome, self.question)

    def _told(
        self,
        usable: Usable,
        found: Crossing | None,
        leap: Leap | None,
        is_by_chance: bool,
        sentences: tuple[str, ...],
    ) -> Tipping:
        outcome = usable.outcome
        ends = estimate(outcome[:, 0]), estimate(outcome[:, -1])
        table = table_of(self.values, outcome, self._over(outcome))
        told = (*sentences, *usable.says())
        return Tipping(self.question, self.runs, table, ends, found, leap, None, is_by_chance, told, usable=usable)
