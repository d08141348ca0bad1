"""Installs the libraries under test into a folder of their own."""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).parent
OLDEST_PYTHON = (3, 10)
OLDEST_NODE = 20


class Missing(Exception):
    """Something that the test needs is not on this machine."""


def check():
    """Raises Missing with what to install."""
    if sys.version_info < OLDEST_PYTHON:
        raise Missing(f"Python {'.'.join(map(str, OLDEST_PYTHON))} or later is needed for the libraries for Python.")
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            raise Missing(f"{tool} is needed for the libraries for Node and the browser: install Node {OLDEST_NODE} or later.")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        raise Missing(f"Node {OLDEST_NODE} or later is needed; this is {version.strip()}.")


def node(cache):
    """The command that sends with a library for Node."""
    return ["node", str(_node_folder(cache, "node") / "send.mjs")]


def browser(cache):
    """The command that sends with Segment's library in a browser."""
    return ["node", str(_node_folder(cache, "browser") / "drive.mjs")]


def _node_folder(cache, name):
    """The folder `name` of this one with its packages."""
    folder = cache / name
    manifests = [HERE / name / file for file in ("package.json", "package-lock.json")]
    if not _is_current(folder, manifests):
        _begin(folder, manifests)
        _install(["npm", "ci", "--no-audit", "--no-fund", "--silent"], folder)
        _finish(folder, manifests)
    # A module finds its packages beside itself.
    for script in (HERE / name).glob("*js"):
        shutil.copy(script, folder)
    return folder


def python(cache):
    """The command that sends with a library for Python."""
    programs = environment(cache / "python", HERE / "python" / "requirements.txt")
    return [str(programs / "python"), str(HERE / "python" / "send.py")]


def environment(folder, requirements):
    """The programs of an environment of Python in `folder`, with what is required."""
    programs = folder / "venv" / "bin"
    if not _is_current(folder, [requirements]):
        _begin(folder, [requirements])
        try:
            venv.create(folder / "venv", with_pip=True)
        except subprocess.CalledProcessError as error:
            raise Missing("Python's venv module does not work here: install python3-venv.") from error
        install = ["-m", "pip", "install", "--quiet", "--no-deps", "-r", requirements.name]
        _install([str(programs / "python"), *install], folder)
        _finish(folder, [requirements])
    return programs


def rust(cache):
    """The command that sends with a library for Rust."""
    target = cache / "rust"
    _install(["cargo", "build", "--locked", "--quiet", "--target-dir", str(target)], HERE / "rust")
    return [str(target / "debug" / "waystation-sdk-rust")]


# By language.
INSTALL = {"node": node, "python": python, "rust": rust}


def install_debian(package):
    """Installs one of Debian's packages, if this machine lets us."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Missing(f"{package} is needed: install it.")
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", package]):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(["apt-get", *command], env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise Missing(f"{package} is needed, and does not install:\n{done.stderr}")


def _is_current(folder, manifests):
    stamp = folder / "installed"
    return stamp.exists() and stamp.read_text() == _digest(manifests)


def _begin(folder, manifests):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for manifest in manifests:
        shutil.copy(manifest, folder)


def _finish(folder, manifests):
    (folder / "installed").write_text(_digest(manifests))


def _digest(manifests):
    digest = hashlib.sha256(sys.version.encode())
    for manifest in manifests:
        digest.update(manifest.read_bytes())
    return digest.hexdigest()


def _install(command, folder):
    try:
        subprocess.run(command, cwd=folder, check=True)
    except subprocess.CalledProcessError as error:
        raise Missing(f"'{' '.join(command)}' failed in {folder}; is the package registry reachable?") from error
