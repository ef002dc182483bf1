"""Draw the README's picture: ``python docs/images/make.py`` runs the scenario town and writes town.png beside this file.

The picture is the run's ``figures/network.png`` in fewer colours, so that it stays below 300 kB.
"""

import tempfile
from pathlib import Path

from PIL import Image

import ecosim
from ecosim.reports.plots import save_figures

WIDTH = 1600
COLOURS = 256


def main() -> None:
    """Run town with its own seed and ticks, and keep the picture of its network."""
    model = ecosim.Ecosystem(ecosim.load("town"))
    model.run()
    with tempfile.TemporaryDirectory() as folder:
        save_figures(model.results(), Path(folder))
        with Image.open(Path(folder) / "network.png") as picture:
            smaller = picture.convert("RGB").resize(
                (WIDTH, round(WIDTH * picture.height / picture.width)), Image.Resampling.LANCZOS
            )
    smaller.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        Path(__file__).with_name("town.png"), optimize=True
    )


if __name__ == "__main__":
    main()
