"""What must have arrived at the partner."""

TYPES = ["track", "identify", "page", "screen", "group", "alias"]
LIBRARIES = {"node": "@segment/analytics-node", "python": "analytics-python"}
TIMES = ["timestamp", "originalTimestamp", "sentAt", "receivedAt"]


def users(library, events):
    """Whose events a library sends."""
    return {f"{library}-{index}" for index in range(events)}


def fault(library, index, event):
    """What is wrong with a delivered event, or None."""
    if event.get("type") != TYPES[index % len(TYPES)]:
        return f"type {event.get('type')!r}"
    if not event.get("messageId"):
        return "no messageId"
    missing = [time for time in TIMES if not str(event.get(time)).startswith("20")]
    if missing:
        return f"no {', '.join(missing)}"
    if "writeKey" in event:
        return "the write key is in it"
    if event.get("context", {}).get("library", {}).get("name") != LIBRARIES[library]:
        return f"context {event.get('context')!r}"
    if event["type"] == "identify" and event.get("traits") != {"index": index, "name": "Zoë 🦊"}:
        return f"traits {event.get('traits')!r}"
    if event["type"] == "track" and event.get("properties") != {"index": index, "total": index / 4}:
        return f"properties {event.get('properties')!r}"
    return None
