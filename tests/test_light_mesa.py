"""Mesa is whole for whoever imports it, before ecosim or after, and ecosim alone does not pay for it."""

import subprocess
import sys

import pytest

AFTERWARDS = """
import mesa
from mesa import Model
from mesa.datacollection import DataCollector
import mesa.space
from ecosim.ecosystem import Ecosystem
assert mesa.Model is Model
assert issubclass(Ecosystem, mesa.Model)
assert mesa.DataCollector is DataCollector
assert mesa.space.MultiGrid and mesa.discrete_space and mesa.batch_run
assert mesa.__version__.startswith("3.")
assert type(mesa) is type(sys)
assert "Agent" in dir(mesa)
assert not hasattr(mesa, "nonsense")
class Wolf(mesa.Agent): pass
class Field(mesa.Model): pass
field = Field(rng=1)
Wolf(field)
assert len(field.agents) == 1
"""


def python(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", "import sys\n" + program], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "first",
    [
        "import mesa",
        "from mesa import Model",
        "import ecosim.light_mesa",
        "import ecosim.ecosystem",
        "import mesa.model",
    ],
)
def test_mesa_is_whole_whoever_is_imported_first(first):
    done = python(first + AFTERWARDS)
    assert done.returncode == 0, done.stderr


def test_ecosim_does_not_bring_in_what_only_the_rest_of_mesa_needs():
    heavy = ("pandas", "networkx", "scipy.spatial", "mesa.space", "mesa.datacollection")
    done = python(f"import ecosim.light_mesa\nprint([name for name in {heavy} if name in sys.modules])")
    assert done.stdout == "[]\n", done.stderr


def test_looking_for_names_that_any_module_may_have_does_not_bring_in_the_rest_of_mesa():
    done = python(
        "import ecosim.light_mesa, inspect, mesa\n"
        "hasattr(mesa, '__wrapped__'), inspect.getfile(mesa), mesa.__path__, mesa.__spec__\n"
        "print('pandas' in sys.modules)"
    )
    assert done.stdout == "False\n", done.stderr


def test_threads_that_ask_at_the_same_time_all_get_the_whole_package():
    done = python(
        "import ecosim.light_mesa, mesa, threading\n"
        "found = []\n"
        "ask = lambda: found.append((mesa.DataCollector, mesa.batch_run, mesa.Model))\n"
        "threads = [threading.Thread(target=ask) for _ in range(8)]\n"
        "[t.start() for t in threads], [t.join() for t in threads]\n"
        "print(len(found), len(set(found)))"
    )
    assert done.stdout == "8 1\n", done.stderr
