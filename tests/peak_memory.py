"""The most memory that this process has held since its program began."""

import re
import resource
import sys
from pathlib import Path


def peak_bytes() -> int:
    """Return the peak resident size; on Linux without what the parent held before this program was started."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        if found:
            return int(found[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
