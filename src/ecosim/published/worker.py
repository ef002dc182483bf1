"""Worker: computes the cells of one case in a process of its own and prints each, as JSON, as soon as it is there.

``python -m ecosim.published.worker NAME full|quick SEED``
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from ecosim.published.case import Cell, Effort
from ecosim.published.cases import find_case


def main(words: Sequence[str]) -> None:
    """Compute the cells of the case that is asked for."""
    name, how, seed = words
    for cell in find_case(name).cells(Effort(full=how == "full", seed=int(seed))):
        print(to_line(cell), flush=True)


def to_line(cell: Cell) -> str:
    """Return a cell as a line of JSON."""
    ours = np.atleast_1d(np.asarray(cell.ours, np.float64)).tolist()
    plain = {**cell._asdict(), "ours": ours}
    return json.dumps({key: value.item() if isinstance(value, np.generic) else value for key, value in plain.items()})


def from_line(line: str) -> Cell:
    """Return the cell that a line tells of."""
    plain: dict[str, Any] = json.loads(line)
    return Cell(**{**plain, "ours": np.array(plain["ours"], np.float64)})


if __name__ == "__main__":
    main(sys.argv[1:])
