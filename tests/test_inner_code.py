"""Code that only kernels call is right wherever it is taken in, though no instructions are made of it alone."""

import ctypes
import os
import subprocess
import sys

import numba
import numpy as np
import pytest
from numba.core.environment import lookup_environment
from numba.core.registry import cpu_target

from ecosim.inner_code import InnerLibrary
from ecosim.kernels import inlined, inner, kernel

pytestmark = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="without the compiler every kernel is plain Python")


@inner
def weighed(numbers, weight):
    total = 0.0
    for number in numbers:
        if number < 0.0:
            raise ValueError("a negative number")
        total += weight * number
    return total


@inlined
def weighed_twice(numbers, weight):
    return weighed(numbers, weight) + weighed(numbers, 2)


@kernel
def all_weighed(numbers):
    return weighed_twice(numbers, 1) + np.sum(numbers)


@inner
def factorial(number):
    if number < 2:
        return 1
    return number * factorial(number - 1)


@kernel
def sum_of_factorials(numbers):
    total = 0
    for number in numbers:
        total += factorial(number)
    return total


@pytest.fixture(scope="module", autouse=True)
def made_here():
    """Have kernels made in this process: of what an earlier one has made and kept, it need not know the parts."""
    for part in (weighed, weighed_twice, factorial, all_weighed, sum_of_factorials):
        part._cache.flush()


TAKER = """
import sys
import numpy as np
from ecosim.kernels import inner, kernel

@inner
def half(number):
    if number < 0.0:
        raise ValueError("a negative number")
    return number / 2.0

@inner
def quarter(number):
    return half(half(number))

@kernel
def first(number):
    return quarter(number) + 1.0

@kernel
def second(number):
    return quarter(number) + 2.0

taker = second if sys.argv[1] == "second" else first
print(taker(np.float64(6.0)), sum(quarter._cache_hits.values()), sum(half._cache_hits.values()))
try:
    taker(np.float64(-1.0))
except ValueError as error:
    print(error)
"""


def test_a_kernel_is_right_with_all_that_it_takes_in():
    assert all_weighed(np.arange(5.0)) == 40.0
    assert sum_of_factorials(np.arange(6)) == 154
    with pytest.raises(ValueError, match="a negative number"):
        all_weighed(-np.ones(2))


def test_no_instructions_are_made_of_what_only_kernels_call():
    all_weighed(np.arange(5.0))
    for part in (weighed, weighed_twice):
        (compiled,) = part.overloads.values()
        assert isinstance(compiled.library, InnerLibrary)
        assert compiled.library.get_pointer_to_function(compiled.fndesc.llvm_func_name) == 0
    (compiled,) = all_weighed.overloads.values()
    assert compiled.library.get_pointer_to_function(compiled.fndesc.llvm_func_name) != 0


def test_one_code_serves_for_all_numbers_that_kernels_write_down():
    all_weighed(np.arange(5.0))
    ((_, weight),) = weighed.overloads
    assert weight == numba.int64


def test_what_is_taken_in_finds_its_own_surroundings():
    """A function's names in Python are looked up in its own module, at a place that is told when its code is ready."""
    all_weighed(np.arange(5.0))
    for part in (weighed, weighed_twice, all_weighed):
        (compiled,) = part.overloads.values()
        name = compiled.fndesc.env_name
        place = cpu_target.target_context.codegen()._engine.get_global_value_address(name)
        assert ctypes.c_void_p.from_address(place).value == id(lookup_environment(name))


def test_code_that_one_process_kept_is_taken_in_by_another(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(TAKER)
    said = []
    for which in ("first", "second", "second"):
        done = subprocess.run(
            [sys.executable, str(program), which],
            env={**os.environ, "ECOSIM_CACHE": str(tmp_path / "cache")},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        said.append(done.stdout.splitlines())
    made, taken, kept = said
    assert made == ["2.5 0 0", "a negative number"]
    assert taken == ["3.5 1 0", "a negative number"]
    assert kept == ["3.5 0 0", "a negative number"]
