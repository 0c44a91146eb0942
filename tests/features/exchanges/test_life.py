"""From draft to the end: every step by the right hands, and nothing without a second pair of eyes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from portal.features.exchanges import services
from portal.features.exchanges.domain.commands import STEPS, ReleasePost
from portal.features.exchanges.domain.lifecycles import NEED, OFFER, PostState
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post, PostTerm, PostTerms
from portal.features.exchanges.policy import GRANTS, Posts
from portal.features.exchanges.queries import by_id, tasks
from portal.features.exchanges.services.drafts import DraftChanged, step_mark
from portal.features.people.models import Membership
from portal.infra.db import db, now
from portal.infra.history import history_of
from portal.kernel.errors import Frozen, IllegalTransition, NothingLeft, Rejected, Stale
from portal.kernel.labels import Tlp
from portal.kernel.policy import Policy
from tests.features.exchanges.acting import acting, of_step, typed
from tests.world import LONG_AGO, NEXT_YEAR, World

POLICY = Policy(GRANTS)
AT = datetime(NEXT_YEAR - 1, 11, 24, 10, tzinfo=UTC)
S = PostState


@pytest.fixture(autouse=True)
def _inside(app: Flask) -> Iterator[None]:
    with app.test_request_context("/en/"):
        yield


def draft(world: World, kind: PostKind = PostKind.OFFER, by: str = "host_officer", **changes: Any) -> Post:
    actor = acting(world, by)
    post = services.create_draft(kind, world.agency(PERSONA_AGENCY[by]), by=actor, at=AT)
    for step in STEPS[kind]:
        services.save_step(post, step, of_step(kind, step, **changes), by=actor, at=AT)
    db.session.flush()
    return by_id(post.id)


PERSONA_AGENCY = {"host_officer": "host", "host_approver": "host", "sender_editor": "sender"}


def published(world: World, **changes: Any) -> Post:
    post = services.submit_post(draft(world, **changes), by=acting(world, "host_officer"), at=AT)
    return services.publish(post, by=acting(world, "host_approver"), at=AT)


def loaded(post: Post) -> Post:
    db.session.flush()
    return by_id(post.id)


@pytest.mark.parametrize("lifecycle", [OFFER, NEED])
def test_the_arrows_are_those_of_the_published_table(lifecycle: Any):
    full = {S.FULL} if lifecycle is OFFER else {S.PARTLY_MATCHED, S.MATCHED}
    live = {S.PUBLISHED} | full
    expected = {
        "submit": ({S.DRAFT}, S.SUBMITTED),
        "return": ({S.SUBMITTED, S.ENDORSING}, S.DRAFT),
        "publish": ({S.SUBMITTED}, S.PUBLISHED),
        "approve": ({S.SUBMITTED}, S.ENDORSING),
        "endorse": ({S.ENDORSING}, S.PUBLISHED),
        "withdraw": ({S.SUBMITTED, S.ENDORSING} | live, S.WITHDRAWN),
        "expire": (live, S.EXPIRED),
        "close": (live, S.CLOSED),
        "revise": (live, None),
    }
    for name, (sources, target) in expected.items():
        arrow = lifecycle.transitions[name]
        assert (set(arrow.sources), arrow.target) == (sources, target), name
    assert all(lifecycle.ended(state) for state in (S.WITHDRAWN, S.EXPIRED, S.CLOSED))


def test_a_draft_keeps_what_is_not_valid_yet(world: World):
    actor = acting(world, "host_officer")
    post = services.create_draft(PostKind.OFFER, world.agency("host"), by=actor, at=AT)
    half = {"windows": [{"starts_on": "2027-02-29"}], "min_days": "zehn", "max_days": ""}
    problems = services.save_step(post, "when", half, by=actor, at=AT)
    db.session.expire_all()
    kept = by_id(post.id)
    assert {p.code for p in problems} == {"no_such_date", "required", "not_a_whole_number"}
    assert kept.draft["windows"] == [{"starts_on": "2027-02-29"}]
    assert kept.draft["min_days"] == "zehn"


def test_an_old_tab_is_known_and_told_what_differs(world: World):
    post, actor = draft(world), acting(world, "host_officer")
    mark = step_mark(post, "what")
    services.save_step(post, "what", of_step(post.kind, "what", title="Newer"), by=actor, at=AT, mark=mark)
    with pytest.raises(DraftChanged) as refusal:
        services.save_step(post, "what", of_step(post.kind, "what", title="Older"), by=actor, at=AT, mark=mark)
    assert refusal.value.fields == ("title",)
    assert post.draft["title"] == "Newer"
    # The same answer again harms nobody, and another step is another matter.
    services.save_step(post, "what", of_step(post.kind, "what", title="Newer"), by=actor, at=AT, mark=mark)


def test_submitting_tells_everything_that_is_missing(world: World):
    actor = acting(world, "host_officer")
    post = services.create_draft(PostKind.NEED, world.agency("host"), by=actor, at=AT)
    with pytest.raises(Rejected) as refusal:
        services.submit_post(post, by=actor, at=AT)
    fields = {p.field for p in refusal.value.problems}
    assert {"title", "topics", "officers", "languages", "windows", "contact", "programme"} <= fields
    assert post.state == S.DRAFT


def test_submitting_refuses_days_that_are_over(world: World):
    over = [{"starts_on": "2020-02-01", "ends_on": "2020-02-10"}]
    with pytest.raises(Rejected) as refusal:
        services.submit_post(draft(world, windows=over), by=acting(world, "host_officer"), at=AT)
    assert [(p.code, p.field) for p in refusal.value.problems] == [("window_over", "windows-0-ends_on")]


def test_publishing_writes_version_words_and_days(world: World):
    post = loaded(published(world))
    assert (post.state, post.terms_version, post.reach) == (S.PUBLISHED, 1, 3)
    assert (post.first_day.month, post.last_day.day) == (2, 5)
    version = db.session.scalars(db.select(PostTerms).filter_by(post_id=post.id)).one()
    assert version.terms["site"] == "Catania"
    words = set(db.session.scalars(db.select(PostTerm.term).filter_by(post_id=post.id)))
    assert {"topic:art14-2b", "state:IT", "speaks:fr:C1", "art:14.2.b", "w:catan"} <= words
    assert "w:catania" not in words  # the exact place of a GREEN post is not found by anyone
    assert [c.transition for c in history_of("offer", post.id)] == ["publish", "submit", "begin"]


def test_four_eyes(world: World):
    post = services.submit_post(draft(world, by="host_approver"), by=acting(world, "host_approver"), at=AT)
    assert not POLICY.allows(acting(world, "host_approver"), Posts.PUBLISH, post)
    assert POLICY.allows(acting(world, "host_second_approver"), Posts.PUBLISH, post)
    assert not POLICY.allows(acting(world, "sender_approver"), Posts.PUBLISH, post)
    assert not POLICY.allows(acting(world, "host_editor"), Posts.PUBLISH, post)


def test_an_approver_who_mended_a_draft_has_written_it_too(world: World):
    post = draft(world)
    services.save_step(post, "what", of_step(post.kind, "what"), by=acting(world, "host_approver"), at=AT)
    services.submit_post(post, by=acting(world, "host_officer"), at=AT)
    assert not POLICY.allows(acting(world, "host_approver"), Posts.PUBLISH, post)


def test_where_nobody_else_can_approve_the_coordinator_may(world: World):
    for name in ("host_second_approver",):
        db.session.get_one(Membership, world.memberships[name]).ends_at = LONG_AGO
    db.session.flush()
    post = services.submit_post(draft(world, by="host_approver"), by=acting(world, "host_approver"), at=AT)
    assert post.without_second_approver
    assert POLICY.allows(acting(world, "host_coordinator"), Posts.PUBLISH, post)
    assert not POLICY.allows(acting(world, "sender_coordinator"), Posts.PUBLISH, post)


def test_the_coordinator_endorses_only_where_the_state_wants_it(world: World):
    post = services.submit_post(draft(world), by=acting(world, "host_officer"), at=AT)
    post.agency.state.endorses = ["offer"]
    services.publish(post, by=acting(world, "host_approver"), at=AT)
    assert post.state == S.ENDORSING
    assert POLICY.allows(acting(world, "host_coordinator"), Posts.ENDORSE, post)
    assert not POLICY.allows(acting(world, "host_approver"), Posts.ENDORSE, post)
    assert [t.code for t in tasks(acting(world, "host_coordinator"), at=AT)] == ["offer.endorse_post"]
    services.endorse(post, by=acting(world, "host_coordinator"), at=AT)
    assert post.state == S.PUBLISHED
    assert post.terms_version == 1


def test_a_returned_post_becomes_a_task_with_its_answers_kept(world: World):
    post = services.submit_post(draft(world), by=acting(world, "host_officer"), at=AT)
    with pytest.raises(Rejected):
        services.return_post(post, by=acting(world, "host_approver"), at=AT)
    db.session.rollback()
    post = services.submit_post(draft(world), by=acting(world, "host_officer"), at=AT)
    assert [t.code for t in tasks(acting(world, "host_approver"), at=AT)] == ["offer.publish_post"]
    services.return_post(post, by=acting(world, "host_approver"), at=AT, reason="Who insures the visitors?")
    assert [t.code for t in tasks(acting(world, "host_officer"), at=AT)] == ["offer.mend_post"]
    assert post.draft["title"] == typed(post.kind)["title"]
    services.submit_post(post, by=acting(world, "host_officer"), at=AT)
    waiting = tasks(acting(world, "host_officer"), at=AT)
    assert [(t.code, t.waits_on_us) for t in waiting] == [("offer.post_waits", False)]


def test_a_revision_is_a_new_version_and_keeps_the_state(world: World):
    post, approver = published(world), acting(world, "host_approver")
    services.begin_revision(post, by=approver, at=AT)
    changes = of_step(post.kind, "who", places="3", languages=[{"language": "fr", "level": "A2"}])
    services.save_step(post, "who", changes, by=approver, at=AT)
    services.revise(post, by=approver, at=AT)
    post = loaded(post)
    assert (post.terms_version, post.capacity, post.state) == (2, 3, S.PUBLISHED)
    assert [s.level for s in post.languages] == ["A2"]
    assert history_of("offer", post.id)[0].details["changed"] == ["languages", "places"]
    assert post.draft == {}


def test_a_revision_that_changes_nothing_is_refused(world: World):
    post, approver = published(world), acting(world, "host_approver")
    services.begin_revision(post, by=approver, at=AT)
    with pytest.raises(Rejected) as refusal:
        services.revise(post, by=approver, at=AT)
    assert refusal.value.problems[0].code == "nothing_changed"


def test_no_fewer_places_than_are_claimed(world: World):
    post, approver = published(world), acting(world, "host_approver")
    services.claim(post, 2, at=AT)
    services.begin_revision(post, by=approver, at=AT)
    services.save_step(post, "who", of_step(post.kind, "who", places="1"), by=approver, at=AT)
    with pytest.raises(Rejected) as refusal:
        services.revise(post, by=approver, at=AT)
    assert [(p.code, p.field, p.params["claimed"]) for p in refusal.value.problems] == [("below_claimed", "places", 2)]


def test_more_places_open_a_full_offer_again(world: World):
    post, approver = published(world), acting(world, "host_approver")
    services.claim(post, 2, at=AT)
    assert post.state == S.FULL
    services.begin_revision(post, by=approver, at=AT)
    services.save_step(post, "who", of_step(post.kind, "who", places="3"), by=approver, at=AT)
    services.revise(post, by=approver, at=AT)
    assert (post.state, post.free) == (S.PUBLISHED, 1)


def test_a_revision_begun_on_older_terms_is_stale(world: World):
    post, approver = published(world), acting(world, "host_approver")
    services.begin_revision(post, by=approver, at=AT)
    services.save_step(post, "who", of_step(post.kind, "who", places="3"), by=approver, at=AT)
    post.terms_version = 2
    with pytest.raises(Stale):
        services.revise(post, by=approver, at=AT)


def test_claims_follow_figures_of_an_offer(world: World):
    post = published(world)
    services.claim(post, 1, at=AT)
    assert (post.free, post.state) == (1, S.PUBLISHED)
    services.claim(post, 1, at=AT)
    assert (post.free, post.state) == (0, S.FULL)
    with pytest.raises(NothingLeft) as refusal:
        services.claim(post, 1, at=AT)
    assert refusal.value.remaining == 0
    services.give_back(post, 2, at=AT)
    assert (post.free, post.state) == (2, S.PUBLISHED)
    with pytest.raises(ValueError, match="given back"):
        services.give_back(post, 1, at=AT)


def test_claims_follow_figures_of_a_need(world: World):
    post = by_id(world.post("need").id)
    states = []
    for step, n in ((services.claim, 1), (services.claim, 1), (services.give_back, 1), (services.give_back, 1)):
        step(post, n, at=AT)
        states.append(post.state)
    assert states == [S.PARTLY_MATCHED, S.MATCHED, S.PARTLY_MATCHED, S.PUBLISHED]


def test_a_claim_that_is_too_large_takes_nothing_and_says_what_is_left(world: World):
    post = by_id(world.post("offer").id)
    with pytest.raises(NothingLeft) as refusal:
        services.claim(post, 3, at=AT)
    assert refusal.value.remaining == 2
    assert post.claimed == 0


def test_nothing_is_claimed_of_what_was_withdrawn(world: World):
    post = published(world)
    services.withdraw(post, by=acting(world, "host_approver"), at=AT, reason="Our office closes")
    with pytest.raises(NothingLeft) as refusal:
        services.claim(post, 1, at=AT)
    assert refusal.value.remaining == 0


def test_an_ended_post_is_no_longer_found(world: World):
    post = published(world)
    services.close(post, by=acting(world, "host_approver"), at=AT)
    assert loaded(post).reach == 0
    assert db.session.scalars(db.select(PostTerm).filter_by(post_id=post.id)).all() == []


def test_posts_expire_the_day_after_their_last(world: World):
    post = published(world)
    on_last_day = datetime(NEXT_YEAR, 2, 5, 23, tzinfo=UTC)
    assert services.expire_due(at=on_last_day) == 0
    assert services.expire_due(at=on_last_day + timedelta(days=1)) == 1
    assert loaded(post).state == S.EXPIRED


def test_a_suspended_agency_changes_nothing(world: World):
    actor = acting(world, "suspended_approver")
    with pytest.raises(Frozen):
        services.create_draft(PostKind.OFFER, world.agency("suspended"), by=actor, at=now())


def test_answers_are_taken_only_while_the_post_is_open_to_them(world: World):
    post = services.submit_post(draft(world), by=acting(world, "host_officer"), at=AT)
    with pytest.raises(IllegalTransition):
        services.save_step(post, "what", of_step(post.kind, "what"), by=acting(world, "host_officer"), at=AT)


def test_release_by_name(world: World):
    strict, red = published(world, label="amber_strict"), published(world, label="red")
    by = acting(world, "host_approver")
    stranger, secretariat = world.agency("stranger").key, world.person("secretariat").email
    services.release(ReleasePost(to=stranger), post=strict, by=by, at=AT)
    services.release(ReleasePost(to=secretariat), post=red, by=by, at=AT)
    for post, to, code in (
        (red, stranger, "release_to_people_only"),
        (strict, "XX-NONE", "unknown_agency"),
        (strict, "nobody@host.example", "unknown_person"),
        (strict, world.agency("pending").key, "unknown_agency"),
        (strict, world.agency("host").key, "own_agency"),
    ):
        with pytest.raises(Rejected) as refusal:
            services.release(ReleasePost(to=to), post=post, by=by, at=AT)
        assert refusal.value.problems[0].code == code
    assert strict.label == Tlp.AMBER_STRICT
