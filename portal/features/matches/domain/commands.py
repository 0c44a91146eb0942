"""What people may ask of a proposal."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from portal.features.exchanges.domain.commands import MOST_OFFICERS, LanguageCode
from portal.features.exchanges.domain.vocabulary import Cost
from portal.kernel.contract import Command, Day, GuardedTexts, count, prose, words
from portal.kernel.errors import Problem
from portal.kernel.languages import SOURCE_LANGUAGE

REASON = prose(1000, min_length=1)


class _WithTerms(GuardedTexts):
    """What both sides agree on. `costs` are the kinds that the host covers."""

    guarded = ("conditions",)
    starts_on: Day
    ends_on: Day
    officers: count(1, MOST_OFFICERS)
    costs: Annotated[tuple[Cost, ...], Field(max_length=len(Cost))] = ()
    conditions: prose(2000) = ""
    conditions_language: LanguageCode = SOURCE_LANGUAGE

    def problems(self) -> Iterator[Problem]:
        yield from super().problems()
        if self.ends_on < self.starts_on:
            yield Problem("ends_before_start", "ends_on")


class Propose(_WithTerms):
    """Put terms on a pair of posts to both sides."""

    offer: words(20)
    need: words(20)


class Counter(_WithTerms):
    """Answer the version seen with other terms."""

    version: count(1, 100_000)
    hash: words(64, min_length=64)


class Accept(Command):
    """Consent to one version: number and hash of the terms that were on the screen."""

    version: count(1, 100_000)
    hash: words(64, min_length=64)


class Decline(GuardedTexts):
    guarded = ("reason",)
    reason: REASON


class Withdraw(GuardedTexts):
    guarded = ("reason",)
    reason: REASON


class Ask(GuardedTexts):
    guarded = ("text",)
    text: prose(2000, min_length=1)
    language: LanguageCode = SOURCE_LANGUAGE


class Answer(GuardedTexts):
    """The answer to one question of this proposal, named by its place in the list."""

    guarded = ("text",)
    question: count(1, 10_000)
    text: prose(2000, min_length=1)
    language: LanguageCode = SOURCE_LANGUAGE
