"""What the command line of `algorithm-conduit call` says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class CallOptions:
    """What the command line of `call` says."""

    activity: str | None
    """Name of the activity."""
    args: Sequence[str]
    """Its arguments, as written."""
    directory: str
    """Folder to run it from, without a task queue."""
    task_queue: str | None
    """Task queue whose workers are to run it."""
    start_to_close: float
    """Seconds that one attempt may take."""
    schedule_to_start: float | None
    """Seconds to wait for a worker; for ever when left out."""
    maximum_attempts: int
    """Attempts, 0 for no limit."""
    workflow_id: str | None
    """Id of the workflow that calls it."""
    json: bool
    """Whether failures are written as JSON too."""
