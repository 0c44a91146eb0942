"""What the pages of a proposal have in common: loading it, its terms in words, consent of both sides."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g, url_for
from markupsafe import Markup

from portal.features.exchanges.domain.disclosure import Disclosure, disclosure
from portal.features.exchanges.models import Post
from portal.features.exchanges.queries import with_seen
from portal.features.matches.domain.lifecycle import ENDED, Side
from portal.features.matches.domain.route import Stage, stage_of
from portal.features.matches.domain.terms import Terms, differences
from portal.features.matches.models import Acceptance, Proposal, ProposalTerms
from portal.features.matches.queries import proposals as read
from portal.features.matches.views.words import difference
from portal.kernel.policy import Actor
from portal.web.access import optional_actor
from portal.web.formats import cc, day_text, instant_text
from portal.web.i18n import current_language
from portal.web.i18n import gettext as _
from portal.web.labels import label


@dataclass(frozen=True, slots=True)
class Consent:
    """One box: whose, and whether they accepted the current version."""

    name: Markup
    text: str
    agreed: bool


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the terms as the page tells it: who wrote it, when, and what it changed."""

    row: ProposalTerms
    who: str
    who_language: str
    changes: Sequence[str]


def load(actor: Actor | None, ref: str) -> Proposal | None:
    return read.proposal(actor, ref)


def address(proposal: Proposal) -> str:
    return url_for("matches.proposal", ref=proposal.ref)


def written_languages() -> list[str]:
    """What the reader's agency works in, for texts."""
    membership = g.get("membership")
    return [spoken["language"] for spoken in membership.agency.languages] if membership else []


def route(proposal: Proposal) -> tuple[list[tuple[str, str]], int]:
    """The stages of the exchange with what is known of each, and which of them is now."""
    stages = list(Stage)
    details = {Stage.TERMS: _details_of_terms(proposal), Stage.PLACEMENT: day_text(proposal.starts_on)}
    return [(label(stage), details.get(stage, "")) for stage in stages], stages.index(stage_of(proposal.state))


def _details_of_terms(proposal: Proposal) -> str:
    if proposal.negotiating:
        return _("Answer by %(day)s", day=day_text(proposal.expires_at.date()))
    return label(proposal.state) if proposal.state in ENDED else ""


def sides_for(actor: Actor, proposal: Proposal) -> tuple[Side, Side]:
    """The reader's side first."""
    mine = proposal.side_of(actor) or Side.HOST
    return mine, mine.other


def consents(actor: Actor, proposal: Proposal, given: Sequence[Acceptance]) -> list[Consent]:
    by_side = {acceptance.side: acceptance for acceptance in given}
    mine = proposal.side_of(actor)
    return [_consent(proposal, side, by_side.get(side), mine=side is mine) for side in sides_for(actor, proposal)]


def _consent(proposal: Proposal, side: Side, given: Acceptance | None, *, mine: bool) -> Consent:
    agency = proposal.agency_of(side)
    name = Markup('{} <bdi lang="{}">{}</bdi>').format(
        cc(agency.state_iso2, name=False), agency.said_in(current_language()), agency.name(current_language())
    )
    if given is not None:
        return Consent(name, _("Agreed on %(when)s", when=instant_text(given.at)), agreed=True)
    if not proposal.negotiating:
        return Consent(name, _("Gave no answer"), agreed=False)
    return Consent(name, _("Your answer is open") if mine else _("Their answer is open"), agreed=False)


def versions(proposal: Proposal) -> list[Version]:
    """Newest first, each with what it changed against the one before."""
    rows = read.versions(proposal)
    told = [row.terms(proposal.ref) for row in rows]
    earlier: list[Terms | None] = [*told[1:], None]
    return [_version(proposal, row, now, was) for row, now, was in zip(rows, told, earlier, strict=True)]


def _version(proposal: Proposal, row: ProposalTerms, now: Terms, was: Terms | None) -> Version:
    agency = proposal.agency_of(row.side) if row.side else None
    if agency is None and row.number == 1:
        return Version(row, _("Put forward by a matching round"), current_language(), [])
    who = agency.name(current_language()) if agency else _("A post was revised")
    language = agency.said_in(current_language()) if agency else current_language()
    return Version(row, who, language, [difference(one) for one in differences(was, now)] if was else [])


def changed_since(proposal: Proposal, seen: int) -> list[str]:
    """What the current version says differently from the one that someone had before them."""
    before, after = read.terms(proposal, seen), read.terms(proposal, proposal.terms_version)
    return [difference(one) for one in differences(before, after)] if before and after else []


def disclosed(post: Post, actor: Actor | None = None) -> Disclosure:
    """How much of a post of the proposal this reader sees."""
    actor = actor or optional_actor()
    return disclosure(actor, with_seen(post, actor), post.seen)


def exact(post: Post) -> bool:
    return disclosed(post) is Disclosure.EXACT


def readable(post: Post) -> bool:
    return disclosed(post) in {Disclosure.SUMMARY, Disclosure.EXACT}
