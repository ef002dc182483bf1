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
    replicates: Annotated[int, typer.Option(help="runs of each point, each with its own luck")] = 1,
    design: Annotated[str, typer.Option(metavar="grid|zip", help="how lists of values are combined")] = "grid",
    workers: Annotated[int | None, typer.Option(help="processes (default: one a core; 0: none but this)")] = None,
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
                workers=workers,
                timeout=timeout,
                memory=memory,
                retry=retry,
                yes=yes,
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
