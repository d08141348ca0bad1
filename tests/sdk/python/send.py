"""Sends events with a library for Python as it is published, with its default settings.

    python send.py LIBRARY HOST WRITE_KEY EVENTS EVENTS_A_SECOND

Each line of output is a JSON object: {"sent": n} on the way; at the end {"errors": [...]} with what the library has
given up on. Event number i belongs to the user "LIBRARY-i" and has the type i % 6 of the list below.
"""

import importlib
import json
import sys
import time

TICKS_A_SECOND = 20
# They descend from one library, and are called alike.
MODULES = {
    "python": "segment.analytics.client",
    "rudder-python": "rudderstack.analytics.client",
    "customerio-python": "customerio.analytics.client",
}


def tell(line):
    print(json.dumps(line), flush=True)


def call(client, user, i):
    """Whether the library has taken the event into its queue."""
    calls = [
        lambda: client.track(user, "Order Completed", {"index": i, "total": i / 4}),
        lambda: client.identify(user, {"index": i, "name": "Zoë 🦊"}),
        lambda: client.page(user, None, "Home", {"index": i}),
        lambda: client.screen(user, None, "Cart", {"index": i}),
        lambda: client.group(user, "group-1", {"index": i}),
        lambda: client.alias(f"before-{user}", user),
    ]
    taken, _ = calls[i % len(calls)]()
    return taken


def main():
    library, host, write_key, events, per_second = sys.argv[1:]
    total = int(events)
    each_tick = max(1, round(float(per_second) / TICKS_A_SECOND))
    errors = []
    client = importlib.import_module(MODULES[library]).Client(
        write_key, host=host, on_error=lambda error, batch: errors.append(f"{error}: {len(batch)} events"))
    for i in range(total):
        # It takes no more than 10,000 events that are still to be sent, and says so.
        while not call(client, f"{library}-{i}", i):
            time.sleep(0.1)
        if (i + 1) % each_tick == 0:
            tell({"sent": i + 1})
            time.sleep(1 / TICKS_A_SECOND)
    client.flush()
    tell({"sent": total})
    tell({"errors": errors})


main()
