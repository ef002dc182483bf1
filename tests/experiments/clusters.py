"""A real scheduler and real workers for the tests: processes of their own, on this machine and for it alone."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from tests.experiments.sweeps import PACKAGES, die_with_this_process, wait_until


class Cluster:
    """A scheduler, and workers that can be added and killed."""

    def __init__(self, folder):
        self.folder, self.workers = Path(folder), []
        self.folder.mkdir(exist_ok=True)
        self.file = self.folder / "scheduler.json"
        self.scheduler = self._start("dask_scheduler", "--port", "0")
        try:
            wait_until(lambda: self._address() is not None)
        except BaseException:
            self.close()
            raise
        self.address = self._address()

    def add_worker(self, *words):
        """Start a worker of one thread."""
        local = self.folder / f"worker-{len(self.workers)}"
        words = [*words, "--nthreads", "1", "--local-directory", str(local)]
        self.workers.append(self._start("dask_worker", *(words if "--nanny" in words else ["--no-nanny", *words])))
        return self.workers[-1]

    def wait_for_workers(self):
        """Wait until every worker that was started is known to the scheduler."""
        from distributed import Client

        with Client(self.address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(len(self.workers), timeout=120)

    def close(self):
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()

    def _address(self):
        """Return where the scheduler is; None as long as its file is not there, or not whole yet."""
        try:
            return json.loads(self.file.read_text())["address"]
        except (OSError, ValueError):
            return None

    def _start(self, program, *words):
        search = os.pathsep.join([PACKAGES, *(path for path in sys.path if path)])
        common = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(self.file)]
        call = f"{die_with_this_process()}from distributed.cli.{program} import main; main()"
        return subprocess.Popen(
            [sys.executable, "-c", call, *common, *words],
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
        if workers:
            made.wait_for_workers()
        yield made
    finally:
        made.close()
