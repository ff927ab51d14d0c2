"""What is told to people."""

from __future__ import annotations

from collections.abc import Sequence


class UserError(Exception):
    """A mistake that the user can mend: printed as its message alone, without a traceback.

    Example:
        raise UserError("The worker's environment has 1 problem.", ["`CONDUIT_CONCURRENCY` is \"x\". Give a number."])
    """

    def __init__(self, what: str, problems: Sequence[str] = ()) -> None:
        """Make the error from one sentence and, when there are several mistakes, one full sentence for each."""
        super().__init__("\n".join([what, *(f"- {problem}" for problem in problems)]))
        self.problems = tuple(problems)


class CallError(UserError):
    """The activity failed, or nobody ran it."""

    def __init__(self, kind: str, message: str) -> None:
        """Take the type of the failure, for programs, and what happened."""
        super().__init__(message)
        self.kind = kind


class CallInterruptedError(Exception):
    """The command was told to stop."""
