"""The mails of a demonstration: everyone may read them, and only there."""

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from portal.infra.mail import delivery
from tests.client import PageClient


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The portal as a demonstration, with its mails in a folder of their own."""
    config = replace(app.extensions["config"], demo=True, folder=tmp_path)
    monkeypatch.setitem(app.extensions, "config", config)
    monkeypatch.setitem(app.config, "DEMO", True)
    return tmp_path


def a_mail(number: int, text: str = "Hello\n\nhttp://localhost/en/new-password/abc\n") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = f"Subject {number} <b>"
    mail["From"] = "portal@localhost"
    mail["To"] = f"someone{number}@host.example"
    mail["Date"] = "Tue, 24 Nov 2026 04:15:58 +0000"
    mail["Message-ID"] = f"<{number:032x}@portal>"
    mail.set_content(text)
    mail["Content-Language"] = "en"
    return mail


def test_the_newest_mail_stands_first_and_its_link_can_be_followed(client: PageClient, folder: Path) -> None:
    with delivery(mail_url="", folder=folder) as hand:
        for number in (1, 2):
            hand(a_mail(number))
    page = client.get("/en/demo/mail")
    assert page.text.index("Subject 2 &lt;b&gt;") < page.text.index("Subject 1 &lt;b&gt;")
    mail = client.get(f"/en/demo/mail/{2:032x}")
    assert 'href="http://localhost/en/new-password/abc"' in mail.text
    assert "someone2@host.example" in mail.text


def test_an_empty_folder_says_how_to_get_a_mail(client: PageClient, folder: Path) -> None:
    assert "There is no mail yet" in client.get("/en/demo/mail").text


def test_every_page_of_a_demonstration_leads_to_its_mails(client: PageClient, folder: Path) -> None:
    assert "/en/demo/mail" in client.get("/en/help").text


@pytest.mark.parametrize("key", ["absent", "..", "%2e%2e%2fsecret", "0" * 32])
def test_nothing_else_of_the_folder_is_shown(client: PageClient, folder: Path, key: str) -> None:
    (folder / "secret").write_text("secret")
    assert client.get(f"/en/demo/mail/{key}").status_code == 404


def test_a_real_portal_has_no_such_page(client: PageClient, app: Flask) -> None:
    assert not app.extensions["config"].demo
    for path in ("/en/demo/mail", "/en/demo/mail/abc"):
        assert client.get(path).status_code == 404
    assert "/demo/mail" not in client.get("/en/help").text
