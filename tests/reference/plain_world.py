"""A plain, slow world to hold ours against: dictionaries by identity, no rows, no indices."""

import numpy as np

from ecosim.world.labels import Labels
from ecosim.world.world import World


class PlainWorld:
    """Ties and coalitions by the numbers of organisations, changed one by one."""

    def __init__(self, n):
        self.identities = list(range(n))
        self.trust, self.bond = {}, {}  # trust[a, b] is that of a in b; bond[{a, b}]
        self.coalitions = {}  # number: (issue, {member: age}), in the order of founding

    def commit(self, asked, tick):
        """Carry out what was asked, as ``World.commit`` says: ties, then memberships, then removals."""
        tied_before = set(self.bond)
        for a, b in asked["ended"]:
            self._part(a, b)
        made = set()
        for a, b, bond, trust in asked["made"]:
            if a == b or frozenset((a, b)) in tied_before | made:
                continue
            made.add(frozenset((a, b)))
            self.bond[frozenset((a, b))] = bond
            self.trust[a, b], self.trust[b, a] = trust
        for member, number in asked["left"]:
            self.coalitions[number][1].pop(member, None)
        for member, number in asked["joined"]:
            self.coalitions[number][1].setdefault(member, 0)
        for place, (founder, issue, members) in enumerate(asked["founded"]):
            before = sum(other == founder for other, _, _ in asked["founded"][:place])
            self.coalitions[before << 58 | tick << 31 | founder] = issue, dict.fromkeys(members, 0)
        self._dissolve()
        for gone in asked["removed"]:
            self.identities.remove(gone)
            for pair in [pair for pair in self.bond if gone in pair]:
                self._part(*pair)
            for _, members in self.coalitions.values():
                members.pop(gone, None)
        self._dissolve()

    def _part(self, a, b):
        if self.bond.pop(frozenset((a, b)), None) is not None:
            del self.trust[a, b], self.trust[b, a]

    def _dissolve(self):
        self.coalitions = {number: said for number, said in self.coalitions.items() if len(said[1]) >= 2}


def assert_agrees(world: World, plain: PlainWorld):
    """Hold every table and index of a world against the plain one."""
    identity = world.identity.tolist()
    assert identity == plain.identities
    assert world.ties == len(plain.bond)
    for t, (i, j) in enumerate(world.ends.tolist()):
        assert i < j
        assert world.bond[t] == plain.bond[frozenset((identity[i], identity[j]))]
        assert world.trust[t].tolist() == [plain.trust[identity[i], identity[j]], plain.trust[identity[j], identity[i]]]
    assert_half_edges(world)
    assert world.coalition_identity.tolist() == list(plain.coalitions)
    assert world.coalition_issue.tolist() == [issue for issue, _ in plain.coalitions.values()]
    table = [
        (number, identity.index(member), age)
        for number, (_, members) in plain.coalitions.items()
        for member, age in sorted(members.items(), key=lambda said: identity.index(said[0]))
    ]
    of = world.coalition_identity[world.member_coalition].tolist()
    assert list(zip(of, world.member.tolist(), world.member_age.tolist(), strict=True)) == table
    assert_memberships(world)


def assert_half_edges(world: World):
    """Each tie stands under both of its ends, with partners in order, and nothing else does."""
    assert world.first_tie[0] == 0
    assert world.first_tie[-1] == 2 * world.ties == world.partner.size == world.tie.size
    for i in range(world.n):
        rows = np.arange(world.first_tie[i], world.first_tie[i + 1])
        expected = sorted((j if i == k else k, t) for t, (k, j) in enumerate(world.ends.tolist()) if i in (k, j))
        assert list(zip(world.partner[rows].tolist(), world.tie[rows].tolist(), strict=True)) == expected


def assert_memberships(world: World):
    """Members of a coalition, and memberships of an organisation, are where the indices say."""
    assert (
        world.first_member.tolist() == np.searchsorted(world.member_coalition, np.arange(world.coalitions + 1)).tolist()
    )
    assert world.first_membership.size == world.n + 1
    for i in range(world.n):
        rows = world.membership[world.first_membership[i] : world.first_membership[i + 1]]
        assert rows.tolist() == np.flatnonzero(world.member == i).tolist()


def plain_and_real(n):
    """Return n organisations with no ties in both worlds."""
    columns = ("bond", "trust", "coalition_issue", "member_age", "capital")
    return PlainWorld(n), World(Labels(issues=("air", "water")), n, columns)
