"""Production refuses to start with settings that would put people at risk."""

import os
from pathlib import Path

import pytest

from config import Config, UnsafeSettings

SAFE = {
    "PORTAL_ENV": "production",
    "PORTAL_SECRET_KEY": "kX9-wQ2vLr7_ZtBn4sHc8YdEj1Gm6Pf0TuAo",
    "PORTAL_BASE_URL": "https://portal.example.org",
    "PORTAL_TRUSTED_HOSTS": "portal.example.org",
    "PORTAL_DATABASE_URL": "postgresql+psycopg://portal@db/portal",
}
NAMES = ("PORTAL_", "PORT")


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(NAMES):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PORTAL_FOLDER", str(tmp_path))


def start(monkeypatch: pytest.MonkeyPatch, **changes: str) -> Config:
    for name, value in (SAFE | changes).items():
        monkeypatch.setenv(name, value)
    return Config.from_env()


def test_safe_settings_start(monkeypatch: pytest.MonkeyPatch) -> None:
    config = start(monkeypatch)
    assert config.production
    assert config.secure


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_SECRET_KEY", ""),
        ("PORTAL_SECRET_KEY", "short"),
        ("PORTAL_SECRET_KEY", "a" * 64),
        ("PORTAL_DEBUG", "1"),
        ("PORTAL_DEMO", "1"),
        ("PORTAL_TRUSTED_HOSTS", ""),
        ("PORTAL_TRUSTED_HOSTS", "*"),
        ("PORTAL_TRUSTED_HOSTS", ".example.org"),
        ("PORTAL_BASE_URL", "http://portal.example.org"),
        ("PORTAL_BASE_URL", "https://elsewhere.example.org"),
    ],
)
def test_an_unsafe_setting_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(UnsafeSettings, match=name):
        start(monkeypatch, **{name: value})


def test_production_is_what_happens_when_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnsafeSettings):
        Config.from_env()


def test_the_embedded_portal_keeps_its_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PORTAL_ENV", "development")
    first, second = Config.from_env(), Config.from_env()
    assert first.secret_key == second.secret_key
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
