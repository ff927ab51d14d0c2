from __future__ import annotations

from pathlib import Path

import pytest

from algorithm_conduit.connection import connect_config
from algorithm_conduit.errors import UserError


@pytest.fixture(autouse=True)
def no_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ADDRESS", "NAMESPACE", "API_KEY", "TLS", "CONFIG_FILE", "PROFILE"):
        monkeypatch.delenv(f"TEMPORAL_{name}", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)


def config(monkeypatch: pytest.MonkeyPatch, **env: str) -> dict[str, object]:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return connect_config(env)


def test_without_configuration_it_is_the_local_server(monkeypatch: pytest.MonkeyPatch) -> None:
    assert config(monkeypatch) == {"target_host": "localhost:7233", "namespace": "default"}


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    given = config(monkeypatch, TEMPORAL_ADDRESS="t:1", TEMPORAL_NAMESPACE="speech", TEMPORAL_API_KEY="key")
    assert given == {"target_host": "t:1", "namespace": "speech", "api_key": "key", "tls": True}


def test_a_file_is_read_only_where_the_environment_has_no_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / ".config" / "temporalio"
    folder.mkdir(parents=True)
    (folder / "temporal.toml").write_text('[profile.default]\naddress = "file:1"\napi_key = "key"\n')
    assert config(monkeypatch)["target_host"] == "file:1"
    assert config(monkeypatch, TEMPORAL_ADDRESS="t:1") == {"target_host": "t:1", "namespace": "default"}


def test_a_configuration_that_cannot_be_used_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("[")
    with pytest.raises(UserError, match="The configuration of Temporal's client cannot be used: "):
        config(monkeypatch, TEMPORAL_CONFIG_FILE=str(broken))
