"""``python -m ecosim`` is the command ``ecosim``: while the command line is loaded, Ctrl-C is a stop like any other."""

from __future__ import annotations

import sys

STOPPED = 130


def main() -> None:
    """Run the command line."""
    try:
        from ecosim.cli import main as run

        run()
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(STOPPED)


if __name__ == "__main__":
    main()
