"""One offer or need: its page, its release by name, the steps of its life."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.features.exchanges import services
from portal.features.exchanges.domain.disclosure import NAMED_ONLY, Disclosure, disclosure
from portal.features.exchanges.domain.lifecycles import PostState
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.forms import ReleaseForm
from portal.features.exchanges.models import Post
from portal.features.exchanges.policy import Posts
from portal.features.exchanges.queries import loader
from portal.features.exchanges.queries.records import released_to
from portal.features.exchanges.views.blueprints import LISTS, PATHS, address, bp
from portal.infra.db import now
from portal.kernel.labels import Tlp
from portal.web.access import current_actor, optional_actor, requires
from portal.web.formats import day_text
from portal.web.i18n import gettext
from portal.web.labels import label
from portal.web.transitions import add_transition_routes


@bp.get("/offers/<string(maxlength=20):ref>")
@requires(Posts.READ, load=loader(PostKind.OFFER), public=True)
def offer(post: Post) -> ResponseReturnValue:
    return _page(post)


@bp.get("/needs/<string(maxlength=20):ref>")
@requires(Posts.READ, load=loader(PostKind.NEED), public=True)
def need(post: Post) -> ResponseReturnValue:
    return _page(post)


def _page(post: Post, form: ReleaseForm | None = None) -> ResponseReturnValue:
    level = disclosure(optional_actor(), post, post.seen)
    if level is Disclosure.REFERENCE:
        return render_template("exchanges/reference.html", post=post, list_endpoint=LISTS[post.kind])
    named = post.label in NAMED_ONLY and level is Disclosure.EXACT
    words = render_template(
        "exchanges/post.html",
        post=post,
        list_endpoint=LISTS[post.kind],
        exact=level is Disclosure.EXACT,
        site_shown=level is Disclosure.EXACT or post.label == Tlp.CLEAR,
        stages=_stages(post),
        now_at=_now_at(post),
        released=released_to(post.id) if named else None,
        form=form or ReleaseForm(),
    )
    return words, form.status if form else 200


def _stages(post: Post) -> list[tuple[str, str]]:
    """The route of an exchange, as far as this reader knows it."""
    posted = day_text(post.published_at.date()) if post.published_at else ""
    return [
        (gettext("Posted"), posted),
        (gettext("Fits"), ""),
        (gettext("Terms"), ""),
        (gettext("Agreed"), ""),
        (gettext("Preparing"), ""),
        (gettext("Placement"), ""),
        (gettext("Evaluation"), ""),
    ]


def _now_at(post: Post) -> int:
    if post.published_at is None:
        return 0
    if post.seen.agreed or post.state in (PostState.FULL, PostState.MATCHED):
        return 4
    return 2 if post.seen.live else 1


def _add_life(kind: PostKind) -> None:
    """The routes of one kind: every manual step, revision of what is published, and release by name."""
    load, word, path = loader(kind), kind.value, PATHS[kind] + "/<string(maxlength=20):ref>"
    add_transition_routes(
        bp,
        Post(kind=kind).lifecycle,
        load=load,
        address=address,
        prefix=PATHS[kind],
        services={
            "return": services.return_post,
            "publish": services.publish,
            "approve": services.publish,
            "endorse": services.endorse,
            "withdraw": services.withdraw,
            "close": services.close,
        },
    )

    @bp.post(f"{path}/revise", endpoint=f"{word}_revise")
    @requires(Posts.REVISE, load=load)
    def revise(post: Post) -> ResponseReturnValue:
        services.begin_revision(post, by=current_actor(), at=now())
        return redirect(url_for(f"exchanges.{word}_step", ref=post.ref, step="what"), 303)

    @bp.post(f"{path}/discard", endpoint=f"{word}_discard")
    @requires(Posts.REVISE, load=load)
    def discard(post: Post) -> ResponseReturnValue:
        services.discard_revision(post, by=current_actor(), at=now())
        return redirect(address(post), 303)

    @bp.post(f"{path}/release", endpoint=f"{word}_release")
    @requires(Posts.RELEASE, load=load)
    def release(post: Post) -> ResponseReturnValue:
        form = ReleaseForm()
        if form.run(services.release, post=post, by=current_actor(), at=now()):
            flash(label(f"{word}.release.done"))
            return redirect(address(post), 303)
        return _page(post, form)


for _kind in PostKind:
    _add_life(_kind)
