"""Offers and needs as JSON, with the same commands, rules and refusals as the pages."""

from typing import Any

from flask import Blueprint, g, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.exchanges import services
from portal.features.exchanges.domain.commands import TERMS
from portal.features.exchanges.domain.disclosure import Disclosure, disclosure
from portal.features.exchanges.domain.terms import hash_of, terms_of
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.forms.filtering import as_args, read_filters, read_sort
from portal.features.exchanges.models import Post
from portal.features.exchanges.policy import Posts
from portal.features.exchanges.queries import loader
from portal.features.exchanges.queries.listing import count, page, place_of
from portal.features.exchanges.queries.rows import Row, refs, rows
from portal.infra.db import db, now
from portal.infra.history import advance
from portal.infra.ranges import Place
from portal.kernel.contract import Why, decode
from portal.kernel.labels import Tlp
from portal.kernel.lifecycle import Transition
from portal.kernel.policy import Actor
from portal.web.access import View, current_actor, requires
from portal.web.api import json_command

bp = Blueprint("exchanges_api", __name__, url_prefix="/api/v1")
PLURALS = {PostKind.OFFER: "offers", PostKind.NEED: "needs"}
HIDDEN_UNTIL_AGREED = frozenset({"site", "contact", "restricted"})
SERVICES = {
    "return": services.return_post,
    "publish": services.publish,
    "approve": services.publish,
    "endorse": services.endorse,
    "withdraw": services.withdraw,
    "close": services.close,
}


def _index(kind: PostKind) -> ResponseReturnValue:
    actor = current_actor()
    filters, sort = read_filters(request.args, may_fit=True), read_sort(request.args, may_fit=True)
    before = request.args.get("before", "")
    ref = before or request.args.get("after", "")
    place = place_of(actor, kind, sort, ref[:20], before=bool(before)) if ref else None
    found = page(actor, kind, filters, sort, place)
    known = refs([p.id for p in (found.next, found.previous) if p])
    total = count(actor, kind, filters)

    def link(to: Place | None, name: str) -> str | None:
        args = as_args(filters, sort)
        return url_for(f"exchanges_api.{PLURALS[kind]}", **(args | {name: known[to.id]})) if to else None

    items = [_summary(row) for row in rows(actor, kind, found.ids)]
    answer = {PLURALS[kind]: items, "next": link(found.next, "after"), "previous": link(found.previous, "before")}
    return jsonify(**answer, count=total.number, count_is_capped=total.more)


def _summary(row: Row) -> dict[str, Any]:
    known = {"ref": row.ref, "label": row.label.shown, "state": row.state.value}
    if row.bare:
        return known
    return known | {
        "title": row.title,
        "title_language": row.title_language,
        "agency": row.agency_key,
        "agency_state": row.state_iso2,
        "direction": row.direction.value if row.direction else None,
        "formats": list(row.formats),
        "topics": list(row.topics),
        "languages": [{"language": code, "level": level} for code, level in row.languages],
        "windows": [{"starts_on": first.isoformat(), "ends_on": last.isoformat()} for first, last in row.windows],
        "free": row.free,
        "capacity": row.capacity,
        "score": row.score,
        "published_at": row.published_at.isoformat() if row.published_at else None,
    }


def _whole(post: Post, actor: Actor) -> dict[str, Any]:
    """Everything this reader may see of a post."""
    level = disclosure(actor, post, post.seen)
    known: dict[str, Any] = {"ref": post.ref, "label": post.label.shown, "state": post.state.value}
    if level is Disclosure.REFERENCE:
        return known
    terms = terms_of(post)
    shown = {**terms, "label": post.label.value}
    for name in HIDDEN_UNTIL_AGREED:
        if level is not Disclosure.EXACT and not (name == "site" and post.label == Tlp.CLEAR):
            shown[name] = None
    # The hash covers what is hidden too: whoever knew the rest could try places until it fits.
    of_terms = {"terms_hash": hash_of(terms)} if level is Disclosure.EXACT else {}
    published = {"version": post.terms_version, **of_terms} if post.terms_version else {}
    return known | {
        "agency": post.agency.key,
        "agency_state": post.agency.state_iso2,
        "free": post.free,
        "imported_key": post.imported_key,
        "published_at": post.published_at.isoformat() if post.published_at else None,
        "terms": shown,
        **published,
    }


def _create(kind: PostKind) -> ResponseReturnValue:
    command = json_command(TERMS[kind])
    post = services.submit_whole(command, agency=g.membership.agency, by=current_actor(), at=now())
    answer = jsonify(_whole(post, current_actor()))
    answer.headers["Location"] = url_for(f"exchanges_api.{kind.value}", ref=post.ref)
    return answer, 201


def _revise(post: Post) -> ResponseReturnValue:
    command = json_command(TERMS[post.kind])
    return jsonify(_whole(services.revise_whole(command, post=post, by=current_actor(), at=now()), current_actor()))


def _step(transition: Transition[Any]) -> View:
    def take(post: Post) -> ResponseReturnValue:
        context: dict[str, Any] = {"by": current_actor(), "at": now(), "reason": _reason()}
        if service := SERVICES.get(transition.name):
            service(post, **context)
        else:
            advance(post.lifecycle, post, transition.name, **context)
        db.session.flush()
        return jsonify(_whole(post, current_actor()))

    return take


def _reason() -> str | None:
    body = request.get_json(silent=True)
    return decode(Why, {"reason": body.get("reason")}).reason or None if isinstance(body, dict) else None


def _add_routes(kind: PostKind) -> None:
    plural, load = PLURALS[kind], loader(kind)
    one = f"/{plural}/<string(maxlength=20):ref>"

    @bp.get(f"/{plural}", endpoint=plural)
    @requires(Posts.LIST)
    def index() -> ResponseReturnValue:
        return _index(kind)

    @bp.get(one, endpoint=kind.value)
    @requires(Posts.READ, load=load)
    def show(post: Post) -> ResponseReturnValue:
        return jsonify(_whole(post, current_actor()))

    @bp.post(f"/{plural}", endpoint=f"create_{kind.value}")
    @requires(Posts.WRITE)
    def create() -> ResponseReturnValue:
        return _create(kind)

    @bp.post(f"{one}/revise", endpoint=f"{kind.value}_revise")
    @requires(Posts.REVISE, load=load)
    def revise(post: Post) -> ResponseReturnValue:
        return _revise(post)

    for transition in Post(kind=kind).lifecycle.transitions.values():
        if transition.manual:
            view = requires(transition.permission, load=load)(_step(transition))
            endpoint = f"{kind.value}_{transition.name}"
            bp.add_url_rule(f"{one}/{transition.name}", endpoint=endpoint, view_func=view, methods=["POST"])


for _kind in PostKind:
    _add_routes(_kind)
