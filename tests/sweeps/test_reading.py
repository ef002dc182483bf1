"""A sweep is read from its folder, and from nothing else."""

import pytest

import ecosim


@pytest.mark.parametrize("read", [ecosim.read_sweep, lambda folder: ecosim.discover(folder, "coalitions", above=2)])
@pytest.mark.parametrize(("folder", "told"), [(3, "3 is no path"), (None, "None is no path"), ("nowhere", "nowhere")])
def test_what_is_no_folder_of_a_sweep_is_refused_in_plain_words(read, folder, told):
    with pytest.raises(ecosim.InputError, match=told):
        read(folder)
