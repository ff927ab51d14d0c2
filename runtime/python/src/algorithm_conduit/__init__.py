"""The worker that Algorithm Conduit puts around a researcher's Temporal activities.

Workflow engineers who call algorithms from Python give their client (and thereby their workers) the same data
converter, so that `bytes` inside dataclasses go through unharmed:

    from algorithm_conduit import data_converter

    client = await Client.connect("localhost:7233", data_converter=data_converter)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from algorithm_conduit.converter import data_converter

__all__ = ["data_converter"]


def __getattr__(name: str) -> object:
    """Load the SDK only for those who ask for the converter: `algorithm-conduit --help` answers without it."""
    if name == "data_converter":
        from algorithm_conduit.converter import data_converter

        return data_converter
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
