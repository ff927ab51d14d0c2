"""Heartbeats for synchronous activities, which cannot send any while they compute."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Sequence
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityOutboundInterceptor

_BEATS_PER_TIMEOUT = 3


class Heartbeats(ActivityOutboundInterceptor):
    """Notices the activity's own heartbeats, and can send some in its place."""

    def __init__(self, next: ActivityOutboundInterceptor, details: Sequence[Any] | None) -> None:
        """Stand before the SDK's own.

        Args:
            next: The SDK's own.
            details: What the last attempt's last heartbeat said, decoded.
        """
        super().__init__(next)
        self._details = details
        self._own = False

    def info(self) -> activity.Info:
        """Give the SDK's info, with the details decoded."""
        info = super().info()
        return info if self._details is None else dataclasses.replace(info, heartbeat_details=self._details)

    def heartbeat(self, *details: Any) -> None:
        """Send the activity's own heartbeat. It keeps its own time from now on."""
        self._own = True
        super().heartbeat(*details)

    @contextlib.asynccontextmanager
    async def repeated(self, timeout: float | None) -> AsyncIterator[None]:
        """Repeat the last details in the background, until the activity sends a heartbeat of its own.

        They are repeated, since a heartbeat without details would wipe out what the last attempt left for this one.
        """
        if not timeout:
            yield
            return
        task = asyncio.create_task(self._repeat(timeout / _BEATS_PER_TIMEOUT))
        try:
            yield
        finally:
            task.cancel()

    async def _repeat(self, interval: float) -> None:
        await asyncio.sleep(interval)
        while not self._own:
            self.next.heartbeat(*(self._details or ()))
            await asyncio.sleep(interval)
