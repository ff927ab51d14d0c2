"""A stub of `summarize`: the signature is the contract that the algorithm will keep."""

from dataclasses import dataclass

from temporalio import activity


@dataclass
class Summary:
    headline: str
    topics: list[str]


@activity.defn
def summarize(text: str) -> Summary:
    """Sums up a text in one line and names its topics."""
    return Summary(headline=f"A text of {len(text.split())} words.", topics=["example"])
