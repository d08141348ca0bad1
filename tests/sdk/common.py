"""What both tests do: the binary, waiting, the counts of what arrived."""

import json
import subprocess
import time
from pathlib import Path

import expectation
from service import Service

ROOT = Path(__file__).resolve().parents[2]
# Far beyond what it takes; a test that hangs has to end.
LONGEST_WAIT = 900
SHOWN = 5


def target_folder():
    metadata = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--no-deps", "--locked"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )
    return Path(json.loads(metadata.stdout)["target_directory"])


def built(target):
    subprocess.run(["cargo", "build", "--package", "waystation", "--locked", "--quiet"], cwd=ROOT, check=True)
    return target / "debug" / "waystation"


def service(binary, folder, partner, sources, ingest=""):
    """The service under test. `sources` says what is configured for each source, by name; `ingest` is that of `[ingest]`."""
    texts = [f'[sources.{name}]\nwrite_keys = ["{name}-key"]\n{text}' for name, text in sources.items()]
    template = Path(__file__).parent / "waystation.toml"
    return Service(binary, folder, template, partner=partner.url, sources="\n".join(texts), ingest=ingest)


def wait_for(condition):
    deadline = time.monotonic() + LONGEST_WAIT
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)


def arrivals(counts, arrived, kind=lambda library: None):
    """What is wrong with what arrived, and the counts in words. `counts` says how many events each library sent."""
    faults, told, known = [], [], set()
    for library, events in counts.items():
        users = expectation.users(library, events)
        known |= users
        lost = sorted(users - arrived.keys())
        faults += [f"lost: the event of {user}" for user in lost]
        told.append(f"{library.name} {events - len(lost)}/{events}")
        for index in range(events):
            deliveries = arrived.get(f"{library.name}-{index}", [])
            found = [expectation.fault(library, index, event, kind(library)) for event in deliveries]
            if len({event.get("messageId") for event in deliveries}) > 1:
                found.append("it was sent once and taken twice")
            faults += [f"wrong: the event of {library.name}-{index}: {fault}" for fault in found if fault]
    faults += [f"never sent: an event of {user}" for user in arrived.keys() - known]
    return faults, ", ".join(told)


def told(counts, arrived, faults):
    """Prints what came of it; the exit code."""
    for fault in faults[:SHOWN]:
        print(fault)
    if len(faults) > SHOWN:
        print(f"... and {len(faults) - SHOWN} more")
    duplicates = sum(len(deliveries) - 1 for deliveries in arrived.values())
    print(f"{counts} delivered; under way at the kill and delivered again {duplicates}, faults {len(faults)}")
    return 1 if faults else 0
