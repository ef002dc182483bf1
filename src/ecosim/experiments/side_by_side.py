"""Side by side: the same done for many jobs in processes that end with this one, however that dies."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import TypeVar

from ecosim.errors import InputError, RunsFailed, raised
from ecosim.experiments.dying import end_with

Job = TypeVar("Job")
Result = TypeVar("Result")


def side_by_side(act: Callable[[Job], Result], jobs: Mapping[str, Job], workers: int) -> list[Result]:
    """Return what a function returns for each job, in their order.

    Processes are started anew rather than forked, so the function has to stand in a module, and a script that asks for
    them needs ``if __name__ == "__main__":``.

    Args:
        act: done for each job.
        jobs: by the name under which one that fails is told of.
        workers: processes; 0 does them one after the other in this one.

    Raises:
        InputError: what a job was refused with, as it is.
        RunsFailed: if one raises anything else, or a process is killed; the others are given up.
    """
    named = partial(_named, act)
    if workers < 1:
        return [named(job) for job in jobs.items()]
    before = multiprocessing.active_children()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent) as pool:
        try:
            return list(pool.map(named, jobs.items(), chunksize=max(1, len(jobs) // (8 * workers))))
        except BrokenProcessPool as error:
            raise RunsFailed(
                "a process that made runs has ended before them; was it killed, as for want of memory? "
                f"fewer of them need less (there were {workers})"
            ) from error
        except BaseException:  # Ctrl-C, too, which reaches only this process: nobody waits for what is left
            for process in multiprocessing.active_children():
                if process not in before:
                    process.kill()
            raise


def _named(act: Callable[[Job], Result], job: tuple[str, Job]) -> Result:
    try:
        return act(job[1])
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        raise RunsFailed(f"{job[0]}: {raised(error)}") from error


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None  # only they are initialised with this
    end_with(parent.sentinel)
