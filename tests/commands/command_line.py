"""The command line as the tests call it: in this process, so that what is printed and raised is at hand."""

from typer.testing import CliRunner

from ecosim import cli

SMALL = ["opinions", "ecosystem.organisations=20", "ecosystem.network.degree=4", "ticks=5"]


def ecosim(*words: object):
    """Return what came of a command."""
    return CliRunner().invoke(cli.app, [str(word) for word in words])
