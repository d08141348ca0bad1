"""The partner that the service delivers to: takes events and remembers them."""

import json
import sys
import threading
import time
from collections import Counter, defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def _user(event):
    """Whose event it is. In a browser the user is whoever was identified last: there the context says it."""
    return event.get("context", {}).get("trial") or event.get("userId")


class Partner:
    """Takes events at /events, one or a list of them a request; one of `refusing` requests is refused."""

    def __init__(self, refusing=None, refusal=503):
        self._refusing = refusing
        self._refusal = refusal
        self._requests = 0
        self._lock = threading.Lock()
        self._events = defaultdict(list)
        self._last = time.monotonic()
        partner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                is_taken = partner._take(body if isinstance(body, list) else [body])
                self.send_response(200 if is_taken else partner._refusal)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request, client_address):
                # A service that is killed leaves connections behind.
                if not isinstance(sys.exc_info()[1], ConnectionError):
                    super().handle_error(request, client_address)

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def users(self):
        """The users of whom something was delivered."""
        with self._lock:
            return set(self._events)

    def events(self):
        """Everything that was delivered, by user."""
        with self._lock:
            return {user: list(events) for user, events in self._events.items()}

    def copies(self):
        """How often each event was delivered, by message id."""
        with self._lock:
            return Counter(event.get("messageId") for events in self._events.values() for event in events)

    def silence(self):
        """How many seconds ago something was delivered."""
        return time.monotonic() - self._last

    def _take(self, events):
        with self._lock:
            self._requests += 1
            if self._refusing and self._requests % self._refusing == 0:
                return False
            self._last = time.monotonic()
            for event in events:
                self._events[_user(event)].append(event)
            return True
