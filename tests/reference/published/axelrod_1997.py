"""Axelrod (1997) in plain Python, one encounter at a time; prints what ``ecosim verify`` holds ours against.

``python tests/reference/published/axelrod_1997.py`` takes a quarter of an hour.
"""

import random
import statistics


class CultureModel:
    """Sites on a bounded lattice, each with a list of traits, that take traits over from neighbours like them.

    Args:
        side: sites along each side of the square.
        features: number of features.
        traits: number of traits a feature may have.
        seed: seed of Python's random numbers.
        reach: steps to the farthest neighbour.
        diagonal: whether a diagonal step counts as one (8 neighbours at reach 1) or two (4).
    """

    def __init__(self, side, features, traits, seed, reach=1, diagonal=False):
        self.luck = random.Random(seed)
        self.sites = [(row, column) for row in range(side) for column in range(side)]
        self.culture = {site: [self.luck.randrange(traits) for _ in range(features)] for site in self.sites}
        self.neighbours = {
            (row, column): [
                (row + down, column + right)
                for down in range(-reach, reach + 1)
                for right in range(-reach, reach + 1)
                if (down or right)
                and (diagonal or abs(down) + abs(right) <= reach)
                and (row + down, column + right) in self.culture
            ]
            for row, column in self.sites
        }

    def encounter(self):
        """Let one site, drawn with replacement, look at one neighbour."""
        here = self.luck.choice(self.sites)
        mine, theirs = self.culture[here], self.culture[self.luck.choice(self.neighbours[here])]
        differing = [feature for feature, trait in enumerate(mine) if trait != theirs[feature]]
        if differing and self.luck.random() < 1 - len(differing) / len(mine):
            feature = self.luck.choice(differing)
            mine[feature] = theirs[feature]

    def is_settled(self):
        """Return whether all neighbours are alike in everything or in nothing."""
        for site, others in self.neighbours.items():
            for other in others:
                common = sum(a == b for a, b in zip(self.culture[site], self.culture[other], strict=True))
                if 0 < common < len(self.culture[site]):
                    return False
        return True

    def settle(self):
        """Let sites meet until nothing can change any more."""
        while not self.is_settled():
            for _ in range(20 * len(self.sites)):
                self.encounter()

    def regions(self):
        """Return how many connected groups of sites have one culture."""
        left, count = set(self.sites), 0
        while left:
            count += 1
            waiting = [left.pop()]
            while waiting:
                here = waiting.pop()
                alike = [
                    other
                    for other in self.neighbours[here]
                    if other in left and self.culture[other] == self.culture[here]
                ]
                left.difference_update(alike)
                waiting += alike
        return count


SETTINGS = (
    # side, features, traits, reach, diagonal, runs
    (5, 5, 15, 1, False, 2000),
    (6, 3, 5, 1, False, 2000),
    (8, 4, 8, 1, False, 600),
    (8, 5, 15, 1, False, 600),
    (10, 5, 10, 1, False, 600),
    (10, 5, 10, 1, True, 600),
    (10, 5, 10, 2, False, 600),
)


def settled_regions(side, features, traits, seed, reach=1, diagonal=False):
    """Return how many regions there are when nothing can change any more."""
    model = CultureModel(side, features, traits, seed, reach, diagonal)
    model.settle()
    return model.regions()


if __name__ == "__main__":
    for *world, reach, diagonal, runs in SETTINGS:
        found = [settled_regions(*world, seed, reach, diagonal) for seed in range(runs)]
        error = statistics.stdev(found) / len(found) ** 0.5
        print(f"{world}, {reach}, {diagonal}: {statistics.mean(found):.3f} ± {error:.3f} ({runs} runs)", flush=True)
