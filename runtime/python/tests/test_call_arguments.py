from __future__ import annotations

from pathlib import Path

import pytest

from algorithm_conduit.call_arguments import parse_arguments
from algorithm_conduit.errors import UserError


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], []),
        (["3", "-1.5", "true", "null"], [3, -1.5, True, None]),
        (['"3"', '{"a": 1}', "[1, 2]"], ["3", {"a": 1}, [1, 2]]),
        (["hello", "3rd", "", "NaN", "https://x?a=b"], ["hello", "3rd", "", "NaN", "https://x?a=b"]),
        (["a=1", "b=x", 'c={"d": 2}', "e="], [{"a": 1, "b": "x", "c": {"d": 2}, "e": ""}]),
        (["a=b=c"], [{"a": "b=c"}]),
        (["first", "a=1", "second", "b=2"], ["first", "second", {"a": 1, "b": 2}]),
        (['"a=1"', "1a=2", "a-b=3"], ["a=1", "1a=2", "a-b=3"]),
        ([" [1] "], [[1]]),
    ],
)
def test_arguments_are_read_as_people_write_them(texts: list[str], expected: list[object]) -> None:
    assert parse_arguments(texts) == expected


def test_files_are_bytes_or_json(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"\xff\x00")
    (tmp_path / "a.json").write_text('{"b": 1}')
    assert parse_arguments([f"@{tmp_path}/a.wav", f"@{tmp_path}/a.json", f"x=@{tmp_path}/a.wav"]) == [
        "/wA=",
        {"b": 1},
        {"x": "/wA="},
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": }', '`{"a": }` is not JSON: Expecting value at line 1, column 7.'),
        ("[1, 2", "`[1, 2` is not JSON: Expecting ',' delimiter at line 1, column 6."),
        ('"a', '`"a` is not JSON: Unterminated string starting at line 1, column 1.'),
        ('x={"a"}', "`{\"a\"}` is not JSON: Expecting ':' delimiter at line 1, column 5."),
        ("[NaN]", "`[NaN]` is not JSON: `NaN` is no JSON value."),
        (
            "@not/there",
            "`@not/there` cannot be read: No such file or directory. Quote text that begins with `@`: '\"@…\"'.",
        ),
    ],
)
def test_what_begins_like_json_and_is_none_is_an_error_with_its_position(text: str, expected: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_arguments([text])
    assert str(caught.value) == expected


def test_a_json_file_that_is_none_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{\n  a")
    with pytest.raises(UserError) as caught:
        parse_arguments([f"@{tmp_path}/a.json"])
    assert str(caught.value).startswith(f"`{tmp_path}/a.json` is not JSON: Expecting property name")
    assert str(caught.value).endswith("at line 2, column 3.")


def test_a_field_given_twice_is_an_error() -> None:
    with pytest.raises(UserError, match="The field `a` is given twice"):
        parse_arguments(["a=1", "a=2"])
