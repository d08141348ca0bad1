"""One of the libraries as a process that sends events."""

import json
import subprocess
import threading


class Sender:
    """Sends events number 0 to `events` - 1, and tells how far it is."""

    def __init__(self, library, command, service_url, events, per_second):
        self.library = library
        self.sent = 0
        self.errors = ["the sender ended before it had sent everything"]
        arguments = [library.name, service_url, f"{library.name}-key", str(events), str(per_second)]
        self._process = subprocess.Popen(command + arguments, stdout=subprocess.PIPE, text=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def is_done(self):
        return not self._reader.is_alive()

    def close(self):
        """Leaves nothing behind."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def _read(self):
        for line in self._process.stdout:
            told = json.loads(line)
            self.sent = told.get("sent", self.sent)
            self.errors = told.get("errors", self.errors)
