"""Does the office close when it is told to?"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

CLONE = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_open(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_an_office_started_in_the_background_of_a_script_closes_when_told(tmp_path: Path, told: signal.Signals) -> None:
    port = free_port()
    environment = {**os.environ, "DUECARE_HOME": str(tmp_path), "DUECARE_DEMO": "0", "PORT": str(port)}
    office = subprocess.Popen(
        [sys.executable, "-m", "duecare", "serve"],
        cwd=CLONE,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # What a shell without job control does to `./run &`.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    try:
        until = time.monotonic() + 90
        while not is_open(port):
            assert time.monotonic() < until
            assert office.poll() is None
            time.sleep(0.1)
        time.sleep(0.5)
        office.send_signal(told)
        said, _ = office.communicate(timeout=20)  # returns only when the children have closed the pipe too
    finally:
        office.kill()
    assert office.returncode == 0, said.decode()
    assert "Closing." in said.decode()
    assert not is_open(port)
