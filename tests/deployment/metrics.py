"""Every metric that the dashboard and the alert rules ask for is one that a real, running service tells of."""

import json
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"\b(?:waystation|process)_[a-z0-9_]+")
SUFFIXES = ("_bucket", "_sum", "_count")


def asked():
    """Names by where they are asked for."""
    dashboard = json.loads((ROOT / "docker/grafana/dashboard.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield f"panel {panel['title']!r}", target["expr"]
    for annotation in dashboard["annotations"]["list"]:
        yield f"annotation {annotation['name']!r}", annotation["expr"]
    for variable in dashboard["templating"]["list"]:
        yield f"variable {variable['name']!r}", variable.get("definition", "")
    for group in yaml.safe_load((ROOT / "docker/helm/waystation/alerts.yaml").read_text())["groups"]:
        for rule in group["rules"]:
            yield f"alert {rule['alert']}", rule["expr"]


def told(binary):
    """The names that a service tells of."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/metrics"
    with tempfile.TemporaryDirectory() as folder:
        service = subprocess.Popen(
            [binary, "run", "--listen", f"127.0.0.1:{port}"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            for _ in range(600):
                try:
                    with urllib.request.urlopen(url, timeout=5) as answer:
                        return set(re.findall(r"^# TYPE (\S+)", answer.read().decode(), re.MULTILINE))
                except OSError:
                    assert service.poll() is None, "the service ended at its start"
                    time.sleep(0.1)
        finally:
            service.terminate()
            service.wait(timeout=60)
    sys.exit("the service does not answer")


def main():
    names = told(sys.argv[1])
    checked = 0
    for where, expression in asked():
        for name in NAME.findall(expression):
            base = next((name.removesuffix(end) for end in SUFFIXES if name.removesuffix(end) in names), name)
            assert base in names, f"{where} asks for {name}, which the service does not tell of"
            checked += 1
    assert checked > 30, checked
    print(f"metrics: {checked} uses in dashboard and alerts, all of them real")


main()
