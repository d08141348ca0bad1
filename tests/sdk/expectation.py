"""What must have arrived at the partner."""

TYPES = ["track", "identify", "page", "screen", "group", "alias"]


def users(library, events):
    """Whose events a library sends."""
    return {f"{library.name}-{index}" for index in range(events)}


def fault(library, index, event, kind=None):
    """What is wrong with a delivered event, or None. Its type follows from the index unless one is given."""
    if event.get("type") != (kind or TYPES[index % len(TYPES)]):
        return f"type {event.get('type')!r}"
    if not event.get("messageId"):
        return "no messageId"
    missing = [time for time in library.times if not str(event.get(time)).startswith("20")]
    if missing:
        return f"no {', '.join(missing)}"
    if "writeKey" in event:
        return "the write key is in it"
    if at(event, "context", "library", "name") != library.calls_itself:
        return f"context {event.get('context')!r}"
    if event["type"] == "identify" and at(event, *library.traits) != {"index": index, "name": "Zoë 🦊"}:
        return f"traits {at(event, *library.traits)!r}"
    if event["type"] == "track" and event.get("properties") != {"index": index, "total": index / 4}:
        return f"properties {event.get('properties')!r}"
    if library.language == "browser" and at(event, "context", "ip") != "127.0.0.1":
        return f"no address of the sender in {event.get('context')!r}"
    return None


def at(event, *path):
    """What an event has at a path, or None."""
    for name in path:
        event = event.get(name) if isinstance(event, dict) else None
    return event
