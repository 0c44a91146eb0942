"""Rates: imported whole or not at all, never rewritten, and no figure without one."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from portal.features.rates import queries
from portal.features.rates.domain import HOLDS
from portal.features.rates.models import Rate
from portal.features.rates.services import MOST_ROWS, check, import_rates
from portal.infra.db import db, now
from portal.kernel.errors import Rejected, Stale
from portal.kernel.money import Money
from portal.kernel.policy import SYSTEM
from tests.client import PageClient
from tests.site.test_query_counts import counted
from tests.world import World

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
HEAD = "date,currency,rate,source\n"
GOOD = HEAD + "2026-11-01,XOF,605.25,UN rates\n2026-11-01,EUR,0.92,UN rates\n2026-10-01,XOF,600,UN rates\n"


def imported(text: str = GOOD, at: datetime = AT) -> None:
    import_rates(text, base="USD", by=SYSTEM, at=at)
    db.session.commit()


def problems(text: str) -> list[tuple[int, str, str]]:
    return [(p.row, p.column, p.problem.code) for p in check(text, base="USD", at=AT).problems]


def stored() -> list[tuple[str, str, str]]:
    rows = db.session.execute(select(Rate.currency, Rate.valid_on, Rate.rate).order_by(Rate.id))
    return [(currency, on.isoformat(), f"{rate:f}") for currency, on, rate in rows]


def test_a_good_table_is_written_whole(app: Flask) -> None:
    plan = check(GOOD, base="USD", at=AT)
    assert (len(plan.new), len(plan.corrections), plan.unchanged, plan.problems) == (3, 0, 0, [])
    assert stored() == [], "looking writes nothing"
    imported()
    assert stored() == [("XOF", "2026-11-01", "605.25"), ("EUR", "2026-11-01", "0.92"), ("XOF", "2026-10-01", "600")]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_columns_come_in_any_order_and_with_any_delimiter(app: Flask, delimiter: str) -> None:
    text = "Source,Rate,Currency,Date\r\n UN rates , 605.25 ,xof,1.11.2026\r\n\r\n".replace(",", delimiter)
    [row] = check("\ufeff" + text, base="USD", at=AT).new
    assert (row.source, row.rate, row.currency, row.date) == ("UN rates", Decimal("605.25"), "XOF", date(2026, 11, 1))


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("2026-02-30,XOF,605,UN", "date", "no_such_date"),
        ("yesterday,XOF,605,UN", "date", "not_a_date"),
        (",XOF,605,UN", "date", "required"),
        ("2026-11-21,XOF,605,UN", "date", "rate_of_tomorrow"),
        ("2026-11-01,XXX,605,UN", "currency", "not_a_currency"),
        ("2026-11-01,franc,605,UN", "currency", "too_long"),
        ("2026-11-01,USD,1,UN", "currency", "rate_of_itself"),
        ('2026-11-01,XOF,"605,25",UN', "rate", "not_a_rate"),
        ("2026-11-01,XOF,-605,UN", "rate", "not_a_rate"),
        ("2026-11-01,XOF,6e2,UN", "rate", "not_a_rate"),
        ("2026-11-01,XOF,٦٠٥,UN", "rate", "not_a_rate"),
        ("2026-11-01,XOF,NaN,UN", "rate", "not_a_rate"),
        ("2026-11-01,XOF,=1+1,UN", "rate", "not_a_rate"),
        ("2026-11-01,XOF,1234567890123456789,UN", "rate", "not_a_rate"),
        ("2026-11-01,XOF,0.00,UN", "rate", "amount_zero"),
        ("2026-11-01,XOF,605,", "source", "required"),
        ("2026-11-01,XOF,605,U\u202eN bank", "source", "hidden_characters"),
        ("2026-11-01,XOF", "rate", "required"),
        ("2026-11-01,XOF,605,UN bank,extra", "", "rates_too_many_cells"),
    ],
)
def test_each_wrong_cell_is_named_with_its_row(app: Flask, row: str, column: str, code: str) -> None:
    assert (3, column, code) in problems(HEAD + "2026-11-01,GEL,2.70,UN rates\n" + row)
    with pytest.raises(Rejected):
        import_rates(HEAD + "2026-11-01,GEL,2.70,UN rates\n" + row, base="USD", by=SYSTEM, at=AT)
    assert stored() == [], "with one problem nothing is written"


def test_all_problems_are_told_at_once_in_the_order_of_rows(app: Flask) -> None:
    text = HEAD + "x,XOF,605,UN rates\n2026-11-01,EUR,x,UN rates\n2026-11-01,USD,1,UN rates\n2026-11-01,?,x,\n"
    assert problems(text) == [
        (2, "date", "not_a_date"),
        (3, "rate", "not_a_rate"),
        (4, "currency", "rate_of_itself"),
        (5, "currency", "not_a_currency"),
        (5, "rate", "not_a_rate"),
        (5, "source", "required"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "rates_columns"),
        ("date,currency,rate\n", "rates_columns"),
        ("date,date,currency,rate,source\n", "rates_columns"),
        (HEAD, "rates_none"),
        (HEAD + "\n\n", "rates_none"),
        (HEAD + "2026-11-01,XOF,605,UN rates\n" * (MOST_ROWS + 1), "rates_too_many"),
        (HEAD + "x" * 400_000, "rates_too_many"),
    ],
)
def test_what_is_no_table_of_rates_is_refused_as_a_whole(app: Flask, text: str, code: str) -> None:
    assert problems(text) == [(1, "", code)]


def test_the_same_day_twice_in_one_table_names_the_first_row(app: Flask) -> None:
    plan = check(GOOD + "2026-11-01,xof,606,UN rates\n", base="USD", at=AT)
    [problem] = plan.problems
    assert (problem.row, problem.problem.code, problem.problem.params) == (5, "rate_twice", {"row": 2})


def test_a_correction_is_a_new_row_and_the_old_one_stays(app: Flask) -> None:
    imported()
    corrected = HEAD + "2026-11-01,XOF,606,UN rates\n2026-11-01,EUR,0.92,UN rates\n"
    plan = check(corrected, base="USD", at=AT)
    assert [(before.rate, row.rate) for before, row in plan.corrections] == [(Decimal("605.25"), Decimal(606))]
    assert plan.unchanged == 1
    imported(corrected, at=AT - timedelta(days=1))  # the clock was set back: later all the same
    assert [row for row in stored() if row[:2] == ("XOF", "2026-11-01")] == [
        ("XOF", "2026-11-01", "605.25"),
        ("XOF", "2026-11-01", "606"),
    ]
    assert queries.convert(Money(100, "USD"), on=date(2026, 11, 2), to="XOF").money == Money(606, "XOF")


def test_the_same_table_again_writes_nothing(app: Flask) -> None:
    imported()
    before = stored()
    imported()
    assert stored() == before


def test_no_row_is_ever_changed_or_deleted(app: Flask) -> None:
    imported()
    row = db.session.scalars(select(Rate).limit(1)).one()
    row.rate = Decimal(1)
    with pytest.raises(RuntimeError, match="never changed"):
        db.session.flush()
    db.session.rollback()
    db.session.delete(db.session.scalars(select(Rate).limit(1)).one())
    with pytest.raises(RuntimeError, match="never changed"):
        db.session.flush()


def test_a_plan_that_no_longer_holds_is_not_carried_out(app: Flask) -> None:
    plan = check(GOOD, base="USD", at=AT)
    imported(HEAD + "2026-11-01,XOF,700,Another bank\n")
    with pytest.raises(Stale):
        import_rates(GOOD, base="USD", by=SYSTEM, at=AT, fingerprint=plan.fingerprint)


def test_a_rate_upside_down_is_pointed_out(app: Flask) -> None:
    imported()
    [warning] = check(HEAD + "2026-11-15,XOF,0.00165,UN rates\n", base="USD", at=AT).warnings
    assert (warning.row, warning.problem.code, warning.problem.params["before"]) == (2, "rate_far_off", "605.25")
    assert not check(HEAD + "2026-11-15,XOF,700,UN rates\n", base="USD", at=AT).warnings


@pytest.mark.parametrize(
    ("value", "on", "to", "expected", "rate", "rated_on"),
    [
        (
            Money(18_500_00, "EUR"),
            date(2026, 11, 10),
            "USD",
            Money(20_108_70, "USD"),
            "1.08695652173913",
            (2026, 11, 1),
        ),
        (Money(100_00, "USD"), date(2026, 11, 10), "XOF", Money(60_525, "XOF"), "605.25", (2026, 11, 1)),
        (Money(100_00, "USD"), date(2026, 10, 31), "XOF", Money(60_000, "XOF"), "600", (2026, 10, 1)),
        (Money(92_00, "EUR"), date(2026, 11, 1), "XOF", Money(60_525, "XOF"), "657.880434782609", (2026, 11, 1)),
    ],
)
def test_an_amount_is_converted_at_the_rate_of_its_day(
    app: Flask, value: Money, on: date, to: str, expected: Money, rate: str, rated_on: tuple[int, int, int]
) -> None:
    imported()
    found = queries.convert(value, on=on, to=to)
    assert found is not None
    assert (found.money, found.rate, found.rated_on) == (expected, Decimal(rate), date(*rated_on))
    assert found.source == "UN rates"
    assert value.converted(found.rate, to) == found.money, "rate and amount that are kept agree"


@pytest.mark.parametrize(
    ("currency", "on"),
    [
        ("XOF", date(2026, 9, 30)),  # before the first
        ("XOF", date(2026, 11, 1) + HOLDS + timedelta(days=1)),  # long after the last
        ("GEL", date(2026, 11, 10)),  # never heard of
    ],
)
def test_without_a_rate_there_is_no_figure(app: Flask, currency: str, on: date) -> None:
    imported()
    assert queries.convert(Money(100, currency), on=on, to="USD") is None
    assert queries.convert(Money(100, "USD"), on=on, to=currency) is None


def test_an_amount_in_its_own_currency_needs_no_rate(app: Flask) -> None:
    found = queries.convert(Money(100, "GEL"), on=date(2026, 1, 1), to="GEL")
    assert found is not None
    assert (found.money, found.rate, found.source) == (Money(100, "GEL"), 1, "")


def test_many_amounts_take_one_statement(app: Flask) -> None:
    imported()
    values = [(Money(n, c), date(2026, 11, 1)) for n in range(1, 30) for c in ("XOF", "EUR", "GEL", "USD")]
    with counted() as seen:
        found = queries.convert_all(values, to="USD")
    assert len(seen) == 1
    assert [one is None for one in found] == [value.currency == "GEL" for value, _ in values]


# --------------------------------------------------------------------------------------------------------- in pages


def sent(client: PageClient, **fields: object):
    return client.post("/en/rates/import", data=fields)


def test_the_secretariat_checks_then_confirms(client: PageClient, world: World) -> None:
    client.sign_in(world.people["secretariat"])
    page = sent(client, table=GOOD.replace("2026-", f"{now().year - 1}-"))
    assert page.status_code == 200
    assert stored() == []
    fields = {"table": GOOD.replace("2026-", f"{now().year - 1}-")}
    plan = BeautifulSoup(page.text, "html.parser").select_one("input[name=plan]")["value"]
    done = sent(client, plan=plan, **fields)
    assert done.status_code == 303
    listed = client.get(done.location).text
    assert "UN rates" in listed
    assert "605.25" in listed
    assert db.session.scalars(select(Rate.person_id).distinct()).all() == [world.people["secretariat"]]


def test_problems_are_listed_and_the_table_stays_in_the_page(client: PageClient, world: World) -> None:
    client.sign_in(world.people["secretariat"])
    table = HEAD + "2026-01-01,XOF,605,UN rates\n2026-01-01,<b>,6e2,UN rates\n"
    page = sent(client, table=table)
    assert page.status_code == 422
    shown = BeautifulSoup(page.text, "html.parser")
    assert shown.select_one("textarea#table").text.strip() == table.strip()
    assert len(shown.select("section[aria-labelledby=problems] tbody tr")) == 2
    assert not shown.select("input[name=plan]"), "nothing can be confirmed while there are problems"
    assert "&lt;b&gt;" in page.text


def test_a_confirmation_of_something_else_is_shown_again(client: PageClient, world: World) -> None:
    client.sign_in(world.people["secretariat"])
    page = sent(client, table=HEAD + "2026-01-01,XOF,605,UN rates\n", plan="0" * 64)
    assert page.status_code == 409
    assert stored() == []


def test_a_file_in_another_encoding_is_read(client: PageClient, world: World, tmp_path: Path) -> None:
    client.sign_in(world.people["secretariat"])
    path = tmp_path / "rates.csv"
    path.write_bytes((HEAD + "2026-01-01,XOF,605,Banque générale\n").encode("utf-16"))
    with path.open("rb") as file:
        page = sent(client, file=(file, "rates.csv"), table="")
    assert page.status_code == 200
    assert "Banque générale" in page.text


def test_a_file_that_is_no_text_is_refused_and_what_was_typed_stays(
    client: PageClient, world: World, tmp_path: Path
) -> None:
    client.sign_in(world.people["secretariat"])
    path = tmp_path / "rates.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\xff\xfe")
    with path.open("rb") as file:
        page = sent(client, file=(file, "rates.csv"), table="what I typed")
    assert page.status_code == 422
    assert "what I typed" in page.text


@pytest.mark.parametrize("persona", ["host_officer", "donor_approver", "auditor", "administrator"])
def test_others_read_and_do_not_import(client: PageClient, world: World, persona: str) -> None:
    imported()
    client.sign_in(world.people[persona])
    page = client.get("/en/rates")
    assert page.status_code == 200
    assert "605.25" in page.text
    assert "/rates/import" not in page.text
    assert client.get("/en/rates/import").status_code == 403
    assert sent(client, table=GOOD).status_code == 403


def test_the_public_signs_in_first(client: PageClient) -> None:
    imported()
    assert "/sign-in" in (client.get("/en/rates").location or "")


def test_a_corrected_rate_says_so_in_the_list(client: PageClient, world: World) -> None:
    imported()
    imported(HEAD + "2026-11-01,XOF,606,UN rates\n", at=AT + timedelta(days=1))
    client.sign_in(world.people["host_officer"])
    rows = BeautifulSoup(client.get("/en/rates?currency=XOF").text, "html.parser").select("tbody tr")
    assert ["corrected later" in row.text for row in rows] == [False, True, False]


def test_the_command_says_first_and_writes_when_told(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text(HEAD + "2026-01-01,XOF,605,UN rates\n", encoding="utf-8")
    run = app.test_cli_runner().invoke
    said = run(args=["rates", "import", str(path)])
    assert said.exit_code == 0
    assert "1 new, 0 corrections, 0 unchanged." in said.output
    assert stored() == []
    assert "Written." in run(args=["rates", "import", str(path), "--apply"]).output
    assert len(stored()) == 1
    path.write_text(HEAD + "2026-01-01,XOF,x,UN rates\n", encoding="utf-8")
    wrong = run(args=["rates", "import", str(path), "--apply"])
    assert wrong.exit_code == 1
    assert "row 2, rate" in wrong.output
