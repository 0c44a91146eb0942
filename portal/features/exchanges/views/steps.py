"""The steps in which a post is written, and the page that shows all answers before it is sent."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.exchanges import services
from portal.features.exchanges.domain.commands import REVIEW, STEPS, TERMS, past_windows, step_of
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.forms import FORMS, SendForm, StepForm
from portal.features.exchanges.models import Post
from portal.features.exchanges.policy import Posts
from portal.features.exchanges.queries import loader
from portal.features.exchanges.queries.drafts import saved_by
from portal.features.exchanges.services.drafts import (
    refuse_unless_open,
    saved_steps,
    step_mark,
    step_problems,
)
from portal.features.exchanges.views.answers import by_step, shown
from portal.features.exchanges.views.blueprints import LISTS, PATHS, address, bp
from portal.infra.db import now
from portal.kernel.contract import decode
from portal.kernel.errors import Problem
from portal.kernel.labels import Tlp
from portal.kernel.languages import LANGUAGES
from portal.web.access import current_actor, requires
from portal.web.i18n import current_language
from portal.web.labels import label
from portal.web.messages import message

FIRST = "what"


def _new(kind: PostKind) -> ResponseReturnValue:
    start = {"title_language": current_language(), "label": "green", "clearance": "none"}
    if kind == PostKind.OFFER:
        start |= {"direction": "hosts", "band_min": "1", "band_max": "5"}
    post = services.create_draft(kind, g.membership.agency, by=current_actor(), at=now(), start=start)
    return redirect(step_address(post, FIRST), 303)


@bp.post("/offers/new")
@requires(Posts.WRITE)
def new_offer() -> ResponseReturnValue:
    return _new(PostKind.OFFER)


@bp.post("/needs/new")
@requires(Posts.WRITE)
def new_need() -> ResponseReturnValue:
    return _new(PostKind.NEED)


def step_address(post: Post, step: str, **more: Any) -> str:
    return url_for(f"exchanges.{post.kind.value}_step", ref=post.ref, step=step, **more)


def _show_step(post: Post, step: str) -> ResponseReturnValue:
    refuse_unless_open(post)
    if step == REVIEW:
        return _review(post, SendForm())
    form = FORMS[post.kind][step](data=post.draft)
    if step in saved_steps(post) and not form.is_growing:
        form.show_all(step_problems(post, step))
    return _step_page(post, step, form), 200


def _save_step(post: Post, step: str) -> ResponseReturnValue:
    refuse_unless_open(post)
    if step == REVIEW:
        return _send(post)
    form = FORMS[post.kind][step]()
    typed = form.typed()
    if changed := services.changed_meanwhile(post, step, typed, request.form.get("mark", "")):
        return _step_page(post, step, form, changed=changed), 409
    problems = services.save_step(post, step, typed, by=current_actor(), at=now())
    return redirect(_onward(post, step, form, problems), 303)


def _onward(post: Post, step: str, form: StepForm, problems: tuple[Problem, ...]) -> str:
    """Where the pressed button leads: nothing typed is lost on any of these ways."""
    if (language := request.form.get("lang_to")) in LANGUAGES:
        return step_address(post, step, lang=language)
    if request.form.get("leave"):
        flash(label("post.draft_saved"))
        return address(post)
    if added := form.row_added:
        return step_address(post, step, **added)
    if problems:
        return step_address(post, step)
    order = [*STEPS[post.kind], REVIEW]
    return step_address(post, order[order.index(step) + 1])


def _step_page(post: Post, step: str, form: StepForm, *, changed: list[str] | None = None) -> str:
    order = [*STEPS[post.kind], REVIEW]
    return render_template(
        f"exchanges/steps/{step}.html",
        post=post,
        form=form,
        step=step,
        number=order.index(step) + 1,
        list_endpoint=LISTS[post.kind],
        steps=_steps(post),
        mark=step_mark(post, step),
        saved_by=saved_by(post),
        theirs=[(label(f"post.field.{name}"), shown(post.draft, name)) for name in changed or ()],
    )


def _steps(post: Post) -> list[tuple[str, str, str | None, bool]]:
    """(key, words, address, done) of each step; what was never saved is reached only by saving the one before."""
    saved = saved_steps(post)
    found = []
    for step in STEPS[post.kind]:
        done = step in saved and not step_problems(post, step)
        found.append((step, label(f"post.step.{step}"), step_address(post, step) if step in saved else None, done))
    reachable = len(saved) == len(STEPS[post.kind])
    return [*found, (REVIEW, label("post.step.review"), step_address(post, REVIEW) if reachable else None, False)]


def _review(post: Post, form: SendForm) -> ResponseReturnValue:
    missing = _missing(post)
    answers = by_step(post.kind, post.draft)
    page = render_template(
        "exchanges/review.html",
        post=post,
        form=form,
        step=REVIEW,
        number=len(answers) + 1,
        list_endpoint=LISTS[post.kind],
        answers=[(step, label(f"post.step.{step}"), step_address(post, step), rows) for step, rows in answers.items()],
        missing=missing,
        audience=_audience(post),
    )
    return page, form.status


def _audience(post: Post) -> Tlp:
    chosen = post.draft.get("label")
    return Tlp(chosen) if chosen in {label_.value for label_ in Tlp} else Tlp.GREEN


def _missing(post: Post) -> list[tuple[str, str, str]]:
    """(question, what is wrong, address of the answer) for everything that still stands in the way."""
    return [
        (_question(problem), message(problem), step_address(post, step, _anchor=problem.field))
        for problem in _problems(post)
        if (step := step_of(post.kind, problem.field or "")) != REVIEW
    ]


def _question(problem: Problem) -> str:
    return label(f"post.field.{(problem.field or '').split('-')[0]}")


def _problems(post: Post) -> list[Problem]:
    found = [problem for step in STEPS[post.kind] for problem in step_problems(post, step)]
    if found:
        return found
    typed = {name: value for name, value in post.draft.items() if name in TERMS[post.kind].model_fields}
    return list(past_windows(decode(TERMS[post.kind], typed).windows, now().date()))


def _send(post: Post) -> ResponseReturnValue:
    """Hand in a draft, or publish changed terms at once."""
    if (language := request.form.get("lang_to")) in LANGUAGES:
        return redirect(step_address(post, REVIEW, lang=language), 303)
    form = SendForm()
    step = "revise" if post.live else "submit"
    service = services.revise if post.live else services.submit_post
    if form.run(lambda _command, **context: service(post, **context), by=current_actor(), at=now()):
        flash(label(f"{post.kind.value}.{step}.done"))
        return redirect(address(post), 303)
    return _review(post, form)


def _add_steps(kind: PostKind) -> None:
    names = ", ".join([*STEPS[kind], REVIEW])
    rule = f"{PATHS[kind]}/<string(maxlength=20):ref>/edit/<any({names}):step>"

    def load(actor: Any, ref: str, step: str) -> Post | None:
        g.step = step
        return loader(kind)(actor, ref)

    @bp.get(rule, endpoint=f"{kind.value}_step")
    @requires(Posts.EDIT, load=load)
    def show(post: Post) -> ResponseReturnValue:
        return _show_step(post, g.step)

    @bp.post(rule, endpoint=f"{kind.value}_save")
    @requires(Posts.EDIT, load=load)
    def save(post: Post) -> ResponseReturnValue:
        return _save_step(post, g.step)


for _kind in PostKind:
    _add_steps(_kind)
