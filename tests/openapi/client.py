"""Drives the service with the client that was made of its document.

    python client.py SERVICE TOKEN

Leaves delivered events, dead letters and an event without identity behind.
"""

import base64
import sys
import time

from waystation_client.api.administration import (
    get_configuration, get_connection, get_delivery, get_ledger, get_stats, list_connections, list_dead_letters,
    list_deliveries, list_sources, purge_dead_letter, reload_configuration, replay_dead_letters,
)
from waystation_client.api.execution import run_action
from waystation_client.api.tracking import batch, identify, track
from waystation_client.client import AuthenticatedClient, Client
from waystation_client.models import (
    BatchBody, BatchItem, DeadLetterFilter, DeadLettersByFilter, EventBody, ExecuteBody, ListDeadLettersStage, Problem,
)

EVENTS = 20
SECONDS_TO_SETTLE = 120
service, token = sys.argv[1:]


def equal(found, expected, what):
    if found != expected:
        sys.exit(f"client: {what}: {found!r} instead of {expected!r}")


def send():
    key = base64.b64encode(b"website-key:").decode()
    sender = AuthenticatedClient(service, key, prefix="Basic", raise_on_unexpected_status=True)
    event = {"userId": "user-1", "event": "Order Completed", "properties": {"total": 12.5}}
    equal(track.sync(client=sender, body=EventBody.from_dict(event)).success, True, "track")
    nobody = EventBody.from_dict({"traits": {"name": "Zoë 🦊"}})
    equal(identify.sync(client=sender, body=nobody).success, True, "identify without identity")
    items = [BatchItem.from_dict({"type": "track", "event": "Seen", "userId": f"user-{i}"}) for i in range(EVENTS - 2)]
    equal(batch.sync(client=sender, body=BatchBody(batch=items)).success, True, "batch")
    stranger = Client(service)
    refused = track.sync_detailed(client=stranger, body=EventBody.from_dict({**event, "writeKey": "no-key"}))
    equal((refused.status_code, refused.parsed.code), (401, "INVALID_WRITE_KEY"), "unknown write key")


def settled(admin):
    """The ledger, as soon as nothing waits."""
    deadline = time.monotonic() + SECONDS_TO_SETTLE
    while True:
        ledger = get_ledger.sync(client=admin)
        if ledger.total.waiting == 0 or time.monotonic() > deadline:
            return ledger
        time.sleep(0.1)


def administer():
    admin = AuthenticatedClient(service, token, raise_on_unexpected_status=True)
    ledger = settled(admin)
    equal((ledger.balanced, ledger.total.waiting), (True, 0), "ledger")
    equal([source.name for source in list_sources.sync(client=admin).sources], ["website"], "sources")
    names = [connection.name for connection in list_connections.sync(client=admin).connections]
    equal(names, ["inspector", "partner"], "connections")
    equal(get_connection.sync("partner", client=admin).destination, "webhook", "connection")
    problem = get_connection.sync("partnr", client=admin)
    equal((type(problem), problem.code), (Problem, "UNKNOWN_CONNECTION"), "unknown connection")
    equal(len(get_configuration.sync(client=admin).connections), 2, "configuration")
    equal(reload_configuration.sync(client=admin).changed, False, "reload")
    equal(len(get_stats.sync(client=admin).connections), 2, "stats")

    deliveries, cursor = [], None
    while True:
        part = list_deliveries.sync(client=admin, limit=7, **({"cursor": cursor} if cursor else {}))
        deliveries += part.items
        cursor = part.next_
        if not cursor:
            break
    # Two connections for each, and one for the event that nobody can get.
    equal(len(deliveries), 2 * (EVENTS - 1) + 1, "deliveries, part by part")
    detail = get_delivery.sync(deliveries[0].id, client=admin)
    equal((detail.id, len(detail.history)), (deliveries[0].id, deliveries[0].rounds), "delivery")

    dead = list_dead_letters.sync(client=admin, stage=ListDeadLettersStage.DELIVERY).items
    if not dead:
        sys.exit("client: the partner refuses every other event, and nothing is dead")
    equal(purge_dead_letter.sync(dead[0].id, client=admin).purged, 1, "purged")
    again = DeadLettersByFilter(filter_=DeadLetterFilter(connection="partner", status=400))
    equal(replay_dead_letters.sync(client=admin, body=again).replayed, len(dead) - 1, "replayed")
    equal(settled(admin).balanced, True, "ledger after the replay")


def execute():
    caller = AuthenticatedClient(service, token, raise_on_unexpected_status=True)
    body = ExecuteBody.from_dict({"settings": {}, "payload": {"type": "track", "event": "Seen", "userId": "user-1"}})
    report = run_action.sync("inspector", "inspect", client=caller, body=body)
    equal(report.outcome.status, "delivered", "action")
    refused = run_action.sync_detailed("inspector", "inspect", client=Client(service), body=body)
    equal(refused.status_code, 401, "action without token")


send()
administer()
execute()
print("the generated client works")
