"""The command line. Every command imports what it needs when it runs, so that asking for help takes no time."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from ecosim.errors import InputError

app = typer.Typer(
    help="Simulate ecosystems of organisations that collaborate across sectors while they stay different.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

REFUSED, FAILED, INTERRUPTED = 2, 1, 130

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NAME] [KEY=VALUE]…", help="a scenario (default: town) and changes to it"),
]
Trust = Annotated[
    list[str] | None,
    typer.Option(metavar="PACKAGE", help="let rules and measures of this package run; may be repeated"),
]
ScenarioFile = Annotated[
    Path | None, typer.Option("--scenario", metavar="FILE.yaml", help="a scenario of your own, complete or partial")
]
Organisations = Annotated[Path | None, typer.Option(metavar="FILE", help="your own organisations")]
Ties = Annotated[Path | None, typer.Option(metavar="FILE", help="the ties between them")]
Mapping = Annotated[Path | None, typer.Option(metavar="FILE.yaml", help="what their columns mean")]


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that cannot show a letter gets a question mark
            stream.reconfigure(errors="replace")
    sys.stdout, sys.stderr = sys.stdout or open(os.devnull, "w"), sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # to be told to end is to be stopped: nothing is lost
    try:
        app()
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(INTERRUPTED)


@app.callback(invoke_without_command=True)
def _about(version: Annotated[bool, typer.Option("--version", help="print the version and end")] = False) -> None:
    if version:
        from importlib.metadata import version as installed

        print(f"ecosim {installed('ecosim')}")
        raise typer.Exit


@app.command()
def run(
    words: Words = None,
    seed: Annotated[str | None, typer.Option(metavar="N", help="chooses the luck of the run; as seed=N")] = None,
    ticks: Annotated[str | None, typer.Option(metavar="N", help="how many ticks; as ticks=N")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="folder for the results")] = None,
    scenario: ScenarioFile = None,
    organisations: Organisations = None,
    ties: Ties = None,
    mapping: Mapping = None,
    trust: Trust = None,
    check: Annotated[
        bool, typer.Option("--check", help="stop where a rule changes what it does not say it writes; slower")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="go on although the run is very large")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="say nothing but errors")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the summary as JSON")] = False,
) -> None:
    """Run a scenario once; tables, figures and a summary go to a folder.

    NAME is a scenario (default: town). KEY=VALUE changes it: ticks=50 ecosystem.organisations=500 ~dynamics.ripple
    """
    with told():
        from ecosim.commands.run import Order, run_once

        changes = [*(words or []), *given("seed", seed), *given("ticks", ticks)]
        changes += ["check=true"] if check else []
        name, overrides = split(changes)
        run_once(
            Order(
                name=name,
                overrides=overrides,
                out=out,
                scenario=scenario,
                organisations=organisations,
                ties=ties,
                mapping=mapping,
                trust=tuple(trust or ()),
                yes=yes,
                quiet=quiet,
                as_json=as_json,
            )
        )


@app.command()
def sweep(
    words: Words = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="folder for the results; again, to continue")] = None,
    replicates: Annotated[
        int | None,
        typer.Option(help="runs of each point, each with its own luck (default: 1; the most with --until: 1,000)"),
    ] = None,
    until: Annotated[
        list[str] | None,
        typer.Option(
            metavar="'MEASURE ± WIDTH'", help="add replicates until 95 % intervals are so narrow; may be repeated"
        ),
    ] = None,
    design: Annotated[
        str,
        typer.Option(
            metavar="KIND", help="grid or zip of listed values; lhs, sequence, sobol or morris draw from ranges"
        ),
    ] = "grid",
    samples: Annotated[
        int | None, typer.Option(metavar="N", help="points to draw; base points of sobol; trajectories of morris")
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="draw from the range that the parameter declares; may be repeated"),
    ] = None,
    table: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="a row a point, a column a KEY (.csv, .xlsx)")
    ] = None,
    levels: Annotated[int | None, typer.Option(metavar="N", help="of design morris, even (default: 4)")] = None,
    second_order: Annotated[
        bool, typer.Option("--second-order", help="design sobol for indices of pairs, too: twice the points")
    ] = False,
    luck: Annotated[
        str, typer.Option(metavar="common|independent", help="the same seeds at every point, or each its own")
    ] = "common",
    workers: Annotated[int | None, typer.Option(help="processes (default: one a core; 0: none but this)")] = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS|FILE", help="let the workers of a Dask scheduler make the runs")
    ] = None,
    timeout: Annotated[float, typer.Option(metavar="S", help="seconds that a run may take; 0: any")] = 3600.0,
    memory: Annotated[float | None, typer.Option(metavar="MB", help="memory that a run may take; 0: any")] = None,
    seed: Annotated[str | None, typer.Option(metavar="N", help="the seeds of the replicates come from it")] = None,
    scenario: ScenarioFile = None,
    organisations: Organisations = None,
    ties: Ties = None,
    mapping: Mapping = None,
    trust: Trust = None,
    retry: Annotated[bool, typer.Option("--retry", help="try runs that failed before once more")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="go on although the sweep is very large")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="say nothing but errors")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print how it ended as JSON")] = False,
) -> None:
    """Run a scenario with many values, several runs each, over all cores; the same command again goes on.

    KEY=A,B,C gives several values, KEY=VALUE one: dynamics.stance.tolerance=0.2,0.4 ticks=100
    KEY='interval(A,B)' gives a range for the designs that draw: --design lhs --samples 64
    """
    with told():
        from ecosim.commands.sweep import Order, sweep_once

        name, overrides = split([*(words or []), *given("seed", seed)])
        code = sweep_once(
            Order(
                name=name,
                overrides=overrides,
                out=out,
                scenario=scenario,
                organisations=organisations,
                ties=ties,
                mapping=mapping,
                trust=tuple(trust or ()),
                replicates=replicates,
                design=design,
                samples=samples,
                vary=tuple(vary or ()),
                table=table,
                levels=levels,
                second_order=second_order,
                luck=luck,
                workers=workers,
                timeout=timeout,
                memory=memory,
                retry=retry,
                yes=yes,
                cluster=cluster,
                until=tuple(until or ()),
                quiet=quiet,
                as_json=as_json,
            )
        )
    if code:
        raise typer.Exit(code)


@app.command()
def compare(
    words: Words = None,
    replicates: Annotated[int, typer.Option(help="runs of each scenario, the same luck in all")] = 30,
    measure: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="compare only this; may be repeated")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="folder for runs, table and figure; again, to continue")
    ] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="the seeds of the replicates come from it")] = None,
    workers: Annotated[int | None, typer.Option(help="processes (default: one a core; 0: none but this)")] = None,
    timeout: Annotated[float, typer.Option(metavar="S", help="seconds that a run may take; 0: any")] = 3600.0,
    memory: Annotated[float | None, typer.Option(metavar="MB", help="memory that a run may take; 0: any")] = None,
    trust: Trust = None,
    yes: Annotated[bool, typer.Option("--yes", help="go on although the comparison is very large")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="say nothing but errors")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the differences as JSON")] = False,
) -> None:
    """Run scenarios under the same luck and tell how each differs from the first, with 95 % intervals.

    Names of scenarios and files of your own (.yaml), then KEY=VALUE for changes of all: compare town my_town.yaml ticks=300
    """
    with told():
        from ecosim.commands.compare import Order, compare_once

        given_words = words or []
        refuse_twice(given_words)
        arms = tuple(word for word in given_words if "=" not in word and not word.startswith("~"))
        overrides = tuple(word for word in given_words if word not in arms)
        code = compare_once(
            Order(
                arms=arms,
                overrides=overrides,
                out=out,
                trust=tuple(trust or ()),
                replicates=replicates,
                seed=seed,
                measures=tuple(measure or ()),
                workers=workers,
                timeout=timeout,
                memory=memory,
                yes=yes,
                quiet=quiet,
                as_json=as_json,
            )
        )
    if code:
        raise typer.Exit(code)


@app.command()
def tip(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME] KEY MEASURE [KEY=VALUE]…", help="along which parameter, what comes out"),
    ] = None,
    start: Annotated[float | None, typer.Option("--from", metavar="A", help="where the range begins")] = None,
    stop: Annotated[float | None, typer.Option("--to", metavar="B", help="where it ends")] = None,
    threshold: Annotated[
        float | None, typer.Option(metavar="Y", help="between the regimes (default: the middle of both ends)")
    ] = None,
    replicates: Annotated[int, typer.Option(help="runs of each value, at least 6 if there is chance")] = 20,
    width: Annotated[
        float | None, typer.Option(metavar="W", help="of the 95 % interval (default: a hundredth of the range)")
    ] = None,
    both_ways: Annotated[bool, typer.Option("--both-ways", help="lead worlds up and back, too: hysteresis")] = False,
    hold: Annotated[
        int | None, typer.Option(metavar="TICKS", help="at each value on the way (default: the scenario's)")
    ] = None,
    steps: Annotated[int, typer.Option(help="values on the way in one direction")] = 12,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="folder for the runs; again, to continue")] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="the seeds of the replicates come from it")] = None,
    scenario: ScenarioFile = None,
    trust: Trust = None,
    workers: Annotated[int | None, typer.Option(help="processes (default: one a core; 0: none but this)")] = None,
    timeout: Annotated[float, typer.Option(metavar="S", help="seconds that a run may take; 0: any")] = 3600.0,
    memory: Annotated[float | None, typer.Option(metavar="MB", help="memory that a run may take; 0: any")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="go on although it takes very long")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="say nothing but errors")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print what was found as JSON")] = False,
) -> None:
    """Search where along a parameter an outcome goes over to another regime, and whether the way back is another one.

    For example: tip may_1977 dynamics.issue.floor severity --from 1.2 --to 3.2 --both-ways --out results/may
    """
    with told():
        from ecosim.commands.tip import Order, tip_once

        refuse_twice(words or [])
        code = tip_once(
            Order(
                words=tuple(words or ()),
                out=out,
                start=start,
                stop=stop,
                threshold=threshold,
                replicates=replicates,
                width=width,
                both_ways=both_ways,
                hold=hold,
                steps=steps,
                seed=seed,
                scenario=scenario,
                trust=tuple(trust or ()),
                workers=workers,
                timeout=timeout,
                memory=memory,
                yes=yes,
                quiet=quiet,
                as_json=as_json,
            )
        )
    if code:
        raise typer.Exit(code)


@app.command()
def discover(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="what a sweep left, of at least twenty points")],
    measure: Annotated[str, typer.Option(metavar="NAME", help="what comes out; NAME.mean: over the second half")],
    above: Annotated[float | None, typer.Option(metavar="Y", help="it holds where the measure is above this")] = None,
    below: Annotated[float | None, typer.Option(metavar="Y", help="it holds where the measure is below this")] = None,
    density: Annotated[
        float | None, typer.Option(metavar="D", help="share of runs that a box shall reach (default: best trade-off)")
    ] = None,
    depth: Annotated[int, typer.Option(help="questions of the tree, one after the other, at most")] = 3,
    seed: Annotated[int, typer.Option(metavar="N", help="of the halves, in which rules are found and tested")] = 0,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="folder for the results (default: the sweep's)")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="say nothing but the rules")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print them as JSON")] = False,
) -> None:
    """Tell under which conditions something holds: rules found in half of a sweep and tested on the other half.

    For example: discover results/sweep --measure dispersion --above 0.3
    """
    with told():
        from ecosim.commands.discover import Order, discover_once

        discover_once(Order(folder, measure, above, below, density, depth, seed, out, quiet, as_json))


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="what a sweep, a comparison or a run left")],
    out: Annotated[Path | None, typer.Option(metavar="FILE.html", help="the page (default: DIR/report.html)")] = None,
    measure: Annotated[list[str] | None, typer.Option(metavar="NAME", help="show only this; may be repeated")] = None,
    tables: Annotated[
        str | None, typer.Option(metavar="csv|xlsx", help="write the tables for spreadsheets, too")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="say nothing but errors")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print what the page tells as JSON")] = False,
) -> None:
    """Write a page about a sweep, a comparison or a run: what was run, what it shows, and how sure that is.

    NAME is a measure's mean over the second half of a run; NAME.end its value at the end.
    """
    with told():
        from ecosim.commands.report import Order
        from ecosim.commands.report import report as write

        write(Order(folder, out, tuple(measure or ()), tables, quiet, as_json))


@app.command()
def sensitivity(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="what a sweep left")],
    measure: Annotated[list[str] | None, typer.Option(metavar="NAME", help="only this; may be repeated")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="for table and figure (default: the same)")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="say nothing but errors")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the indices as JSON")] = False,
) -> None:
    """Tell which parameters of a sweep matter for which measure, with 95 % intervals, and which do nothing.

    Sobol' indices of a sobol design, Morris's of a morris design; shares of variance of a grid; regression on ranks and
    first-order indices of any other.
    """
    with told():
        from ecosim.commands.sensitivity import Order, show

        show(Order(folder, tuple(measure or ()), out, quiet, as_json))


@app.command()
def calibrate(
    words: Words = None,
    target: Annotated[
        list[str] | None, typer.Option(metavar="MEASURE=VALUE±SD", help="what it shall come to; may be repeated")
    ] = None,
    targets: Annotated[Path | None, typer.Option(metavar="FILE.yaml", help="a table of such targets")] = None,
    method: Annotated[str, typer.Option(metavar="optuna|abc", help="the best, or a posterior")] = "optuna",
    trials: Annotated[int, typer.Option(help="values of the parameters that are tried, at most")] = 200,
    replicates: Annotated[int, typer.Option(help="runs of each, the same luck in all")] = 5,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="folder for the runs; again, to continue")] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="of the runs and of the search")] = None,
    scenario: ScenarioFile = None,
    trust: Trust = None,
    workers: Annotated[int | None, typer.Option(help="processes (default: one a core; 0: none but this)")] = None,
    timeout: Annotated[float, typer.Option(metavar="S", help="seconds that a run may take; 0: any")] = 3600.0,
    memory: Annotated[float | None, typer.Option(metavar="MB", help="memory that a run may take; 0: any")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="go on although it takes very long")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="say nothing but errors")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print what was found as JSON")] = False,
) -> None:
    """Search for values of parameters that bring measures to targets, and tell which the targets do not tell.

    KEY='interval(A,B)' is looked for: calibrate opinions 'dynamics.stance.tolerance=interval(0.1,0.9)'
    --target dispersion=0.3±0.02 --out results/calibration
    """
    with told():
        from ecosim.commands.calibrate import Order, calibrate_once

        name, overrides = split(words or [])
        code = calibrate_once(
            Order(
                name=name,
                overrides=overrides,
                target=tuple(target or ()),
                targets=targets,
                out=out,
                method=method,
                trials=trials,
                replicates=replicates,
                seed=seed,
                scenario=scenario,
                trust=tuple(trust or ()),
                workers=workers,
                timeout=timeout,
                memory=memory,
                yes=yes,
                quiet=quiet,
                as_json=as_json,
            )
        )
    if code:
        raise typer.Exit(code)


@app.command()
def why(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="what a run left, made with record.reasons=true")],
    organisation: Annotated[str, typer.Argument(metavar="ORGANISATION", help="its name, as the tables have it")],
    kind: Annotated[
        str | None, typer.Option(metavar="KIND", help="only these: joined, left, founded, tie_made, tie_ended")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print them as JSON, with their terms")] = False,
) -> None:
    """Tell why an organisation joined, left, founded, or made or ended ties, a sentence a decision.

    First: ecosim run record.reasons=true --out DIR
    """
    with told():
        from ecosim.commands.why import show

        show(folder, organisation, kind, as_json)


@app.command("list")
def list_all(
    kind: Annotated[
        str | None, typer.Argument(metavar="[KIND]", help="scenarios, published, rules or measures: what each is")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print it as JSON")] = False,
) -> None:
    """List the scenarios, the published results, the rules and the measures that there are."""
    with told():
        from ecosim.commands.list import show

        show(kind, as_json)


@app.command()
def explain(
    words: Words = None,
    scenario: ScenarioFile = None,
    trust: Trust = None,
    as_json: Annotated[bool, typer.Option("--json", help="print it as JSON")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="print it as Markdown, equations in TeX")] = False,
    odd: Annotated[
        bool, typer.Option("--odd", help="under the headings of the ODD protocol (Grimm et al. 2020)")
    ] = False,
) -> None:
    """Describe a scenario: who is in it, what happens in a tick, every parameter with its range, and the sources."""
    with told():
        from ecosim.commands.explain import show

        name, overrides = split(words or [])
        show(
            name,
            overrides,
            scenario,
            tuple(trust or ()),
            "json" if as_json else "markdown" if markdown else "text",
            odd,
        )


@app.command()
def verify(
    cases: Annotated[
        list[str] | None, typer.Argument(metavar="[CASE]…", help="published results (default: all)")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="fewer runs: all cases within two minutes")] = False,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="chooses the luck of all runs")] = 1,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="folder for tables, figures and a page")] = None,
    page: Annotated[Path | None, typer.Option(metavar="FILE.md", help="page whose marked part is written anew")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="processes (default: one a core)")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="say nothing but errors")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print what was found as JSON")] = False,
) -> None:
    """Run published models and hold what comes out against what was published; ends with 1 where something differs.

    CASE is the name of a published result, as `ecosim list` shows it: axelrod_1997 may_1977
    """
    with told():
        from ecosim.commands.verify import Order, verify_once

        code = verify_once(Order(tuple(cases or ()), quick, seed, out, page, workers, quiet, as_json))
    raise typer.Exit(code)


@contextmanager
def told() -> Iterator[None]:
    """Tell errors in plain words and end with their exit code: 2 refused, 1 failed, 130 stopped by Ctrl-C."""
    try:
        yield
    except InputError as error:
        count = len(error.faults)
        say(f"Refused: {error.faults[0]}" if count == 1 else f"Refused, {count} faults:")
        for fault in error.faults if count > 1 else ():
            say(f"  - {fault}")
        raise typer.Exit(REFUSED) from None
    except FloatingPointError as error:
        say(f"Failed: {error}")
        raise typer.Exit(FAILED) from None
    except AssertionError as error:
        if type(error).__name__ != "BrokenPromise":  # imported only where a run has imported it
            raise
        say(f"Failed: {error}; add it to what the mechanism writes, or leave it alone")
        raise typer.Exit(FAILED) from None
    except MemoryError:
        say("Failed: there is not enough memory; fewer organisations or ties need less.")
        raise typer.Exit(FAILED) from None
    except BrokenPipeError:  # whoever read our output has heard enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # open for good: Python flushes it as it ends
        raise typer.Exit(FAILED) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        say(f"Failed: {where}{(error.strerror or str(error)).lower()}.")
        raise typer.Exit(FAILED) from None
    except KeyboardInterrupt as stopped:
        say(f"\nStopped{': ' + str(stopped) if stopped.args else ''}. Nothing was written.")
        raise typer.Exit(INTERRUPTED) from None


def say(sentence: str) -> None:
    """Print a sentence for a human, on stderr."""
    print(sentence, file=sys.stderr)


def split(words: list[str]) -> tuple[str | None, tuple[str, ...]]:
    """Return the scenario's name, if there is one, and the changes.

    Raises:
        InputError: if there are two words that are no changes, or two changes of one key.
    """
    refuse_twice(words)
    names = [word for word in words if "=" not in word and not word.startswith(("~", "+"))]
    if len(names) > 1:
        raise InputError(
            f"{', '.join(names)}: {len(names)} names; allowed: one scenario (changes are written key=value)"
        )
    return (names[0] if names else None), tuple(word for word in words if word not in names)


def refuse_twice(words: list[str]) -> None:
    """Refuse a key that is set, or removed, more than once: nobody could tell which is meant.

    Raises:
        InputError: naming all changes of each such key.
    """
    by_key: dict[tuple[str, bool], list[str]] = {}
    for word in words:
        if "=" in word or word.startswith("~"):
            by_key.setdefault((word.partition("=")[0].lstrip("+~"), word.startswith("~")), []).append(word)
    faults = [
        f"{key}: given {len(given_words)} times, {' and '.join(given_words)}; allowed: once"
        for (key, _), given_words in by_key.items()
        if len(given_words) > 1
    ]
    if faults:
        raise InputError(faults)


def given(key: str, value: str | None) -> list[str]:
    """Return an option as the change that it stands for; none where it was not given."""
    return [] if value is None else [f"{key}={value}"]
