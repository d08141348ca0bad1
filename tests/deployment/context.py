"""Checks that docker/Dockerfile copies whatever the sources include: outside the image nobody would notice that a file is
missing.

    python tests/deployment/context.py
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INCLUDED = re.compile(r'include_(?:str|bytes|dir)!\(\s*(?:concat!\(\s*)?"([^"]+)"')
COPIED = re.compile(r"^COPY (?!--from)(.+) \S+$", re.MULTILINE)


def included():
    """Each file or folder that the sources of the program include, and the file that does it."""
    for source in [*ROOT.glob("crates/*/src/**/*.rs"), *ROOT.glob("destinations/*/src/**/*.rs")]:
        for path in INCLUDED.findall(source.read_text()):
            yield (source.parent / path).resolve().relative_to(ROOT), source.relative_to(ROOT)


def main():
    build = (ROOT / "docker/Dockerfile").read_text().partition(" AS build\n")[2]
    copied = {Path(source) for sources in COPIED.findall(build) for source in sources.split()}
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    faults = [f"{path}, which {source} includes, is not copied" for path, source in included()
              if not any(path.is_relative_to(folder) for folder in copied)]
    faults += [f"{path} is copied, but .dockerignore does not let it in" for path in copied if f"!{path}" not in ignored]
    faults += [f"{path} is copied, but is not there" for path in copied if not (ROOT / path).exists()]
    for fault in faults:
        print(f"docker/Dockerfile: {fault}")
    return 1 if faults else 0


sys.exit(main())
