"""Every form post must carry the token of its session; Flask-WTF checks it for every route, so no view can forget."""

from flask import Flask, abort, request
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from markupsafe import Markup

from portal.web.access import READS

FIELD = "csrf_token"
_protection = CSRFProtect()


def csrf_field() -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, generate_csrf())


def register_csrf(app: Flask) -> None:
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)  # as long as the session lives: officers write slowly
    app.config["WTF_CSRF_SSL_STRICT"] = False  # our own check of the origin below needs no Referer
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # called below, so that JSON can be told apart
    _protection.init_app(app)
    app.jinja_env.globals["csrf_field"] = csrf_field

    @app.before_request
    def check_origin_and_token() -> None:
        if request.method in READS:
            return
        if not _same_site():
            abort(403)
        # Another site cannot send JSON with our cookies without a preflight that we never answer.
        if request.is_json and request.path.startswith("/api/"):
            return
        try:
            _protection.protect()
        except CSRFError:
            abort(400)


def _same_site() -> bool:
    """What the browser itself says about where the post comes from, where it says so."""
    origin = request.headers.get("Origin")
    # "null" too: a page that hides where it stands is none of ours, because ours say so (Referrer-Policy same-origin).
    if origin and origin != request.host_url.rstrip("/"):
        return False
    return request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}
