"""Every file that people take away, from the portal as it runs: what is written while it is sent must come whole."""

import io
import zipfile
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask import Flask

from tests.proof import on_sqlite

pytestmark = pytest.mark.browser
WITHOUT_COMPRESSION = {"Accept-Encoding": "identity"}
"""A proxy that compresses reads everything at once, and would hide what happens otherwise."""


def addresses(app: Flask) -> list[str]:
    """Of all lists that come as CSV or XLSX."""
    forms = [
        rule for rule in app.url_map.iter_rules() if rule.arguments == {"lang", "form"} or "table" in rule.arguments
    ]
    found = {
        built[1]
        for rule in forms
        for form in ("csv", "xlsx")
        if (built := rule.build({"lang": "en", "form": form, **(rule.defaults or {})})) is not None
    }
    return sorted(found)


@on_sqlite
@pytest.mark.parametrize("headers", [WITHOUT_COMPRESSION, {}], ids=["plain", "compressed"])
def test_every_list_comes_whole_as_a_file(app: Flask, visit: Any, headers: dict[str, str]) -> None:
    visitor = visit(script=False)
    visitor.sign_in(visitor.site.account("donor_approver", agency="DK-DEVE"))
    tried = addresses(app)
    assert len(tried) > 10, tried
    for address in tried:
        answer = visitor.context.request.get(visitor.site.url + address, headers=headers)
        assert answer.status == 200, address
        if address.endswith("xlsx"):
            assert zipfile.ZipFile(io.BytesIO(answer.body())).testzip() is None, address
        else:
            assert answer.body().decode("utf-8-sig").splitlines()[0].count(",") > 3, address


def test_reports_and_ledgers_come_whole(visit: Any) -> None:
    visitor = visit(script=False)
    visitor.sign_in(visitor.site.account("donor_approver", agency="DK-DEVE"))
    get = visitor.context.request.get
    report = get(f"{visitor.site.url}/en/assistance/portfolio/iati.xml", headers=WITHOUT_COMPRESSION)
    assert ET.fromstring(report.body()).tag == "iati-activities"  # noqa: S314 - written by ourselves
    chain = get(f"{visitor.site.url}/en/ledger/export", headers=WITHOUT_COMPRESSION)
    assert chain.text().count("\n") > 5
