"""Sensitivity: indices that are known in closed form are found, luck is not mistaken for an effect, gaps are told."""

import numpy as np
import pytest

from ecosim.commands.sensitivity import Order, carry_out
from ecosim.errors import InputError
from ecosim.experiments.reading import SweepTables
from ecosim.experiments.sensitivity import sensitivity
from ecosim.reports.sweep_figures import indices as draw_indices
from ecosim.sweeps.findings import as_indices
from tests.experiments.fake_sweeps import grid, sampled

A, B = 7.0, 0.1
COEFFICIENTS = np.array([0.0, 1.0, 9.0])


def ishigami(shares):
    """Return sin x₁ + a sin² x₂ + b x₃⁴ sin x₁, x from −π to π."""
    x = np.pi * (2 * shares - 1)
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def indices_of_ishigami():
    """Return first and total indices in closed form."""
    alone = [0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8, 0.0]
    together = B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    variance = sum(alone) + together
    return np.array(alone) / variance, np.array([alone[0] + together, alone[1], together]) / variance


def g_function(shares):
    """Return Π (|4 x − 2| + c) / (1 + c)."""
    return np.prod((np.abs(4 * shares - 2) + COEFFICIENTS) / (1 + COEFFICIENTS), axis=1)


def indices_of_g():
    alone = 1 / (3 * (1 + COEFFICIENTS) ** 2)
    variance = np.prod(1 + alone) - 1
    total = [alone[k] * np.prod(np.delete(1 + alone, k)) for k in range(3)]
    return alone / variance, np.array(total) / variance


def found(folder, index, measure="value"):
    """Return value, lower and upper end of an index for each factor."""
    table = sensitivity(SweepTables(folder)).indices
    own = table[(table["measure"] == measure) & (table["index"] == index) & (table["with"] == "")]
    return own[["value", "low", "high"]].to_numpy().T


@pytest.mark.parametrize(("function", "indices"), [(ishigami, indices_of_ishigami), (g_function, indices_of_g)])
def test_sobol_indices_are_those_of_the_closed_form(tmp_path, function, indices):
    """2,048 blocks: the error of such an index is about .02; the draw is fixed."""
    folder = sampled(tmp_path, "sobol", function, 3, 2048)
    for index, known in zip(("first", "total"), indices(), strict=True):
        value, low, high = found(folder, index)
        assert value == pytest.approx(known, abs=0.03)
        assert (low - 0.02 < known).all()
        assert (known < high + 0.02).all()


def test_the_pair_that_interacts_is_found(tmp_path):
    folder = sampled(tmp_path, "sobol", ishigami, 3, 1024, second_order=True)
    table = sensitivity(SweepTables(folder)).indices
    pairs = table[table["index"] == "second"].set_index(["factor", "with"])["value"]
    _, total = indices_of_ishigami()
    assert pairs[("rule.x1", "rule.x3")] == pytest.approx(total[2], abs=0.06)
    assert pairs[("rule.x1", "rule.x2")] == pytest.approx(0.0, abs=0.06)


def test_a_factor_that_is_in_no_formula_does_nothing(tmp_path):
    folder = sampled(tmp_path, "sobol", lambda x: x[:, 0] + 0.5 * x[:, 1], 3, 128)
    assert sensitivity(SweepTables(folder)).idle("value") == ["rule.x3"]


@pytest.mark.parametrize("kind", ["sobol", "morris"])
def test_luck_is_not_mistaken_for_an_effect(tmp_path, kind):
    """Luck lifts every total index and every μ*; the factor that does nothing is told by what replicates disagree on."""
    folder = sampled(tmp_path, kind, lambda x: 3 * x[:, 0], 2, 128, replicates=4, luck=0.5)
    result = sensitivity(SweepTables(folder))
    assert result.idle("value") == ["rule.x2"]
    judged = {"sobol": "total", "morris": "mu_star"}[kind]
    row = result.indices[(result.indices["index"] == judged) & (result.indices["factor"] == "rule.x2")].iloc[0]
    assert row["value"] == pytest.approx(row["floor"], rel=0.3)
    assert row["value"] > 0


def test_how_much_is_luck_is_told(tmp_path):
    """A uniform factor has variance 1/12 · 9, luck over four replicates .25 / 4."""
    folder = sampled(tmp_path, "sobol", lambda x: 3 * x[:, 0], 2, 256, replicates=4, luck=0.5)
    luck = sensitivity(SweepTables(folder)).measures["luck"].iloc[0]
    assert luck == pytest.approx((0.25 / 4) / (0.75 + 0.25 / 4), rel=0.15)


def test_blocks_with_gaps_are_dropped_as_a_whole_and_told(tmp_path):
    """Point 7 lies in the second block of 5 points, point 23 in the fifth."""
    folder = sampled(tmp_path, "sobol", ishigami, 3, 1024, failed=(7, 23))
    result = sensitivity(SweepTables(folder))
    assert result.measures["dropped"].iloc[0] == 10
    assert any("10 points are left out, as whole blocks" in remark for remark in result.remarks)
    value, _, _ = found(folder, "total")
    assert value == pytest.approx(indices_of_ishigami()[1], abs=0.05)


def test_morris_finds_slopes_of_a_plane_exactly(tmp_path):
    """The elementary effect of a linear function is its slope, everywhere: σ is nought."""
    folder = sampled(tmp_path, "morris", lambda x: 2 * x[:, 0] - 5 * x[:, 1], 3, 8)
    assert found(folder, "mu_star")[0] == pytest.approx([2, 5, 0], abs=1e-9)
    assert found(folder, "mu")[0] == pytest.approx([2, -5, 0], abs=1e-9)
    assert found(folder, "sigma")[0] == pytest.approx([0, 0, 0], abs=1e-9)
    assert sensitivity(SweepTables(folder)).idle("value") == ["rule.x3"]


def test_shares_of_a_grid_are_those_of_its_two_way_table(tmp_path):
    """y = a + b over {0, 1, 2} and {0, 3}: variances 2/3 and 9/4, and nothing together."""
    axes = {"rule.a": [0.0, 1.0, 2.0], "rule.b": [0.0, 3.0]}
    folder = grid(
        tmp_path, axes, {"value": lambda c, draw, n: np.tile((c["rule.a"] + c["rule.b"])[:, None], n)}, replicates=4
    )
    first, total = found(folder, "first")[0], found(folder, "total")[0]
    known = np.array([2 / 3, 9 / 4]) / (2 / 3 + 9 / 4)
    assert first == pytest.approx(known)
    assert total == pytest.approx(known)


def test_shares_of_a_grid_are_freed_of_luck(tmp_path):
    """Luck as large as the effect: the share of the idle factor is about nought, not what luck makes of it."""
    axes = {"rule.a": [0.0, 1.0, 2.0, 3.0], "rule.b": [0.0, 1.0, 2.0]}
    noisy = lambda c, draw, n: c["rule.a"][:, None] + draw.normal(0, 1, size=(12, n))  # noqa: E731
    folder = grid(tmp_path, axes, {"value": noisy}, replicates=30)
    result = sensitivity(SweepTables(folder))
    assert result.idle("value") == ["rule.b"]
    assert found(folder, "total")[0] == pytest.approx([1, 0], abs=0.06)


def test_a_monotone_formula_gets_full_rank_coefficients(tmp_path):
    folder = sampled(tmp_path, "lhs", lambda x: np.exp(6 * x[:, 0]), 2, 200)
    result = sensitivity(SweepTables(folder))
    ranks = result.indices[result.indices["index"] == "rank"]["value"].to_numpy()
    assert ranks == pytest.approx([1, 0], abs=0.02)
    assert result.measures["fit"].iloc[0] == pytest.approx(1, abs=1e-9)
    assert result.idle("value") == ["rule.x2"]


def test_a_factor_that_lowers_a_measure_does_something(tmp_path):
    """Signs count as effects, both ways."""
    folder = sampled(tmp_path, "lhs", lambda x: 2 * x[:, 0] - x[:, 1], 3, 70, replicates=2, luck=0.3)
    assert sensitivity(SweepTables(folder)).idle("value") == ["rule.x3"]


def test_first_order_indices_come_from_any_points(tmp_path):
    """What regression on ranks does not see, as a parabola, the first-order index does."""
    folder = sampled(tmp_path, "lhs", lambda x: (2 * x[:, 0] - 1) ** 2, 2, 300)
    result = sensitivity(SweepTables(folder))
    assert found(folder, "first")[0] == pytest.approx([1, 0], abs=0.12)
    assert abs(found(folder, "rank")[0][0]) < 0.3
    assert result.idle("value") == ["rule.x2"]


def test_a_measure_that_never_varies_is_named_not_analysed(tmp_path):
    folder = grid(
        tmp_path,
        {"rule.a": [0.0, 1.0], "rule.b": [0.0, 1.0]},
        {"value": lambda c, draw, n: c["rule.a"][:, None] + np.zeros(n), "flat": lambda c, draw, n: np.ones((4, n))},
        replicates=3,
    )
    assert sensitivity(SweepTables(folder)).skipped == {"flat": "it is the same in every run"}


def test_an_unknown_measure_is_refused_with_the_nearest(tmp_path):
    folder = sampled(tmp_path, "lhs", lambda x: x[:, 0], 2, 20)
    with pytest.raises(InputError, match=r"'valeu'.*did you mean 'value'"):
        sensitivity(SweepTables(folder), ["valeu"])


def test_too_few_blocks_are_refused_in_words(tmp_path):
    folder = sampled(tmp_path, "sobol", ishigami, 3, 4)
    with pytest.raises(InputError, match="only 4 whole blocks"):
        sensitivity(SweepTables(folder))


def test_a_folder_without_a_sweep_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no sweep"):
        SweepTables(tmp_path)


def test_of_a_single_factor_it_is_told_that_its_share_is_all_there_is(tmp_path, capsys):
    def moved(columns, luck, replicates):
        return np.tile(columns["a"][:, None], replicates) + luck.normal(0.0, 0.1, (3, replicates))

    folder = grid(tmp_path / "one", {"a": [1.0, 2.0, 3.0]}, {"value": moved}, replicates=4)
    carry_out(Order(folder=folder, quiet=True))
    told = " ".join(capsys.readouterr().out.split())
    assert "1 (all there is)" in told
    assert "One factor was varied: its share is all there is, so 1 whatever it does." in told
    assert "1.000" not in told


def test_a_figure_of_indices_that_stands_alone_names_its_axis_and_what_it_shows(tmp_path):
    def both(columns, luck, replicates):
        return np.tile((columns["a"] + 2 * columns["b"])[:, None], replicates) + luck.normal(0.0, 0.1, (9, replicates))

    folder = grid(tmp_path / "two", {"a": [1.0, 2.0, 3.0], "b": [1.0, 2.0, 3.0]}, {"value": both}, replicates=3)
    found = as_indices(sensitivity(SweepTables(folder)))
    figure = draw_indices(found, ["value"], ["a", "b"], "What matters", "Shares of variance.")
    assert [axes.get_xlabel() for axes in figure.axes] == ["share of variance"]
    assert figure.get_suptitle() == "What matters"
    assert figure.get_supxlabel() == "Shares of variance."
    assert draw_indices(found, ["value"], ["a", "b"]).get_supxlabel() == ""
