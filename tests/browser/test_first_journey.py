"""The first journey of the documentation, by hand in a real browser: an officer posts an offer, both agencies agree."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

pytestmark = pytest.mark.browser

YEAR = datetime.now(UTC).year + 1
WINDOWS = (("02-01", "02-05"), ("03-08", "03-12"), ("03-15", "03-19"), ("04-12", "04-16"))
PARTS = ["30", "17", "20", "12", "6", "5"]
"""Topic, language, dates, preferred State, costs, level of post: together 90."""


@dataclass(frozen=True)
class Words:
    """What the pages say in one language."""

    day: str
    start: str
    end: str
    accept: str
    agreed: str
    full: str


WORDS = {
    "fr": Words(
        "15 mars",
        f"Début : 8 → 15 mars {YEAR}",
        f"Fin : 12 → 19 mars {YEAR}",
        "Accepter la version 2",
        "Les deux parties d’accord",
        "Complète",
    ),
    "ar": Words(
        "15 مارس",
        f"البداية: 8 ← 15 مارس {YEAR}",
        f"النهاية: 12 ← 19 مارس {YEAR}",
        "قبول النسخة 2",
        "وافق الجانبان",
        "مكتمل العدد",
    ),
}


def fill(page: Any, fields: dict[str, str], *ticked: str) -> None:
    """Type into the fields of these names, tick boxes given as name=value, and go on."""
    for name, value in fields.items():
        control = page.locator(f"main [name='{name}']")
        if control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    for one in ticked:
        name, value = one.split("=")
        page.locator(f"main [name='{name}'][value='{value}']").check()
    page.locator("main form[method=post] .bar-acts button:not([name])").first.click()
    page.wait_for_load_state()


def windows(page: Any, days: tuple[tuple[str, str], ...]) -> None:
    """One period a row; a new row is asked for when all are filled, for empty ones are not kept."""
    for i, period in enumerate(days):
        if page.locator(f"main [name='windows-{i}-starts_on']").count() == 0:
            page.locator("main button[name=add][value=windows]").click()
            page.wait_for_load_state()
        for name, day in zip(("starts_on", "ends_on"), period, strict=True):
            page.locator(f"main [name='windows-{i}-{name}']").fill(f"{YEAR}-{day}")


def write(page: Any, kind: str, title: str, who: dict[str, str], *costs: str) -> str:
    """All steps of a post, sent for approval; its address."""
    page.locator(f"form[action$='/{kind}s/new'] button").click()
    page.wait_for_load_state()
    address = re.sub(r"/edit/.*", "", page.url)
    side = ("direction=hosts",) if kind == "offer" else ()
    formats = ("formats=job_shadowing", "formats=study_visit")
    fill(
        page,
        {"title": title, "title_language": "fr"},
        "topics=art14-2b",
        "topics=fraudulent-documents",
        *formats,
        *side,
    )
    fill(page, who, "clearance=basic", *(("interpreter=no",) if kind == "offer" else ()))
    page.wait_for_url("**/edit/when")
    days = WINDOWS if kind == "offer" else (("03-01", "03-26"), ("05-03", "05-28"))
    windows(page, days)
    fill(page, {"min_days": "2", "max_days": "5" if kind == "offer" else "10"})
    fill(page, {}, *(f"costs={cost}" for cost in costs))
    place = {"site": "Aéroport de Catane", "contact": "desk@it-bord.example", "programme": "Au deuxième contrôle."}
    fill(page, place, "label=green")
    page.locator("main [name=authority]").check()
    page.locator("main form[action$='/edit/review'] button.btn:not([name=lang_to])").first.click()
    page.wait_for_url(address)
    return str(address)


def press(page: Any, action: str) -> None:
    page.locator(f"main form[action$='/{action}'] button.btn").first.click()
    page.wait_for_load_state()


@pytest.mark.parametrize("language", WORDS)
def test_an_officer_posts_an_offer_and_both_agencies_agree(visit: Any, site: Any, language: str) -> None:
    said = WORDS[language]
    title = f"Contrôle de deuxième ligne ({language})"

    def person(role: str, state: str, **kwargs: Any) -> Any:
        return visit(**kwargs).sign_in(site.account(role, state=state), language).page

    need_page = person("editor", "NE", script=False)
    need_who = {"officers": "2", "languages-0-language": "fr", "languages-0-level": "B2", "band": "3"}
    need = write(
        need_page,
        "need",
        f"Contrôle à Niamey ({language})",
        need_who | {"prefers_states": "FRA, ITA"},
        "travel",
        "lodging",
    )
    niger = person("approver", "NE", script=False)
    niger.goto(need)
    press(niger, "publish")

    officer = person("liaison_officer", "IT", width=390, script=False)  # on a phone, in the field
    offer_who = {"places": "2", "band_min": "2", "band_max": "4"}
    for i, code in enumerate(("fr", "en")):
        offer_who |= {f"languages-{i}-language": code, f"languages-{i}-level": "B1"}
    offer = write(officer, "offer", title, offer_who, "travel", "daily_allowance", "lodging")
    assert officer.locator("main form[action$='/publish']").count() == 0, "the author does not publish"
    italy = person("approver", "IT")
    italy.goto(offer)
    press(italy, "publish")

    officer.goto(
        f"{site.url}/{language}/exchanges/proposals/new?offer={offer.rsplit('/', 1)[1]}&need={need.rsplit('/', 1)[1]}"
    )
    assert officer.input_value("[name=starts_on]") == f"{YEAR}-03-08"
    fill(officer, {"starts_on": f"{YEAR}-03-08", "ends_on": f"{YEAR}-03-12", "officers": "2"})
    proposal = officer.url
    points = officer.locator("table.vs td.m span.muted").all_inner_texts()
    assert sorted(text.split()[0] for text in points) == sorted(PARTS)

    old_tab = italy.context.new_page()
    old_tab.goto(proposal)
    niger.goto(f"{proposal}/counter")
    fill(niger, {"starts_on": f"{YEAR}-03-15", "ends_on": f"{YEAR}-03-19"})
    assert said.day in niger.inner_text("main")
    with old_tab.expect_response(f"{proposal}/accept") as stale:
        press(old_tab, "accept")
    assert stale.value.status == 409
    told = old_tab.inner_text("main").replace("\xa0", " ").replace("\u202f", " ")
    assert said.start in told
    assert said.end in told
    assert said.accept in told  # the button of the version that stands
    press(old_tab, "accept")
    assert said.agreed in old_tab.inner_text("main")
    officer.goto(offer)
    assert said.full in officer.inner_text("main")
