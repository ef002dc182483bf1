"""Made-up towns that were swept: what their pages have to say is known."""

import numpy as np

from tests.experiments.fake_sweeps import grid

EVIL = "<script>alert('x')</script>"


def town(folder, **more):
    """Write a sweep over two factors with measures of collaboration, polarisation, success and the stage."""

    def made(slope, spread):
        def measure(columns, draw, replicates):
            rise = slope * columns["dynamics.stance.tolerance"] + 0.3 * (columns["rule.word"] == EVIL)
            return rise[:, None] + draw.normal(0, 2.0, replicates) + draw.normal(0, spread, (len(rise), replicates))

        return measure

    measures = {
        "win_win_share.mean": made(2.0, 0.05),
        "dispersion.mean": made(-1.0, 0.05),
        "success_business.mean": made(0.0, 0.05),
        "stage": lambda columns, draw, n: np.tile(
            (columns["dynamics.stance.tolerance"] > 0.3)[:, None].astype(float), n
        ),
    }
    axes = {"dynamics.stance.tolerance": [0.2, 0.4, 0.8], "rule.word": ["plain", EVIL]}
    return grid(folder, axes, measures, replicates=6, **more)


def curve(folder, heights, spread=0.001, count=1):
    """Write a sweep whose measures follow these heights over the values 0, 1, 2 … of one factor."""

    def made(columns, draw, n):
        return np.array(heights)[:, None] + draw.normal(0, spread, (len(heights), n))

    measures = dict.fromkeys(("win_win_share.mean", "dispersion.mean")[:count], made)
    return grid(folder, {"dynamics.meeting.rate": list(range(len(heights)))}, measures, replicates=6)
