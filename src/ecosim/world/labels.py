"""Labels: the words for what columns only number."""

from __future__ import annotations

from dataclasses import dataclass

from ecosim.world.columns import COMPONENTS, Column


@dataclass(frozen=True)
class Labels:
    """The words for what columns only number.

    Attributes:
        sectors: name of each sector.
        issues: name of each issue.
        stance_axes: name of each axis of opinion.
        capabilities: name of each kind of capability.
        culture: number of cultural features.
        practices: number of practices that make up an organisation's solution.
        members: number of members that stand for those inside each organisation.
        citizens: number of citizens.
    """

    sectors: tuple[str, ...] = ("business", "government", "civil_society")
    issues: tuple[str, ...] = ()
    stance_axes: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    culture: int = 0
    practices: int = 0
    members: int = 0
    citizens: int = 0

    def extent(self, column: Column) -> tuple[int, ...]:
        """Return the shape of one entry of a column: () for a number."""
        return () if column.extent is None else (len(self.words(column)),)

    def words(self, column: Column) -> tuple[str, ...]:
        """Return the names of a column's entries, in their order: none for a number; what has no name counts from 1."""
        match column.extent:
            case None:
                return ()
            case "capability":
                return self.capabilities
            case "stance":
                return self.stance_axes
            case "issue":
                return self.issues
            case "motive":
                return COMPONENTS
            case "culture":
                return tuple(str(feature) for feature in range(1, self.culture + 1))
            case "practice":
                return tuple(str(practice) for practice in range(1, self.practices + 1))
            case "member_stance":
                return tuple(f"{member}_{axis}" for member in range(1, self.members + 1) for axis in self.stance_axes)
            case "sector":
                return self.sectors
            case "side":
                return ("source", "target")
