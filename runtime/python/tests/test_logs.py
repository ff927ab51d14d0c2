from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from algorithm_conduit.logs import REPORTED, JsonFormatter, current_activity, logger, set_up_logging


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level, raising = list(root.handlers), root.level, logging.raiseExceptions
    stream = io.StringIO()
    set_up_logging(stream, {"algorithm": "a"})
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logger.handlers[:] = []
    logging.captureWarnings(False)
    logging.raiseExceptions = raising


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_record_is_one_json_object(stream: io.StringIO) -> None:
    logging.getLogger("x.y").info("two\nlines %s", "ü", extra={"frames": 3, "odd": object})
    (line,) = lines(stream)
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info",
        "event": "log",
        "message": "two\nlines ü",
        "logger": "x.y",
        "algorithm": "a",
        "frames": 3,
        "odd": "<class 'object'>",
    }


def test_a_traceback_is_a_field(stream: io.StringIO) -> None:
    try:
        raise ValueError("bad")
    except ValueError:
        logging.getLogger("x").exception("it failed")
    (line,) = lines(stream)
    assert line["level"] == "error"
    assert line["exception"].endswith("ValueError: bad")


def test_fields_of_the_running_activity_are_added(stream: io.StringIO) -> None:
    token = current_activity.set({"workflow_id": "w"})
    logging.getLogger("x").info("in")
    current_activity.reset(token)
    logging.getLogger("x").info("out")
    assert [line.get("workflow_id") for line in lines(stream)] == ["w", None]


def test_debug_stays_out_and_the_handlers_of_others_are_removed(stream: io.StringIO) -> None:
    logging.getLogger("x").debug("quiet")
    logging.getLogger().addHandler(logging.StreamHandler(sys.stderr))
    set_up_logging(stream, {})
    logging.getLogger("x").info("once")
    assert [line["message"] for line in lines(stream)] == ["once"]
    assert len(logging.getLogger().handlers) == 1


def test_a_failure_that_was_reported_is_not_told_again_by_the_sdk(stream: io.StringIO) -> None:
    error = ValueError("bad")
    logging.getLogger("temporalio.activity").warning("first", exc_info=error)
    setattr(error, REPORTED, True)
    logging.getLogger("temporalio.activity").warning("second", exc_info=error)
    logging.getLogger("mine").warning("third", exc_info=error)
    assert [line["message"] for line in lines(stream)] == ["first", "third"]


def test_extra_fields_do_not_replace_the_workers_own(stream: io.StringIO) -> None:
    logging.getLogger("x").info("m", extra={"level": "mine", "algorithm": "mine", "logger": "mine"})
    (line,) = lines(stream)
    assert (line["level"], line["algorithm"], line["logger"]) == ("info", "a", "x")


def test_the_workers_own_lines_cannot_be_silenced(stream: io.StringIO) -> None:
    logging.disable(logging.CRITICAL)
    try:
        logger.info("ready")
        logging.getLogger("algorithm_conduit").error("another of the same name")
    finally:
        logging.disable(logging.NOTSET)
    assert [line["message"] for line in lines(stream)] == ["ready"]


def test_a_message_that_cannot_be_formatted_does_no_harm(stream: io.StringIO) -> None:
    logging.getLogger("x").info("%d", "not a number")
    assert lines(stream) == []


def test_values_that_are_no_json_are_written_as_text() -> None:
    record = logging.makeLogRecord({"msg": "m", "name": "n", "levelname": "INFO", "created": 0.0, "x": {1, 2}})
    assert json.loads(JsonFormatter({}).format(record))["x"] == "{1, 2}"
