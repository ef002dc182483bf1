"""The command line: which commands there are. What each may be asked, and what it does, is in ``ecosim.commands``."""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ecosim.commands import (
    calibrate,
    compare,
    discover,
    explain,
    list,  # the command's name
    report,
    run,
    sensitivity,
    sweep,
    tip,
    verify,
    why,
)
from ecosim.commands.ending import spoken
from ecosim.commands.registration import register


class Commands(TyperGroup):
    """All commands. Where Ctrl-C is pressed before one is at work, or after, Typer would end without a word."""

    def make_context(self, *given: Any, **named: Any) -> Any:
        """Read the command's name and its options."""
        with spoken():
            return super().make_context(*given, **named)

    def invoke(self, ctx: Any) -> Any:
        """Let the command do its work."""
        with spoken():
            return super().invoke(ctx)


app = typer.Typer(
    cls=Commands,
    help="Simulate ecosystems of organisations that collaborate across sectors while they stay different.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

register(app, "run", run.Order, run.carry_out)
register(app, "sweep", sweep.Order, sweep.carry_out)
register(app, "compare", compare.Order, compare.carry_out)
register(app, "tip", tip.Order, tip.carry_out)
register(app, "discover", discover.Order, discover.carry_out)
register(app, "report", report.Order, report.carry_out)
register(app, "sensitivity", sensitivity.Order, sensitivity.carry_out)
register(app, "calibrate", calibrate.Order, calibrate.carry_out)
register(app, "why", why.Order, why.carry_out)
register(app, "list", list.Order, list.carry_out)
register(app, "explain", explain.Order, explain.carry_out)
register(app, "verify", verify.Order, verify.carry_out)


@app.callback(invoke_without_command=True)
def _about(version: Annotated[bool, typer.Option("--version", help="print the version and end")] = False) -> None:
    if version:
        from importlib.metadata import version as installed

        print(f"ecosim {installed('ecosim')}")
        raise typer.Exit


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that cannot show a letter gets a question mark
            stream.reconfigure(errors="replace")
    sys.stdout, sys.stderr = sys.stdout or open(os.devnull, "w"), sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # to be told to end is to be stopped: nothing is lost
    app()
