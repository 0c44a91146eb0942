"""Static files under names that carry their content's hash, compressed once at start-up and cached for a year."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import brotli
from flask import Flask, Response, abort, request

from portal.web.access import open_to_everyone

STATIC: Final = Path(__file__).parent / "static"
ENDPOINT: Final = "asset"
_TYPES: Final[dict[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_CSS_TOKEN: Final = re.compile(r"""/\*.*?\*/|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\s+""", re.DOTALL)


@dataclass(frozen=True)
class Asset:
    """One file as it leaves the house, in each encoding a browser may ask for."""

    name: str
    content_type: str
    plain: bytes
    gzip: bytes
    brotli: bytes

    @classmethod
    def of(cls, path: Path) -> "Asset":
        plain = path.read_bytes()
        if path.suffix == ".css":
            plain = minified_css(plain.decode()).encode()
        digest = hashlib.sha256(plain).hexdigest()[:12]
        return cls(
            name=f"{path.stem}.{digest}{path.suffix}",
            content_type=_TYPES[path.suffix],
            plain=plain,
            gzip=gzip.compress(plain, mtime=0),
            brotli=brotli.compress(plain),
        )

    def response(self) -> Response:
        encoding = request.accept_encodings.best_match(["br", "gzip"])
        body = {"br": self.brotli, "gzip": self.gzip}.get(encoding or "", self.plain)
        answer = Response(body, content_type=self.content_type)
        if encoding:
            answer.headers["Content-Encoding"] = encoding
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        answer.headers["Vary"] = "Accept-Encoding"
        return answer


def minified_css(text: str) -> str:
    """The same rules without comments and without the white space that CSS never reads; strings stay as written."""
    short = _CSS_TOKEN.sub(_shorter, text).strip()
    # Only outside strings, and only where white space cannot be a descendant combinator or an operator.
    parts = re.split(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""", short)
    parts[::2] = [re.sub(r" ?([{};,]) ?", r"\1", part).replace(": ", ":").replace(";}", "}") for part in parts[::2]]
    return "".join(parts)


def _shorter(token: re.Match[str]) -> str:
    text = token.group()
    if text.startswith("/*"):
        return ""
    return " " if text.isspace() else text


def serve_assets(app: Flask) -> None:
    """Read the static files once, serve them below `/assets/` and give templates `asset("app.css")`.

    Register it before anything that opens sessions or transactions.
    """
    by_source = {path.name: Asset.of(path) for path in sorted(STATIC.iterdir()) if path.suffix in _TYPES}
    by_name: Mapping[str, Asset] = {one.name: one for one in by_source.values()}

    @app.before_request
    def answer_first() -> Response | None:
        """Ahead of session and database: a file that reads no cookie may be cached for everybody."""
        found = by_name.get((request.view_args or {})["name"]) if request.endpoint == ENDPOINT else None
        return found.response() if found else None

    @open_to_everyone
    def serve(name: str) -> Response:
        abort(404, description=f"no file is called {name!r}")

    def asset(source: str) -> str:
        return f"{request.script_root}/assets/{by_source[source].name}"

    app.add_url_rule("/assets/<name>", endpoint=ENDPOINT, view_func=serve, methods=["GET"])
    app.jinja_env.globals["asset"] = asset
