"""Settings: one typed object, read from the environment here and nowhere else, refused when unsafe in production."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).parent
_SECRET_LENGTH = 32


class UnsafeSettings(RuntimeError):
    """The settings would put people at risk; the message names each one."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """What differs between machines. `demo` adds invented people and data, and says so on every page."""

    secret_key: str
    database_url: str
    base_url: str
    trusted_hosts: tuple[str, ...] = ()
    production: bool = False
    debug: bool = False
    demo: bool = False
    testing: bool = False
    folder: Path = field(default_factory=lambda: HERE / "instance")
    """Where an embedded portal keeps its database, its mail and its job queue."""
    mail_url: str = ""
    """`smtp://user:password@host:port?starttls=1`; empty writes mails to `folder/mail`."""
    mail_from: str = "portal@localhost"
    job_url: str = ""
    """Queue for the job runner: empty means a SQLite file in `folder`; `postgresql://` for runners on several machines."""
    files_url: str = ""
    """Where attached files are kept, such as `s3://bucket/portal`; empty means `folder/files`."""
    ledger_key: Path | None = None
    """The file of the key that signs the ledger's heads, readable to its owner only; none means `folder/ledger.key`."""
    reporting_currency: str = "USD"
    """In which amounts are shown beside their own. The United Nations publish their rates of exchange for one USD,
    and development assistance is compared in it worldwide."""
    trust_proxy: bool = False
    """True only behind a proxy that sets X-Forwarded-For and X-Forwarded-Proto itself."""

    @property
    def key_of_ledger(self) -> Path:
        return self.ledger_key or self.folder / "ledger.key"

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")

    @classmethod
    def from_env(cls) -> "Config":
        """The settings of this process; raises `UnsafeSettings` when production would start unsafe."""
        env = _environment()
        folder = Path(env.get("PORTAL_FOLDER", HERE / "instance"))
        production = env.get("PORTAL_ENV", "production") == "production"
        config = cls(
            secret_key=env.get("PORTAL_SECRET_KEY") or ("" if production else _kept_secret(folder)),
            database_url=env.get("PORTAL_DATABASE_URL", f"sqlite:///{folder / 'portal.db'}"),
            base_url=env.get("PORTAL_BASE_URL", "http://127.0.0.1:" + env.get("PORT", "8000")).rstrip("/"),
            trusted_hosts=tuple(env.get("PORTAL_TRUSTED_HOSTS", "").replace(",", " ").split()),
            production=production,
            debug=env.get("PORTAL_DEBUG") == "1",
            demo=env.get("PORTAL_DEMO") == "1",
            folder=folder,
            mail_url=env.get("PORTAL_MAIL_URL", ""),
            mail_from=env.get("PORTAL_MAIL_FROM", "portal@localhost"),
            job_url=env.get("PORTAL_JOB_URL", ""),
            files_url=env.get("PORTAL_FILES_URL", ""),
            ledger_key=Path(env["PORTAL_LEDGER_KEY"]) if env.get("PORTAL_LEDGER_KEY") else None,
            reporting_currency=env.get("PORTAL_REPORTING_CURRENCY", "USD"),
            trust_proxy=env.get("PORTAL_TRUST_PROXY") == "1",
        )
        if production:
            config.refuse_if_unsafe()
        return config

    def refuse_if_unsafe(self) -> None:
        if problems := list(self._dangers()):
            raise UnsafeSettings("The portal does not start in production like this: " + "; ".join(problems))

    def _dangers(self) -> list[str]:
        dangers = {
            "PORTAL_SECRET_KEY needs at least 32 characters that are not a word of ours": self._weak_secret(),
            "PORTAL_DEBUG must be off": self.debug,
            "PORTAL_DEMO must be off: no demonstration accounts or data": self.demo,
            "PORTAL_TRUSTED_HOSTS must name the hosts the portal answers for, none of them open": self._open_hosts(),
            "PORTAL_BASE_URL must start with https:// and name a host in PORTAL_TRUSTED_HOSTS": self._weak_address(),
        }
        return [words for words, holds in dangers.items() if holds]

    def _weak_secret(self) -> bool:
        return len(self.secret_key) < _SECRET_LENGTH or len(set(self.secret_key)) < 10  # noqa: PLR2004

    def _open_hosts(self) -> bool:
        return not self.trusted_hosts or any("*" in host or host.startswith(".") for host in self.trusted_hosts)

    def _weak_address(self) -> bool:
        host = urlsplit(self.base_url).hostname
        return not self.secure or host not in self.trusted_hosts


def _environment() -> Mapping[str, str]:
    """The environment; `flask` commands typed by hand also take what `make run` noted beside its database.

    A server never does: without PORTAL_ENV it starts in production, or not at all.
    """
    noted = Path(os.environ.get("PORTAL_FOLDER", HERE / "instance")) / "commands.env"
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true" or "PORTAL_ENV" in os.environ or not noted.exists():
        return os.environ
    return dict(line.split("=", 1) for line in noted.read_text().splitlines()) | dict(os.environ)


def _kept_secret(folder: Path) -> str:
    """The embedded portal makes its secret once and keeps it readable to its own user only."""
    path = folder / "secret"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()
