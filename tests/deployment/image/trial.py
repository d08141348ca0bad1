"""Runs an image as Docker would with `--read-only`: its own user, no capabilities, a root that nobody can write to, a
volume for the store. The container is one of crun, so that it is the image's own entry point that runs.

    python3 trial.py ROOT IMAGE-CONFIGURATION

ROOT is the mounted root file system, IMAGE-CONFIGURATION the `config` of the image in Docker's form. It listens on port
8080 of the network namespace that it is run in.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

URL = "http://127.0.0.1:8080"
EVENTS = 200
SECONDS_TO_START = 60
# What docker/waystation.toml promises, and a little for the process to end.
GRACE = 8 + 2
VOLUME = "/var/lib/waystation"
# Nothing is limited here.
CRUN = ["crun", "--cgroup-manager", "disabled"]


def equal(found, expected, what):
    if found != expected:
        sys.exit(f"image: {what}: {found!r} instead of {expected!r}")


class Container:
    """One container of the image over one volume."""

    def __init__(self, root, image, folder):
        self._image = image
        self._folder = folder
        self._name = f"waystation-trial-{os.getpid()}"
        self._process = None
        volume = folder / "volume"
        volume.mkdir()
        # As Docker does with a new volume: what is in the image at its place, with its owner, is copied.
        owner = (Path(root) / VOLUME[1:]).stat()
        os.chown(volume, owner.st_uid, owner.st_gid)
        user, group = (int(part) for part in image["User"].split(":"))
        namespaces = [{"type": kind} for kind in ("pid", "ipc", "uts", "mount")]
        specification = {
            "ociVersion": "1.0.2",
            "root": {"path": str(root), "readonly": True},
            "hostname": "waystation",
            "process": {
                "user": {"uid": user, "gid": group},
                "args": image["Entrypoint"] + image["Cmd"],
                "env": image["Env"],
                "cwd": image["WorkingDir"],
                "capabilities": {kind: [] for kind in ("bounding", "effective", "permitted", "inheritable", "ambient")},
                "noNewPrivileges": True,
            },
            "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc"},
                {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
                {"destination": VOLUME, "type": "bind", "source": str(volume), "options": ["bind", "rw", "nosuid", "nodev", "noexec"]},
            ],
            # The network is this machine's, so that nothing has to be published.
            "linux": {"namespaces": namespaces, "maskedPaths": ["/proc/kcore"], "readonlyPaths": ["/proc/sys"]},
        }
        (folder / "config.json").write_text(json.dumps(specification))

    def start(self):
        log = (self._folder / "log").open("ab")
        self._process = subprocess.Popen([*CRUN, "run", "--bundle", self._folder, self._name], stdout=log, stderr=log)
        deadline = time.monotonic() + SECONDS_TO_START
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"image: it does not get ready:\n{(self._folder / 'log').read_text()}")
            time.sleep(0.05)

    @staticmethod
    def is_ready():
        try:
            return json.load(urllib.request.urlopen(f"{URL}/readyz", timeout=2))["status"] == "ready"
        except (urllib.error.URLError, OSError):
            return False

    def run(self, *command):
        """A program in the container, as `docker exec` has it."""
        return subprocess.run([*CRUN, "exec", self._name, *command], capture_output=True, text=True)

    def end(self, signal):
        """The exit code, and how many seconds it took."""
        began = time.monotonic()
        subprocess.run([*CRUN, "kill", self._name, signal], check=True)
        code = self._process.wait()
        subprocess.run([*CRUN, "delete", "--force", self._name], capture_output=True)
        return code, time.monotonic() - began

    def close(self):
        subprocess.run([*CRUN, "delete", "--force", self._name], capture_output=True)
        if self._process is not None:
            self._process.wait()


def send(first, count):
    """Events in one batch; each is on disk when this returns."""
    events = [{"type": "track", "event": "Seen", "userId": f"user-{i}", "messageId": f"message-{i}"} for i in range(first, first + count)]
    body = json.dumps({"batch": events, "writeKey": "demo"}).encode()
    answer = json.load(urllib.request.urlopen(f"{URL}/v1/batch", body, timeout=60))
    equal(answer, {"success": True}, "events in")


def delivered(events):
    """Waits until so many events are delivered. The demo's admin API is closed to networks; the metrics are not."""
    counter = 'waystation_ledger_delivered_deliveries_total{connection="inspector"} '
    deadline = time.monotonic() + SECONDS_TO_START
    counts = []
    while counts != [events] and time.monotonic() < deadline:
        text = urllib.request.urlopen(f"{URL}/metrics", timeout=10).read().decode()
        counts = [int(line.removeprefix(counter)) for line in text.splitlines() if line.startswith(counter)]
        time.sleep(0.1)
    equal(counts, [events], "events delivered")


def main():
    root, configuration = sys.argv[1:]
    image = json.loads(configuration)
    with tempfile.TemporaryDirectory(prefix="waystation-image-") as folder:
        container = Container(root, image, Path(folder))
        try:
            container.start()
            health = container.run(*image["Healthcheck"]["Test"][1:])
            equal(health.returncode, 0, f"health ({health.stdout}{health.stderr})")
            send(0, EVENTS)
            delivered(EVENTS)
            # Acknowledged a moment before it dies; sent again afterwards, as a sender without an answer would.
            send(EVENTS, EVENTS)
            container.end("KILL")
            container.start()
            delivered(2 * EVENTS)
            send(EVENTS, EVENTS)
            send(2 * EVENTS, EVENTS)
            code, seconds = container.end("TERM")
            equal(code, 0, "the exit code after SIGTERM")
            if seconds > GRACE:
                sys.exit(f"image: it took {seconds:.1f} s to stop")
            container.start()
            delivered(3 * EVENTS)
            print(f"runs as {image['User']} over a read-only root: {3 * EVENTS} events, SIGKILL, SIGTERM ({seconds:.2f} s): nothing lost")
        finally:
            container.close()


main()
