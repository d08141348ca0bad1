"""The libraries that the tests drive, and what each writes into its events."""

from dataclasses import dataclass

WITHOUT_SENT_AT = ("timestamp", "originalTimestamp", "receivedAt")
TIMES = ("timestamp", "originalTimestamp", "sentAt", "receivedAt")


@dataclass(frozen=True)
class Library:
    """A published library. `name` is that of its source, and what its users' names begin with."""

    name: str
    language: str
    package: str
    # What it calls itself in `context.library.name`, if it does.
    calls_itself: str | None
    # Where an identify has its traits: RudderStack's libraries have them in the context.
    traits: tuple[str, ...] = ("traits",)
    # The times that an event of it has in the end; not every library says when it sent.
    times: tuple[str, ...] = TIMES
    # Whether the usual run of the tests drives it.
    is_usual: bool = True


LIBRARIES = (
    Library("node", "node", "@segment/analytics-node", "@segment/analytics-node"),
    Library("python", "python", "segment-analytics-python", "analytics-python"),
    Library("rudder-node", "node", "@rudderstack/rudder-sdk-node", "analytics-node", traits=("context", "traits")),
    Library("rudder-python", "python", "rudder-sdk-python", "analytics-python", traits=("context", "traits")),
    Library("customerio-node", "node", "@customerio/cdp-analytics-node", "@customerio/cdp-analytics-node",
            times=WITHOUT_SENT_AT, is_usual=False),
    Library("customerio-python", "python", "customerio-cdp-analytics", "analytics-python", is_usual=False),
    Library("rust", "rust", "segment", None, times=WITHOUT_SENT_AT, is_usual=False),
)


def browser(scenario):
    """Segment's library in a browser that plays a scenario."""
    return Library(scenario, "browser", "@segment/analytics-next", "analytics.js")
