"""Pages that belong to no capability: the landing page, help, accessibility, health."""

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from portal.infra.db import db
from portal.web.access import open_to_everyone, optional_actor
from portal.web.i18n import best_language

bp = Blueprint("pages", __name__)
MIGRATIONS = Path(__file__).parents[2] / "migrations"


@bp.get("/")
@open_to_everyone
def front_door() -> ResponseReturnValue:
    response = redirect(url_for("pages.home", lang=best_language(request)))
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


@bp.get("/<language:lang>/")
@open_to_everyone
def home() -> ResponseReturnValue:
    if optional_actor():
        return redirect(url_for("notices.inbox"))
    return render_template("home.html")


@bp.get("/<language:lang>/help")
@open_to_everyone
def help_page() -> str:
    return render_template("help.html")


@bp.get("/<language:lang>/accessibility")
@open_to_everyone
def accessibility() -> str:
    return render_template("accessibility.html")


@bp.get("/healthz")
@open_to_everyone
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@open_to_everyone
def readyz() -> ResponseReturnValue:
    """The database is reachable and its migrations are current."""
    try:
        current = MigrationContext.configure(db.session.connection()).get_current_heads()
    except SQLAlchemyError:
        return jsonify(status="unavailable", database="unreachable"), 503
    wanted = ScriptDirectory(str(MIGRATIONS)).get_heads()
    if set(current) != set(wanted):
        return jsonify(status="unavailable", database="reachable", migrations="pending"), 503
    return jsonify(status="ok", database="reachable", migrations="current")
