"""What systemd is told, as it would hear it: ready, alive, reloading, stopping."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

CONFIG = """
[server]
listen = "127.0.0.1:0"
[store]
path = "{folder}/waystation.db"
[sources.a]
write_keys = ["{key}"]
[connections.inspector]
destination = "inspector"
"""


def main():
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(f"{folder}/notify")
        supervisor.settimeout(60)
        config = Path(folder, "waystation.toml")
        config.write_text(CONFIG.format(folder=folder, key="one"))
        environment = os.environ | {"NOTIFY_SOCKET": f"{folder}/notify", "WATCHDOG_USEC": "200000"}
        environment.pop("WATCHDOG_PID", None)
        service = subprocess.Popen(
            [sys.argv[1], "run", "--config", str(config)], env=environment, stderr=subprocess.DEVNULL
        )

        def hear(wanted):
            while True:
                notices = supervisor.recv(4096).decode().split("\n")
                if wanted in notices:
                    return notices

        try:
            hear("READY=1")
            hear("WATCHDOG=1")
            config.write_text(CONFIG.format(folder=folder, key="two"))
            service.send_signal(signal.SIGHUP)
            reloading = hear("RELOADING=1")
            assert any(notice.startswith("MONOTONIC_USEC=") for notice in reloading), reloading
            hear("READY=1")
            service.send_signal(signal.SIGTERM)
            hear("STOPPING=1")
            assert service.wait(timeout=60) == 0, service.returncode
        finally:
            service.kill()
    print("systemd hears that it is ready, lives, reloads and stops")


main()
