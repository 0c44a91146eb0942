"""Whether the matches keep the rules, the locks and every limit, and whether each score and sum is what it should be."""

from collections import Counter
from collections.abc import Iterator, Mapping

from portal.matching.certify.books import Books, Finding
from portal.matching.result import Duality, Match
from portal.matching.rules import score, violations

LIMITS = ("too_many_officers", "too_many_at_offer", "origin_cap", "host_cap")


def unusable(books: Books) -> Iterator[Finding]:
    """Keys that are nobody's, or that come twice: nothing else can be judged then."""
    seen = set()
    for match in books.result.matches:
        if match.need not in books.needs or match.offer not in books.offers:
            yield Finding("unknown_post", {"need": match.need, "offer": match.offer})
        if match[:2] in seen:
            yield Finding("pair_twice", {"need": match.need, "offer": match.offer})
        if match.officers < 1:
            yield Finding("no_officers", {"need": match.need, "offer": match.offer, "officers": match.officers})
        seen.add(match[:2])
    yield from _unknown_prices(books)


def _unknown_prices(books: Books) -> Iterator[Finding]:
    certificate = books.result.certificate
    if isinstance(certificate, Duality):
        for kind, priced, known in (
            ("need", certificate.needs, books.needs),
            ("offer", certificate.offers, books.offers),
            ("origin", certificate.origins, {need.state for need in books.needs.values()}),
            ("host", certificate.hosts, books.policy.host_caps),
        ):
            for key in priced:
                if key not in known:
                    yield Finding("unknown_price", {"kind": kind, "key": key})


def match_wrong(books: Books, match: Match) -> Iterator[Finding]:
    """Hold one match against rules, vetoes, points and locks."""
    need, offer = books.needs[match.need], books.offers[match.offer]
    pair: dict[str, object] = {"need": match.need, "offer": match.offer}
    broken = violations(need, offer, books.problem.topics)
    if broken:
        yield Finding("not_feasible", pair | {"rules": [violation.code for violation in broken]})
        return
    if match[:2] in books.vetoes:
        yield Finding("vetoed", pair)
    points = score(need, offer).total
    if match.score != points:
        yield Finding("wrong_score", pair | {"score": match.score, "points": points})
    if match.bonus != books.policy.bonus(need):
        yield Finding("wrong_bonus", pair | {"bonus": match.bonus, "points": books.policy.bonus(need)})
    if match.locked != books.locked.get(match[:2], 0):
        yield Finding("wrong_lock", pair | {"locked": match.locked})


def limits_broken(books: Books) -> Iterator[Finding]:
    """Hold all matches together against locks, officers, places, caps, and who is said to be left."""
    officers = {match[:2]: match.officers for match in books.result.matches}
    for pair, count in books.locked.items():
        if officers.get(pair, 0) < count:
            yield Finding("lock_broken", {"need": pair[0], "offer": pair[1], "officers": officers.get(pair, 0)})
    used: dict[str, Counter[str | None]] = {code: Counter() for code in LIMITS}
    for match in books.result.matches:
        keys = (match.need, match.offer, books.needs[match.need].state, books.offers[match.offer].state)
        for code, key in zip(LIMITS, keys, strict=True):
            used[code][key] += match.officers
    limits = (
        {key: need.officers for key, need in books.needs.items()},
        {key: offer.places for key, offer in books.offers.items()},
        books.policy.origin_caps,
        books.policy.host_caps,
    )
    for code, most in zip(LIMITS, limits, strict=True):
        for key, limit in most.items():
            if used[code][key] > limit:
                yield Finding(code, {"key": key, "officers": used[code][key], "limit": limit})
    yield from _left(books, used, limits)


def _left(
    books: Books, used: Mapping[str, Counter[str | None]], limits: tuple[Mapping[str, int], ...]
) -> Iterator[Finding]:
    for name, code, left in (
        ("needs", LIMITS[0], books.result.officers_left),
        ("offers", LIMITS[1], books.result.places_left),
    ):
        limit_of = limits[LIMITS.index(code)]
        expected = {key: limit - used[code][key] for key, limit in limit_of.items() if limit != used[code][key]}
        if dict(left) != expected:
            yield Finding("wrong_left", {"side": name})


def sums_wrong(books: Books) -> Iterator[Finding]:
    """Add up value and bonuses anew."""
    matches, policy = books.result.matches, books.policy
    sent = books.sent({match[:2]: match.officers for match in matches})
    sums = {
        "value": sum(match.officers * match.score for match in matches),
        "empty_rounds": sum(match.officers * match.bonus for match in matches),
        "spread": sum(sum(policy.spread(0)[:count]) for count in sent.values()),
        "stay": sum(min(match.officers, books.previous.get(match[:2], 0)) for match in matches) * policy.stay_points,
    }
    claimed = {"value": books.result.value, **books.result.bonuses}
    for name in {**sums, **claimed}:
        if claimed.get(name) != sums.get(name):
            yield Finding("wrong_value", {"figure": name, "claimed": claimed.get(name), "points": sums.get(name)})
    if books.result.objective != sum(sums.values()):
        yield Finding("wrong_value", {"figure": "objective", "claimed": books.result.objective,
                                      "points": sum(sums.values())})  # fmt: skip
