"""What the compiler leaves out changes nothing in the code that comes out."""

import os
import subprocess
import sys

CODE = """
import sys
import numpy as np
from numba.core import ir, codegen, targetconfig
from llvmlite.binding import ffi
import ecosim.kernels
from ecosim.kernels import inlined, kernel

def reached():
    return (ffi.lib._lock._cblist[:], targetconfig.TargetConfig.values, ir.Inst._rec_list_vars,
            codegen.CPUCodeLibrary._optimize_functions)

before = reached()
if sys.argv[1] == "all":
    ecosim.kernels.spare_work = lambda: None

@inlined
def part(numbers, k):
    return np.exp(numbers[k]) / (1.0 + abs(k))

@kernel
def whole(numbers, least):
    kept, count, total = np.empty(numbers.size), 0, 0.0
    for k in range(numbers.size):
        if numbers[k] > least:
            kept[count] = part(numbers, k)
            count += 1
    if count == 0:
        raise ValueError("nothing is left")
    for number in kept[:count]:
        total += number
    return total, kept[:count]

total, kept = whole(np.linspace(-1.0, 1.0, 23), 0.25)
print(total.hex(), kept.sum().hex(), file=sys.stderr)
print(*[one != other for one, other in zip(before, reached())], file=sys.stderr)
print(next(iter(whole.inspect_llvm().values())))
"""


def compiled(how, tmp_path):
    file = tmp_path / "code.py"
    file.write_text(CODE)
    done = subprocess.run(
        [sys.executable, str(file), how],
        env={**os.environ, "ECOSIM_CACHE": str(tmp_path / how)},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    numbers, spared = done.stderr.splitlines()
    return done.stdout.splitlines(), numbers, spared.split()


def test_the_code_is_the_same_with_all_the_work_and_without(tmp_path):
    code, numbers, spared = compiled("lean", tmp_path)
    full_code, full_numbers, not_spared = compiled("all", tmp_path)
    assert spared == ["True"] * 4, "another version of numba is arranged otherwise: see ecosim.lean_compiler"
    assert not_spared == ["False"] * 4
    assert numbers == full_numbers
    assert len(code) > 100
    assert code == full_code
