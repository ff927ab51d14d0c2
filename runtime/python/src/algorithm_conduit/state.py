"""What the parts of a worker process know of each other while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Status = Literal["starting", "ready", "draining"]


@dataclass
class WorkerState:
    """The one place that says how the worker is. Written by the worker's own thread, read by the health endpoint."""

    algorithm: str
    version: str
    commit: str
    identity: str
    status: Status = "starting"
    in_flight: int = 0
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
            "inFlight": self.in_flight,
            "taken": self.taken,
            "activities": list(self.activities),
        }
