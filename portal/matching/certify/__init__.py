"""The independent checker: whether a result keeps every rule and is what its mode promises, from the posts alone.

It imports nothing of the solver and shares no array with it: rules, points and lottery in plain Python, the pairs from
the index that answers one need at a time. Whole numbers without a limit, so no figure can overflow. A contract in
pyproject.toml keeps the solver out.
"""

from collections.abc import Iterator

from portal.matching.certify.bare import verify_bare
from portal.matching.certify.books import Books, Finding
from portal.matching.certify.duality import unproven
from portal.matching.certify.limits import limits_broken, match_wrong, sums_wrong, unusable
from portal.matching.certify.stability import unstable
from portal.matching.problem import Problem
from portal.matching.result import Duality, Result, Stability

__all__ = ["Finding", "verify", "verify_bare"]


def verify(problem: Problem, result: Result) -> tuple[Finding, ...]:
    """Return everything that is wrong with a result; empty: it is proven to be what its mode promises."""
    return tuple(_findings(Books(problem, result)))


def _findings(books: Books) -> Iterator[Finding]:
    beyond_use = list(unusable(books))
    yield from beyond_use
    if beyond_use:
        return
    for match in books.result.matches:
        yield from match_wrong(books, match)
    yield from limits_broken(books)
    yield from sums_wrong(books)
    if books.result.mode != books.policy.mode:
        yield Finding("wrong_mode", {"mode": books.result.mode, "policy": books.policy.mode})
    certificate = books.result.certificate
    if books.policy.mode == "optimal" and isinstance(certificate, Duality):
        yield from unproven(books, certificate)
    elif books.policy.mode == "stable" and isinstance(certificate, Stability):
        yield from unstable(books, certificate)
    else:
        yield Finding("wrong_kind", {"kind": certificate.kind, "mode": books.policy.mode})
