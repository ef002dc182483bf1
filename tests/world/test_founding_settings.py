"""What a world cannot be founded from is refused in plain words, all at once."""

import pytest
from pydantic import ValidationError

from ecosim.world.attribute_settings import MeanSettings
from ecosim.world.columns import COLUMNS
from ecosim.world.founding import EcosystemSettings, found
from ecosim.world.founding_settings import SectorSettings
from tests.clock import at_most_seconds


def world(**settings):
    return found(EcosystemSettings.model_validate(settings), 1, COLUMNS)


def refused(**settings):
    """Return the message with which settings are refused."""
    with pytest.raises(ValidationError) as caught:
        EcosystemSettings.model_validate(settings)
    return str(caught.value)


@pytest.mark.parametrize("count", [0, -1, 2.5, True, "200", 10**12, None, float("nan")])
def test_a_number_of_organisations_that_cannot_be_is_refused_at_once(count):
    with at_most_seconds(1):
        told = refused(organisations=count)
    assert "is no number of organisations; allowed: a whole number from 1 to 2,000,000,000" in told


def test_one_organisation_is_a_world():
    alone = world(organisations=1)
    assert (alone.n, alone.ties) == (1, 0)


def test_a_sector_may_be_empty_but_not_all():
    assert world(organisations={"business": 3}).sector.tolist() == [0, 0, 0]
    assert "there are none; allowed: at least 1 in all" in refused(organisations={"business": 0})


def test_too_many_of_one_sector_are_refused():
    message = refused(organisations=10**9)
    assert "500,000,000 of them would be business; allowed: at most 16,777,216 in one sector" in message


def test_an_unknown_sector_is_told_the_nearest():
    assert "no sector 'buisness'; did you mean 'business'?" in refused(organisations={"buisness": 3})


def test_weights_that_do_not_sum_to_one_are_refused_with_an_offer():
    motive = [0.7, 0.05, 0.05, 0.1, 0.09]
    message = refused(sectors={"business": {"motive": motive}}, issues=[{"name": "air", "needs": [0.0, 0.0, 0.0, 0.0]}])
    assert "sum to 0.99; allowed: a sum of 1, for example [0.7071, 0.05051, 0.05051, 0.101, 0.09091]" in message
    assert "sum to 0; allowed" in message
    assert "sum to 0.9; allowed" in refused(sectors={"a": {"share": 0.5}, "b": {"share": 0.4}})
    assert "sum to 1.1; allowed: at most 1" in refused(sectors={"a": {"share": 0.6}, "b": {"share": 0.5}, "c": {}})


@pytest.mark.parametrize("weight", [-0.1, 1.2, float("nan"), float("inf"), "0.3", True])
def test_a_weight_that_is_no_share_is_refused(weight):
    assert "motive" in refused(sectors={"business": {"motive": [weight, 0.3, 0.3, 0.2, 0.2]}})


def test_lists_of_the_wrong_length_are_all_named_at_once():
    message = refused(
        sectors={"one": {"capability": [1.0], "salience": [0.5, 0.5], "stance": [0.1, 0.2]}}, organisations={"two": 1}
    )
    for part in (
        "sectors.one.capability has 1 numbers; allowed: 4",
        "salience has 2",
        "stance has 2",
        "no sector 'two'",
    ):
        assert part in message


def test_names_are_words_and_each_is_there_once():
    assert "air is named twice" in refused(issues=[{"name": "air"}, {"name": "air"}])
    assert "trade is named twice" in refused(stance={"axes": ["trade", "trade"]})
    assert "cannot be used" in refused(sectors={"../../x": {}})
    assert "cannot be used" in refused(capabilities=["money\n"])


def test_an_unknown_key_is_refused():
    assert "Extra inputs are not permitted" in refused(organisation=3)


@pytest.mark.parametrize("name", ["issues", "capabilities"])
@pytest.mark.parametrize("count", [0, True, 1.5, 10**6])
def test_impossible_numbers_of_issues_and_capabilities_are_refused(name, count):
    assert "allowed: a whole number from 1 to" in refused(**{name: count})


def models():
    return [EcosystemSettings, SectorSettings, MeanSettings, *(
        type(getattr(EcosystemSettings(), name)) for name in ("stance", "culture", "capital", "capability", "network")
    )]  # fmt: skip


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_every_setting_says_what_it_means(model):
    assert all(field.description for field in model.model_fields.values())
