"""The mails of a demonstration, for everyone to read: so that invitations and new passwords can be tried."""

from flask import abort, current_app, render_template
from flask.typing import ResponseReturnValue

from config import Config
from portal.features.notices.views.blueprint import bp
from portal.infra.mail import kept_mail, kept_mails
from portal.web.access import open_to_everyone

MOST = 100


@bp.get("/demo/mail")
@open_to_everyone
def demo_mails() -> ResponseReturnValue:
    return render_template("notices/demo_mails.html", mails=kept_mails(_demonstration().folder, most=MOST), most=MOST)


@bp.get("/demo/mail/<string(maxlength=64):key>")
@open_to_everyone
def demo_mail(key: str) -> ResponseReturnValue:
    mail = kept_mail(_demonstration().folder, key)
    if mail is None:
        abort(404)
    return render_template("notices/demo_mail.html", mail=mail, base_url=current_app.extensions["config"].base_url)


def _demonstration() -> Config:
    config: Config = current_app.extensions["config"]
    if not config.demo:
        abort(404)
    return config
