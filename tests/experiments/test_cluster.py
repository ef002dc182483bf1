"""Sweeps on a cluster: a real scheduler and workers in processes of their own, some of them killed under way."""

import json
import signal
import socketserver
import subprocess
import threading
import time
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

import ecosim
from ecosim import cli
from ecosim.errors import InputError
from ecosim.experiments import schedulers
from ecosim.experiments.stored import read_runs
from ecosim.experiments.sweep import Execution, run_sweep
from ecosim.experiments.waiting import Waiting
from tests.clock import at_most_seconds
from tests.experiments.clusters import cluster
from tests.experiments.sweeps import (
    DIARY,
    HOW,
    SLOW,
    TINY,
    TOLERANCE,
    VALUES,
    children,
    failures,
    is_alive,
    same_tables,
    shards,
    start,
    tiny,
    wait_until,
    watched,
)

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


def test_a_killed_worker_costs_nothing_and_the_tables_are_those_of_one_machine(undisturbed, dask, tmp_path):
    coordinator = start(
        tmp_path, f"{TOLERANCE}=0.1,0.2,0.5", SLOW, "--replicates=12", "--cluster", dask.address, workers=None
    )
    victim = dask.workers[0]
    wait_until(lambda: children(victim.pid))
    hands = children(victim.pid)
    wait_until(lambda: shards(tmp_path) or coordinator.poll() is not None)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    _, told = coordinator.communicate(timeout=120)
    assert coordinator.returncode == 0, told
    assert b"36 ok, 0 failed" in told
    assert same_tables(tmp_path, undisturbed)
    wait_until(lambda: not any(is_alive(pid) for pid in hands), seconds=30.0)


def test_what_a_cluster_left_is_gone_on_with_at_home_and_the_other_way_round(undisturbed, dask, tmp_path):
    words = (*TINY, SLOW)
    run_sweep(tiny({TOLERANCE: VALUES[:1]}, SLOW, replicates=12), tmp_path, Execution(workers=0))
    table = ecosim.sweep(
        "opinions",
        {TOLERANCE: VALUES},
        *words,
        trust=("trouble",),
        replicates=12,
        out=tmp_path,
        cluster=dask.file,
    )
    assert len(table) == 36
    assert same_tables(tmp_path, undisturbed)
    assert run_sweep(tiny({TOLERANCE: VALUES}, SLOW, replicates=12), tmp_path, Execution(workers=0)).made == 0


@pytest.mark.parametrize(("timeout", "latest"), [(6, 10.5), pytest.param(1.5, 3.5, marks=pytest.mark.slow)])
def test_runs_that_raise_hang_die_or_hoard_fail_alone_on_a_cluster(dask, tmp_path, timeout, latest):
    plan, out = (
        tiny({HOW: ["none", "raise", "hang", "die", "memory"]}, f"{DIARY}={tmp_path / 'diary'}"),
        tmp_path / "out",
    )
    with watched(tmp_path / "diary") as diary:
        outcome = run_sweep(plan, out, Execution(timeout=timeout, memory=300, cluster=dask.address))
    assert (outcome.ok, outcome.failed) == (1, 4)
    kinds = {how: one["kind"] for how, one in failures(out).items()}
    assert kinds == {"raise": "error", "hang": "timeout", "die": "killed", "memory": "memory"}
    assert timeout <= min(diary.seconds.values()) < latest


@pytest.mark.parametrize("seconds", [30, pytest.param(5, marks=pytest.mark.slow)])
def test_ctrl_c_takes_in_what_the_workers_have_finished(dask, tmp_path, seconds):
    words = [f"{TOLERANCE}=0.1,0.2,0.5", "dynamics.trouble.pause=0.03", "--replicates=40", "--cluster", dask.address]
    coordinator = start(tmp_path, *words, workers=None)
    wait_until(lambda: shards(tmp_path))
    began = time.monotonic()
    coordinator.send_signal(signal.SIGINT)
    _, told = coordinator.communicate(timeout=60)
    assert time.monotonic() - began < seconds
    assert coordinator.returncode == 130
    assert b"the same command again goes on" in told
    assert b"Traceback" not in told
    assert 0 < len(read_runs(tmp_path)) < 120
    told = json.loads((tmp_path / "manifest.json").read_text())
    assert told["state"] == "stopped"
    assert told["runs"] == {"all": 120, "ok": len(read_runs(tmp_path)), "failed": 0}


def test_workers_with_other_code_are_refused_and_the_difference_is_shown(dask, tmp_path, monkeypatch):
    from ecosim.experiments import cluster as on_cluster
    from ecosim.experiments.making import CannotGoOn

    real = on_cluster.surroundings
    monkeypatch.setattr("ecosim.experiments.cluster.surroundings", lambda trust: {**real(trust), "code": "0.2.0+feed"})
    with pytest.raises(CannotGoOn, match=r"code: '0\.2\.0\+feed' here, '.*' there"):
        run_sweep(tiny({TOLERANCE: VALUES}), tmp_path, Execution(cluster=dask.address))
    assert not shards(tmp_path)


@pytest.mark.slow
def test_a_run_that_kills_its_worker_every_time_is_found_among_the_innocent(tmp_path):
    with cluster(tmp_path / "cluster", workers=0) as dask:
        for _ in range(2):
            dask.add_worker("--nanny")
        dask.wait_for_workers()
        plan = tiny({HOW: ["none", "die_with_worker"]}, replicates=4)
        outcome = run_sweep(plan, tmp_path / "out", Execution(cluster=dask.address))
        assert (outcome.ok, outcome.failed) == (4, 4)
        assert "workers of the cluster ended in this run" in failures(tmp_path / "out")["die_with_worker"]["message"]


@pytest.mark.slow
def test_a_scheduler_that_dies_ends_the_sweep_in_one_sentence_and_another_goes_on(undisturbed, tmp_path):
    out = tmp_path / "out"
    with cluster(tmp_path / "first", workers=1) as dask:
        words = [f"{TOLERANCE}=0.1,0.2,0.5", SLOW, "--replicates=12", "--cluster", dask.address]
        coordinator = start(out, *words, workers=None)
        wait_until(lambda: shards(out))
        dask.scheduler.kill()
        _, told = coordinator.communicate(timeout=120)
    assert coordinator.returncode == 1
    assert b"Failed: the scheduler is gone; what is finished is in" in told
    assert b"Traceback" not in told
    with cluster(tmp_path / "second", workers=1) as dask:
        run_sweep(tiny({TOLERANCE: VALUES}, SLOW, replicates=12), out, Execution(cluster=dask.address))
    assert same_tables(out, undisturbed)


def test_a_scheduler_that_does_not_answer_is_told_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("ecosim.experiments.schedulers.SECONDS_TO_ANSWER", 0.5)
    with pytest.raises(InputError, match=r"127\.0\.0\.1:9: no scheduler answers") as refused, at_most_seconds(10):
        run_sweep(tiny({TOLERANCE: VALUES}), tmp_path / "out", Execution(cluster="tcp://127.0.0.1:9"))
    assert len(str(refused.value).splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_what_answers_and_is_no_scheduler_is_told_apart(tmp_path):
    with socketserver.TCPServer(("127.0.0.1", 0), Talker) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(InputError, match="what answers there is no Dask scheduler"):
            run_sweep(tiny({TOLERANCE: VALUES}), tmp_path, Execution(cluster=f"127.0.0.1:{server.server_address[1]}"))
        server.shutdown()


class Talker(socketserver.BaseRequestHandler):
    """A web server that takes whatever it is told for a bad request."""

    def handle(self):
        self.request.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        time.sleep(0.2)


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("nonsense", "allowed: the address of a scheduler"),
        ("http://127.0.0.1:80", "allowed: the address of a scheduler"),
        ("tcp://127.0.0.1:99999", "allowed: the address of a scheduler"),
        ("nowhere.json", "no such file"),
        ("nowhere.yaml", "nowhere.yaml"),
    ],
)
def test_what_is_no_scheduler_is_refused(tmp_path, monkeypatch, where, told):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=told):
        run_sweep(tiny({TOLERANCE: VALUES}), tmp_path / "out", Execution(cluster=where))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cluster: os.system\narguments: {command: 'touch broken'}", "allowed: the name of a cluster in dask_jobqueue"),
        ("cluster: distributed.LocalCluster\nworker: 2", "worker'; did you mean workers|workers"),
        ("cluster: distributed.NoCluster", "distributed has no NoCluster"),
        ("cluster: dask_jobqueue.SLURMCluster", "needs the package dask_jobqueue"),
        ("cluster: distributed.LocalCluster\nworkers: -1\narguments: 3", "workers: -1"),
    ],
)
def test_a_file_that_describes_no_cluster_is_refused(tmp_path, text, told):
    (tmp_path / "cluster.yaml").write_text(text)
    with pytest.raises(InputError, match=told):
        run_sweep(tiny({TOLERANCE: VALUES}), tmp_path / "out", Execution(cluster=str(tmp_path / "cluster.yaml")))
    assert not (tmp_path / "broken").exists()


def test_a_file_may_start_a_cluster_which_ends_with_the_sweep(undisturbed, tmp_path):
    described = """
        cluster: distributed.LocalCluster
        arguments: {processes: false, threads_per_worker: 1, n_workers: 0, dashboard_address: "127.0.0.1:0"}
        workers: 1
    """
    (tmp_path / "cluster.yaml").write_text(described)
    outcome = run_sweep(
        tiny({TOLERANCE: VALUES}, SLOW, replicates=12),
        tmp_path / "out",
        Execution(cluster=str(tmp_path / "cluster.yaml")),
    )
    assert (outcome.ok, outcome.failed) == (36, 0)
    assert same_tables(tmp_path / "out", undisturbed)


def test_processes_and_a_cluster_are_not_asked_for_at_once(tmp_path):
    with pytest.raises(InputError, match="one of --workers and --cluster"):
        run_sweep(tiny({TOLERANCE: VALUES}), tmp_path, Execution(workers=2, cluster="tcp://127.0.0.1:9"))


def test_without_dask_the_extra_is_named(tmp_path):
    told = "import sys; sys.modules['distributed'] = None; from ecosim.experiments.schedulers import connected\n"
    told += "with connected('tcp://127.0.0.1:9'): pass"
    import sys

    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=False)
    assert "needs the package distributed" in done.stderr
    assert "extra `cluster`" in done.stderr


@pytest.mark.slow
def test_a_search_is_connected_once_and_comes_to_the_same_on_a_cluster(dask, tmp_path, monkeypatch):
    connected, times = schedulers.connected, []
    monkeypatch.setattr(schedulers, "connected", lambda *words: times.append(words) or connected(*words))
    asked = "opinions", {TOLERANCE: (0.1, 0.9)}, {"dispersion": (0.3, 0.1)}, "ecosystem.organisations=20", "ticks=10"
    said, hands = [], set()
    far = ecosim.calibrate(
        *asked, trials=36, replicates=1, cluster=dask.file, say=said.append,
        progress=lambda _: hands.update(pid for worker in dask.workers for pid in children(worker.pid)),
    )  # fmt: skip
    near = ecosim.calibrate(*asked, trials=36, replicates=1, workers=0)
    assert "2 threads of the cluster" in said[0]
    assert len(times) == 1
    assert len(hands) <= len(dask.workers), "the processes of the first batch make all others, too"
    assert far.trials.equals(near.trials)
    assert far.says == near.says


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "opinions", "town"),
        ("tip", "opinions", TOLERANCE, "dispersion", "--from=0.1", "--to=0.9"),
        ("calibrate", "opinions", f"{TOLERANCE}=interval(0.1,0.9)", "--target=dispersion=0.3±0.1"),
    ],
)
def test_every_command_that_makes_runs_asks_the_cluster_that_is_named(words, tmp_path):
    done = CliRunner().invoke(cli.app, [*words, "--cluster=nonsense", "--retry", f"--out={tmp_path / 'out'}"])
    assert done.exit_code == 2
    assert "allowed: the address of a scheduler" in done.output
    assert not (tmp_path / "out").exists()


def test_a_run_alone_in_its_batch_is_blamed_only_when_nothing_else_was_under_way(tmp_path):
    """Ends a worker under a batch of one run among others: it is made again by itself, and nothing beside it."""
    from distributed import KilledWorker

    maker = _maker_without_a_cluster(tmp_path, numbers=range(4))
    maker._hand_out()
    first = list(maker._flying)
    assert len(first) == 2
    listener = SimpleNamespace(failed=lambda *_: pytest.fail("an innocent run was blamed"), progress=lambda done: None)
    maker._fallen(maker._flying.pop(first[0]), KilledWorker("runs", SimpleNamespace(address="there"), 3), listener)
    maker._hand_out()
    assert list(maker._flying) == [first[1]], "others end first"
    maker._flying.pop(first[1])
    for _ in range(2):
        maker._hand_out()
        assert [list(runs) for runs in maker._flying.values()] == [[0]], "it is made by itself"
    maker._flying.clear()
    maker._hand_out()
    assert [list(runs) for runs in maker._flying.values()] == [[2], [3]], "then the others go on"


def _maker_without_a_cluster(folder, numbers):
    """Return what makes runs on a cluster of one thread that never says anything."""

    from ecosim.experiments.cluster import OnCluster

    class Never:
        def add_done_callback(self, call):
            pass

    client = SimpleNamespace(submit=lambda *_, **__: Never(), nthreads=lambda: {"there": 1}, status="running")
    maker = OnCluster(SimpleNamespace(client=client, expected=1), tiny({TOLERANCE: VALUES}), folder, 0.0, None)
    maker._queue, maker._run_ids = Waiting(numbers), {number: f"{number:032x}" for number in numbers}
    maker._batch_size = lambda: 1
    return maker
