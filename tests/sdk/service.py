"""The service under test as a process."""

import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
SECONDS_TO_START = 60
SECONDS_TO_STOP = 60
LINES_OF_LOG = 30


class Broken(Exception):
    """The service does not start, or does not stop."""


class Service:
    """One service that is started, ended and started again at the same address."""

    def __init__(self, binary, folder, partner_url):
        address = f"127.0.0.1:{_free_port()}"
        self.url = f"http://{address}"
        self.log = folder / "service.log"
        config = folder / "waystation.toml"
        text = (HERE / "waystation.toml").read_text()
        values = {"service": address, "store": folder / "waystation.db", "partner": partner_url}
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", str(value))
        config.write_text(text)
        self._command = [str(binary), "run", "--config", str(config)]
        self._folder = folder
        self._process = None

    def start(self):
        """Returns when it is ready."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=self._folder, stdout=log, stderr=log)
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
