"""Turns every refusal into the right answer, as a page or as problem+json, in one place."""

from http import HTTPStatus

from flask import Flask, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from portal.infra.db import db
from portal.kernel.errors import Conflict, DomainError, NotAllowed, Problem, Rejected
from portal.web.access import ask_to_sign_in, optional_actor
from portal.web.messages import message


def register_errors(app: Flask) -> None:
    app.register_error_handler(DomainError, _refusal)
    app.register_error_handler(StaleDataError, lambda _error: _answer(409, (Problem("changed_meanwhile"),)))
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def status_of(error: DomainError) -> int:
    if isinstance(error, Conflict):
        return HTTPStatus.CONFLICT
    return HTTPStatus.FORBIDDEN if isinstance(error, NotAllowed) else HTTPStatus.UNPROCESSABLE_ENTITY


def _refusal(error: DomainError) -> ResponseReturnValue:
    return _answer(status_of(error), error.problems if isinstance(error, Rejected | Conflict | NotAllowed) else ())


def _http(error: HTTPException) -> ResponseReturnValue:
    behind = getattr(error, "original_exception", None)
    if isinstance(behind, OperationalError):  # it went away at the commit, or while a refusal was drawn
        return _database_away(behind)
    if error.response is not None:
        return error.response
    if error.code == HTTPStatus.UNAUTHORIZED and not request.path.startswith("/api/") and optional_actor() is None:
        return ask_to_sign_in()
    answer = _answer(error.code or 500, ())
    if error.code == HTTPStatus.METHOD_NOT_ALLOWED and (valid := getattr(error, "valid_methods", None)):
        response = current_app.make_response(answer)
        response.headers["Allow"] = ", ".join(sorted(valid))
        return response
    return answer


def _database_away(error: OperationalError) -> ResponseReturnValue:
    current_app.logger.error("the database did not answer", exc_info=error)
    db.session.rollback()
    response = current_app.make_response(_answer(HTTPStatus.SERVICE_UNAVAILABLE, ()))
    response.headers["Retry-After"] = "10"
    return response


def _broken(error: Exception) -> ResponseReturnValue:
    """The page for our own mistakes: nothing of the error is shown, everything is in the log."""
    if current_app.debug or current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    current_app.logger.error("unexpected error", exc_info=error)
    db.session.rollback()
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, ())


def _answer(status: int, problems: tuple[Problem, ...]) -> ResponseReturnValue:
    if request.path.startswith("/api/"):
        details = [
            {"field": p.field, "code": p.code, "message": message(p), "params": dict(p.params)} for p in problems
        ]
        response = jsonify(status=int(status), problems=details)
        response.content_type = "application/problem+json"
        return response, status
    g.without_badges = True  # counting asks the database, which may be what failed
    return render_template("error.html", status=int(status), messages=[message(p) for p in problems]), status
