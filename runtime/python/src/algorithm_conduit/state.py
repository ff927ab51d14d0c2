"""What the parts of a worker process know of each other while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from algorithm_conduit.running import Running

Status = Literal["starting", "ready", "draining"]


@dataclass
class WorkerState:
    """The one place that says how the worker is. Written by the worker's own thread, read by the health endpoint."""

    algorithm: str
    version: str
    commit: str
    identity: str
    running: Running
    status: Status = "starting"
    taken: int = 0
    """Activities that were begun since the start."""
    activities: Sequence[dict[str, object]] = field(default_factory=tuple)

    def report(self) -> dict[str, object]:
        """Give the body of `/healthz`."""
        return {
            "status": self.status,
            "algorithm": self.algorithm,
            "version": self.version,
            "commit": self.commit,
            "identity": self.identity,
            "inFlight": len(self.running),
            "taken": self.taken,
            "activities": list(self.activities),
        }
