"""The service under test as a process."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

SECONDS_TO_START = 60
SECONDS_TO_STOP = 60
LINES_OF_LOG = 30


class Broken(Exception):
    """The service does not start, or does not stop."""


class Service:
    """One service that is started, ended and started again at the same address."""

    def __init__(self, binary, folder, template, environment=None, **values):
        """`template` is a configuration in which `{service}`, `{store}` and the names of `values` stand in braces."""
        address = f"127.0.0.1:{_free_port()}"
        self.url = f"http://{address}"
        self.log = folder / "service.log"
        self._store = folder / "waystation.db"
        config = folder / "waystation.toml"
        text = template.read_text()
        for name, value in {"service": address, "store": self._store, **values}.items():
            text = text.replace(f"{{{name}}}", str(value))
        config.write_text(text)
        self._environment = {**os.environ, **(environment or {})}
        self._command = [str(binary), "run", "--config", str(config)]
        self._folder = folder
        self._process = None

    def start(self):
        """Returns when it is ready."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=self._folder, env=self._environment, stdout=log, stderr=log)
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._is_ready():
            if self._process.poll() is not None:
                raise Broken(f"the service ended with {self._process.returncode}:\n{self._last_lines()}")
            if time.monotonic() > deadline:
                raise Broken(f"the service is not ready after {SECONDS_TO_START} s:\n{self._last_lines()}")
            time.sleep(0.05)

    def kill(self):
        """Ends it without warning."""
        self._end(signal.SIGKILL)

    def stop(self):
        """Asks it to end in good order."""
        code = self._end(signal.SIGTERM)
        if code != 0:
            raise Broken(f"the service ended with {code} when asked to stop:\n{self._last_lines()}")

    def settled(self):
        """The message ids of what is recorded as delivered. Only for a service that does not run."""
        with tempfile.TemporaryDirectory(prefix="waystation-sdk-store-") as folder:
            # Whoever opens the database changes its files: what is looked at is a copy.
            for file in self._folder.glob(f"{self._store.name}*"):
                shutil.copy(file, folder)
            with closing(sqlite3.connect(Path(folder) / self._store.name)) as store:
                rows = store.execute("SELECT message_id FROM delivery_record WHERE outcome = 'delivered'")
                return {row[0] for row in rows}

    def close(self):
        """Leaves nothing behind."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def _end(self, how):
        self._process.send_signal(how)
        try:
            return self._process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired as error:
            self._process.kill()
            raise Broken(f"the service does not stop within {SECONDS_TO_STOP} s:\n{self._last_lines()}") from error

    def _is_ready(self):
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def _last_lines(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LINES_OF_LOG:])


def _free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
