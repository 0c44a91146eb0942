"""Security headers on every response, and how long each kind of page may be kept."""

from flask import Flask, Response, request
from flask_compress import Compress

from portal.web.access import optional_actor

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'none'; script-src 'none'; connect-src 'none'; "
    "manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
ONE_YEAR = 31_536_000


def register_headers(app: Flask, *, secure: bool) -> None:
    app.config["COMPRESS_ALGORITHM"] = ["br", "gzip"]
    app.config["COMPRESS_MIMETYPES"] = ["text/html", "application/json", "application/problem+json", "text/csv"]
    app.config["COMPRESS_BR_LEVEL"] = 5
    Compress(app)

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if secure:
            response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"
        if "Cache-Control" not in response.headers:
            kept = request.method == "GET" and optional_actor() is None and "Set-Cookie" not in response.headers
            anonymous_page = kept and not response.headers.get("Vary") and response.status_code == 200  # noqa: PLR2004
            response.headers["Cache-Control"] = "public, max-age=60" if anonymous_page else "no-store"
        return response
