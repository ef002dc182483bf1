"""A public good stands by itself, or makes what coalitions share; what would fail unheard is refused with what to change."""

import pytest

from ecosim.compose import load
from ecosim.dynamics.contribution.imitation import FermiImitation
from ecosim.dynamics.production.placing import goods_beside, refuse_misplaced_goods
from ecosim.dynamics.production.public_goods import PublicGoods
from ecosim.dynamics.production.sharing import Sharing
from ecosim.dynamics.production.threshold_goods import ThresholdGoods
from ecosim.dynamics.rivals import rivals
from ecosim.ecosystem import Ecosystem
from ecosim.errors import InputError

SWAP = "dynamics.production={rule: public_goods%s}"
QUIET = ("record.events=false", "ecosystem.citizens.count=50")


def refusal(*changes):
    """Return the one sentence by which a changed town is refused."""
    with pytest.raises(InputError) as refused:
        Ecosystem(load("town", *QUIET, *changes))
    (sentence,) = refused.value.faults
    return sentence


def test_a_good_between_neighbours_in_the_place_of_joint_work_is_refused_with_all_that_it_undoes():
    said = refusal(SWAP % "")
    assert said.startswith(
        "dynamics.production (public_goods) pays each organisation by itself, as its groups are network"
    )
    assert "dynamics.sharing (sharing) writes payoff, too" in said
    for reader in ("issue (issue)", "market (market)", "coalition (joining)", "contribution (best_response)"):
        assert f"dynamics.{reader}" in said
    assert "set dynamics.production.groups=coalitions" in said
    assert "synergist" not in said


def test_what_a_refusal_says_is_all_there_is_to_change():
    assert Ecosystem(load("town", *QUIET, SWAP % ", groups: coalitions"))
    said = refusal(SWAP % ", groups: mixed", "~dynamics.sharing")
    assert "set dynamics.production.groups=coalitions and, behind it, +dynamics.sharing={rule: sharing}" in said
    assert "writes payoff" not in said


def test_without_somebody_who_shares_it_out_a_good_of_coalitions_pays_by_itself_and_does_not_fit_a_town():
    said = refusal(SWAP % ", groups: coalitions", "~dynamics.sharing")
    assert "as nobody shares out what coalitions make" in said
    assert "add a sharing behind it, +dynamics.sharing={rule: sharing}" in said


@pytest.mark.parametrize("groups", ["network", "coalitions"])
def test_a_good_beside_joint_work_pays_by_itself_and_is_told_with_what_to_switch_off(groups):
    settings = load("town", *QUIET, f"+dynamics.goods={{rule: threshold_goods, groups: {groups}}}")
    (told,) = rivals(settings.in_order())
    assert told.startswith("sharing and goods write payoff, one after the other in each tick, and the last decides")
    assert told.endswith("switch that off, ~dynamics.production, with dynamics.goods.groups=coalitions")
    assert Ecosystem(settings).schedule.bound["goods"].writes == ("payoff",)


def test_a_good_beside_another_payer_is_let_be_where_a_rule_of_ones_own_writes_output_and_is_refused_where_none_does():
    class Workshop(FermiImitation):
        writes = ("output", "payoff")

    class Wages(FermiImitation):
        writes = ("payoff",)

    good = PublicGoods()
    refuse_misplaced_goods({"goods": good, "work": Workshop()})
    (told,) = goods_beside({"goods": good, "work": Workshop()})
    assert "goods and work write payoff" in told
    with pytest.raises(InputError, match="writes payoff, too"):
        refuse_misplaced_goods({"goods": good, "work": Wages()})


def test_of_two_goods_that_pay_by_themselves_one_would_undo_the_other():
    two = {"one": PublicGoods(), "other": ThresholdGoods(groups="mixed")}
    with pytest.raises(
        InputError, match=r"other \(threshold_goods\) writes payoff, too; leave one out: ~dynamics\.one or"
    ):
        refuse_misplaced_goods(two)


def test_two_goods_of_coalitions_are_one_too_many():
    goods = {name: PublicGoods(groups="coalitions") for name in ("one", "other")}
    with pytest.raises(InputError, match="both make what coalitions make"):
        refuse_misplaced_goods({**goods, "sharing": Sharing()})


def test_a_good_stands_by_itself_beside_rules_that_copy_whoever_is_better_paid():
    refuse_misplaced_goods({"production": PublicGoods(), "imitation": FermiImitation()})
    refuse_misplaced_goods({"production": ThresholdGoods(groups="coalitions"), "imitation": FermiImitation()})


@pytest.mark.parametrize("name", ["town", "public_goods", "hauert_2006", "pacheco_2009", "santos_2008"])
def test_no_world_of_ours_is_refused(name):
    refuse_misplaced_goods(load(name).in_order())
