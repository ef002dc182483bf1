"""Coalitions and their memberships, which may overlap.

The membership table is kept sorted by coalition, and by organisation within one: the members of coalition c are the
rows ``first_member[c] … first_member[c + 1] - 1`` of it. Organisation i's memberships are
``membership[first_membership[i] … first_membership[i + 1] - 1]``, rows of the same table.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.kernels import kernel


@kernel
def index_members(member: Any, member_coalition: Any, n: Any, coalitions: Any) -> Any:
    """Return (first_member (c+1,), first_membership (n+1,), membership (M,)) of a sorted membership table."""
    first_member = np.zeros(coalitions + 1, np.int64)
    first_membership = np.zeros(n + 1, np.int64)
    for row in range(member.size):
        first_member[member_coalition[row] + 1] += 1
        first_membership[member[row] + 1] += 1
    for c in range(coalitions):
        first_member[c + 1] += first_member[c]
    for i in range(n):
        first_membership[i + 1] += first_membership[i]
    free = first_membership[:-1].copy()
    membership = np.empty(member.size, np.int32)
    for row in range(member.size):
        membership[free[member[row]]] = row
        free[member[row]] += 1
    return first_member, first_membership, membership
