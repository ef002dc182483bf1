"""Apportionment: a whole number of organisations divided among sectors by their shares."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=256)
def apportion(total: int, shares: tuple[float, ...]) -> tuple[int, ...]:
    """Divide a whole number by shares, as Webster divides seats.

    One organisation more goes to one sector and takes none from another, which rounding to the nearest, or by the
    largest remainder, does not promise (Balinski & Young 1982, Fair Representation).

    Args:
        total: how many in all.
        shares: share of each part; they sum to 1.
    """
    fewer = max(0, total - len(shares))
    parts = [int(share * fewer + 0.5) for share in shares]
    while sum(parts) < total:
        chosen = max(range(len(parts)), key=lambda k: shares[k] / (2 * parts[k] + 1))
        parts[chosen] += 1
    return tuple(parts)
