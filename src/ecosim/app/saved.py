"""Saved: a run that was shown, as files that repeat it."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

from ecosim.ecosystem import Ecosystem
from ecosim.errors import InputError

README = """\
A run that was shown with `ecosim app`. To repeat it, with everything that was done while it ran:

    ecosim run --scenario config.yaml

The series that this gives is, number for number, the one in series.csv and series.parquet.
"""


def packed(model: Ecosystem) -> bytes:
    """Return a zip archive of what a run leaves, and its series as CSV; the model goes on as if nothing had been asked.

    ``config.yaml`` ends at the tick that the model has come to and holds the interventions that were made live, each at
    its tick.

    Raises:
        InputError: before the first tick, when there is no run to save.
    """
    if not model.tick:
        raise InputError("save: nothing has happened yet; allowed: after the first tick")
    shown = model.copy()
    shown.settings = shown.settings.model_copy(update={"ticks": model.tick})
    shown.recorder.ticks = model.tick
    run, packed_files = shown.results(), io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="ecosim-") as folder:
        run.save(Path(folder))
        run.to_csv(Path(folder) / "tables")
        with zipfile.ZipFile(packed_files, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.md", README)
            archive.write(Path(folder) / "tables" / "series.csv", "series.csv")
            for file in sorted(Path(folder).iterdir()):
                if file.is_file():
                    archive.write(file, file.name)
    return packed_files.getvalue()
