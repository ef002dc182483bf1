"""A real scheduler and real workers for the tests: processes of their own, on this machine and for it alone."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from tests.experiments.sweeps import PACKAGES, wait_until


class Cluster:
    """A scheduler, and workers that can be added and killed."""

    def __init__(self, folder):
        self.folder, self.workers = Path(folder), []
        self.folder.mkdir(exist_ok=True)
        self.file = self.folder / "scheduler.json"
        self.scheduler = self._start("dask_scheduler", "--port", "0")
        wait_until(self.file.exists)
        self.address = json.loads(self.file.read_text())["address"]

    def add_worker(self, *words):
        """Start a worker of one thread."""
        local = self.folder / f"worker-{len(self.workers)}"
        words = [*words, "--nthreads", "1", "--local-directory", str(local)]
        self.workers.append(self._start("dask_worker", *(words if "--nanny" in words else ["--no-nanny", *words])))
        return self.workers[-1]

    def close(self):
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()

    def _start(self, program, *words):
        search = os.pathsep.join([PACKAGES, *(path for path in sys.path if path)])
        common = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(self.file)]
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{program}", *common, *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": search},
        )


@contextmanager
def cluster(folder, workers=2):
    """Have a cluster for as long as the block lasts."""
    made = Cluster(folder)
    try:
        for _ in range(workers):
            made.add_worker()
        yield made
    finally:
        made.close()
