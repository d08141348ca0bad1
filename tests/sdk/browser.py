"""A browser as a process that sends events with Segment's library."""

import json
import os
import shutil
import subprocess
import threading

from packages import Missing, install_debian

CHROMIUM = "/usr/bin/chromium"


def chromium():
    """Where the browser is; Debian's is installed if there is none."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        install_debian("chromium")
        found = CHROMIUM
    if not os.access(found, os.X_OK):
        raise Missing(f"{found} is no browser: set CHROMIUM to a Chromium or Chrome.")
    return found


class Browser:
    """One browser that plays one scenario of `browser/drive.mjs`, and stays open until it is finished."""

    def __init__(self, scenario, command, service_url, events, per_second):
        self.scenario = scenario
        self.sent = 0
        self.has_sent_all = False
        self.refused = 0
        self.errors = [f"{scenario}: the browser ended before it had sent everything"]
        arguments = [scenario, service_url, str(events), str(per_second)]
        environment = {**os.environ, "CHROMIUM": chromium()}
        self._process = subprocess.Popen(
            command + arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def has_ended(self):
        return not self._reader.is_alive()

    def finish(self):
        """Lets it end, and tells what its library had given up on."""
        self._process.stdin.close()
        self._reader.join()

    def close(self):
        """Leaves nothing behind."""
        if self._process.poll() is None:
            # It closes its browser, which has processes of its own.
            self._process.terminate()
        self._process.wait()

    def _read(self):
        for line in self._process.stdout:
            told = json.loads(line)
            self.sent = told.get("sent", self.sent)
            self.has_sent_all = told.get("all", self.has_sent_all)
            self.refused = told.get("refused", self.refused)
            self.errors = told.get("errors", self.errors)
