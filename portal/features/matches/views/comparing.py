"""An offer and a need side by side, row by row, in words: what each says, how well it fits, and the points."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from portal.features.exchanges.domain.vocabulary import Cost
from portal.features.matches.queries.fits import Compared
from portal.kernel.topics import TOPICS
from portal.matching.explain import WhyFirst
from portal.matching.types import COSTS, PART_MAXIMA, Need, Offer, Score
from portal.web.formats import language_name, listed, period, state_name
from portal.web.i18n import current_language, ngettext, pgettext
from portal.web.i18n import gettext as _
from portal.web.labels import label

MOST_WINDOWS = 2
TWO_LEVELS = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the comparison: the offer's words, how it fits (yes, part, no), the need's words."""

    left: Markup | str
    fit: str
    word: str
    points: str
    right: Markup | str


def rows(pair: Compared) -> list[Row]:
    """The parts of the score, strongest first: those that have most of what they could have."""
    score = pair.comparison.score
    made = {
        "topic": _topic(pair),
        "language": _language(pair),
        "dates": _dates(pair),
        "preferred_state": _preferred(pair),
        "costs": _costs(pair),
        "band": _band(pair),
    }
    if score is None:
        return []
    order = sorted(made, key=lambda part: -score.parts[part] / PART_MAXIMA.parts[part])
    return [_row(part, *made[part], score) for part in order]


def _row(part: str, left: Markup | str, word: str, right: Markup | str, score: Score) -> Row:
    points, most = score.parts[part], PART_MAXIMA.parts[part]
    return Row(left, fit_of(points, most), word, points_text(points, most), right)


def fit_of(points: int, most: int) -> str:
    if points == most:
        return "yes"
    return "part" if points else "no"


def points_text(points: int, most: int) -> str:
    return _("%(points)s of %(most)s", points=points, most=most)


def part_lines(score: Score) -> list[tuple[str, str]]:
    """The parts of a score as short lines, for fits that are not laid out side by side."""
    return [
        (
            fit_of(points, PART_MAXIMA.parts[part]),
            _(
                "%(part)s: %(points)s of %(most)s",
                part=label(f"fit.part.{part}"),
                points=points,
                most=PART_MAXIMA.parts[part],
            ),
        )
        for part, points in score.parts.items()
    ]


def why_first(first: Score, why: WhyFirst) -> list[str]:
    """Whole sentences with the numbers: how the points add up, and what sets the first fit before the next."""
    total = _(
        "%(total)s of 100 points: topic %(topic)s, language %(language)s, dates %(dates)s, preferred State "
        "%(preferred_state)s, costs %(costs)s, level of post %(band)s.",
        total=first.total,
        **first.parts,
    )
    return [total, _next_best(why)]


def _next_best(why: WhyFirst) -> str:
    if why.code == "only":
        return _("No other post that you may see fits.")
    if why.code == "equal":
        return _("The next fit has as many points.")
    more = {
        "topic": lambda n: ngettext(
            "The next fit has %(num)s point less, above all for its topic.",
            "The next fit has %(num)s points less, above all for its topic.",
            n,
        ),
        "language": lambda n: ngettext(
            "The next fit has %(num)s point less, above all for its language.",
            "The next fit has %(num)s points less, above all for its language.",
            n,
        ),
        "dates": lambda n: ngettext(
            "The next fit has %(num)s point less, above all for its dates.",
            "The next fit has %(num)s points less, above all for its dates.",
            n,
        ),
        "preferred_state": lambda n: ngettext(
            "The next fit has %(num)s point less, above all for the preferred State.",
            "The next fit has %(num)s points less, above all for the preferred State.",
            n,
        ),
        "costs": lambda n: ngettext(
            "The next fit has %(num)s point less, above all for the costs.",
            "The next fit has %(num)s points less, above all for the costs.",
            n,
        ),
        "band": lambda n: ngettext(
            "The next fit has %(num)s point less, above all for the level of post.",
            "The next fit has %(num)s points less, above all for the level of post.",
            n,
        ),
    }
    part = why.parts[0][0]
    return more[part](why.points)


# ------------------------------------------------------------------------------------------------------- the rows

Cells = tuple[Markup | str, str, Markup | str]


def _topic(pair: Compared) -> Cells:
    shared = bool(pair.comparison.shared_topics)
    word = _("Same topic") if shared else _("Related topic")
    if shared:
        common = topics(pair.comparison.shared_topics)
        return common, word, common
    ours = topics(sorted({offer for _need, offer in pair.comparison.related_topics}))
    theirs = topics(sorted({need for need, _offer in pair.comparison.related_topics}))
    return ours, word, theirs


def _language(pair: Compared) -> Cells:
    asked = spoken(pair.offer.languages)
    if pair.offer.interpreter:
        asked = lines([*([asked] if pair.offer.languages else []), _("Interpreter provided")])
    elif not pair.offer.languages:
        asked = _("No language asked for")
    return asked, _language_word(pair), spoken(pair.need.languages)


def _language_word(pair: Compared) -> str:
    told = pair.comparison
    if not pair.offer.languages:
        return _("Any language")
    if told.only_interpreter:
        return _("With the interpreter")
    margin = next((line.margin for line in told.languages if line.code == told.language), 0)
    name = language_name(told.language or "")
    if margin == 0:
        return _("%(language)s at the level", language=name)
    if margin < TWO_LEVELS:
        return _("%(language)s, one level above", language=name)
    return _("%(language)s, two or more levels above", language=name)


def _dates(pair: Compared) -> Cells:
    overlap = pair.comparison.overlap
    days = max(overlap.days, 0) if overlap else 0
    word = ngettext("%(num)s common day", "%(num)s common days", days)
    first = overlap.offer_window if overlap else None
    second = overlap.need_window if overlap else None
    return _when(pair.offer, first), word, _when(pair.need, second)


def _when(post: Offer | Need, best: tuple[date, date] | None) -> Markup:
    ordered = sorted(post.windows, key=lambda window: (window != best, window))
    shown: list[Markup | str] = [period(*window) for window in ordered[:MOST_WINDOWS]]
    if (left := len(ordered) - MOST_WINDOWS) > 0:
        shown.append(ngettext("and %(num)s more period", "and %(num)s more periods", left))
    return lines([*shown, stay(post.min_days, post.max_days)])


def stay(least: int, most: int) -> str:
    if least == most:
        return ngettext("%(num)s day", "%(num)s days", least)
    return ngettext("%(least)s to %(num)s day", "%(least)s to %(num)s days", most, least=least)


def _preferred(pair: Compared) -> Cells:
    told = pair.comparison
    ours = state_name(pair.offer.state) or _("No State")
    if not told.names_preferences:
        return ours, _("Any State"), _("Names no State")
    words = {1: _("First choice"), 2: _("Second choice"), None: _("Not named")}
    word = words.get(told.preferred_rank, _("Also named"))
    return ours, word, listed(state_name(iso2) for iso2 in pair.need.prefers_states)


def _costs(pair: Compared) -> Cells:
    told = pair.comparison
    word = ngettext("%(num)s of %(all)s covered", "%(num)s of %(all)s covered", len(told.costs_covered), all=len(COSTS))
    ours = costs(told.costs_covered) if told.costs_covered else _("Covers no costs")
    theirs = costs(told.costs_required) if told.costs_required else _("Must have none covered")
    return ours, word, theirs


def _band(pair: Compared) -> Cells:
    word = _("Within the range") if pair.comparison.twice_off_middle_band else _("Middle of the range")
    lowest, highest = pair.offer.band_min, pair.offer.band_max
    ours = (
        _("Level %(level)s of 5", level=lowest)
        if lowest == highest
        else _("Levels %(first)s to %(last)s of 5", first=lowest, last=highest)
    )
    return ours, word, _("Level %(level)s of 5", level=pair.need.band)


# --------------------------------------------------------------------------------------------------- small words


def lines(items: Iterable[Markup | str]) -> Markup:
    return Markup("<br>").join(items)


def topics(keys: Iterable[str]) -> str:
    return listed(TOPICS[key].name(current_language()) for key in keys)


def costs(kinds: Iterable[str]) -> str:
    return listed(label(Cost(kind)) for kind in kinds)


def spoken(languages: Mapping[str, str]) -> str:
    return listed(
        pgettext("language and level", "%(language)s %(level)s", language=language_name(code), level=level)
        for code, level in sorted(languages.items())
    )
