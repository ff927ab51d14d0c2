"""The worker's identity, which Temporal keeps in its histories: it tells what code gave an answer."""

from __future__ import annotations

import os
import socket

_DIRTY = "-dirty"


def worker_identity(algorithm: str, commit: str, version: str) -> str:
    """Compose `algorithm@<commit, first 12>+<version>@<hostname>:<pid>` for this process."""
    return f"{algorithm}@{short_commit(commit)}+{version}@{socket.gethostname()}:{os.getpid()}"


def short_commit(commit: str) -> str:
    """Shorten a commit to 12 characters and keep the mark of an edited folder. `mock` stays as it is."""
    dirty = commit.endswith(_DIRTY)
    return commit.removesuffix(_DIRTY)[:12] + (_DIRTY if dirty else "")
