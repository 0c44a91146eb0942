"""The application factory: the only module that knows every feature."""

from datetime import datetime, timedelta
from functools import partial

from flask import Flask, current_app
from werkzeug.datastructures import MultiDict
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Config, UnsafeSettings
from portal import words
from portal.cli import register_commands
from portal.features.agencies import policy as agencies_policy
from portal.features.agencies import views as agencies
from portal.features.agencies.domain import AGENCY
from portal.features.agencies.queries import load_standing as find_agency
from portal.features.agencies.queries import tasks as agencies_tasks
from portal.features.assistance import api as assistance_api
from portal.features.assistance import policy as assistance_policy
from portal.features.assistance import views as assistance
from portal.features.assistance.domain.lifecycles import PLEDGE, REQUEST
from portal.features.assistance.forms import read_filters
from portal.features.assistance.policy import Pledges, Requests
from portal.features.assistance.queries import find as find_request
from portal.features.assistance.queries.pledge_tasks import tasks as pledges_tasks
from portal.features.assistance.queries.pledges import find_pledge
from portal.features.assistance.queries.progress import VERIFIED_IN_USE
from portal.features.assistance.queries.searches import tasks as searches_tasks
from portal.features.assistance.queries.tasks import tasks as assistance_tasks
from portal.features.assistance.services import run_pledges
from portal.features.assistance.services.searching import tell_of_new
from portal.features.assistance.services.unmet import add_up, publish_gaps
from portal.features.assistance.services.writing import recount_fair_share
from portal.features.documents import policy as documents_policy
from portal.features.documents import views as documents
from portal.features.documents.domain import Owner, Owners
from portal.features.documents.services import forget_unattached
from portal.features.exchanges import api as exchanges_api
from portal.features.exchanges import policy as exchanges_policy
from portal.features.exchanges import views as exchanges
from portal.features.exchanges.domain.disclosure import sees_document
from portal.features.exchanges.domain.lifecycles import NEED, OFFER
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.policy import Posts
from portal.features.exchanges.programme.importing import forget_expired as forget_uploads
from portal.features.exchanges.queries import find as find_post
from portal.features.exchanges.queries.tasks import tasks as exchanges_tasks
from portal.features.exchanges.services import expire_due as expire_posts
from portal.features.exchanges.views.blueprints import address as post_address
from portal.features.items import api as items_api
from portal.features.items import policy as items_policy
from portal.features.items import views as items
from portal.features.items.domain import entries as items_entries
from portal.features.items.domain.entries import ItemEntry
from portal.features.items.domain.lifecycles import FINDING, ITEM
from portal.features.items.intake.importing import forget_expired as forget_item_files
from portal.features.items.intake.importing import work_off as work_off_item_files
from portal.features.items.policy import Items
from portal.features.items.queries import find as find_item
from portal.features.items.queries import find_finding
from portal.features.items.queries import tasks as items_tasks
from portal.features.items.queries.handed_over import handed_over
from portal.features.items.queries.verified import verified_now
from portal.features.items.services import ledgered as items_ledger
from portal.features.ledger import policy as ledger_policy
from portal.features.ledger import services as ledger_services
from portal.features.ledger import views as ledger
from portal.features.ledger.domain import CORRECTION, Ledgered, Register
from portal.features.ledger.domain import EXTENSION as LEDGER_REGISTER
from portal.features.ledger.policy import Ledgers
from portal.features.ledger.queries import find_correction
from portal.features.ledger.queries import tasks as ledger_tasks
from portal.features.matches import api as matches_api
from portal.features.matches import policy as matches_policy
from portal.features.matches import views as matches
from portal.features.matches.domain.lifecycle import PROPOSAL
from portal.features.matches.policy import Matches
from portal.features.matches.queries import proposal as find_proposal
from portal.features.matches.queries import tasks as matches_tasks
from portal.features.matches.services import listen as follow_posts
from portal.features.matches.services import run_due as run_proposals
from portal.features.notices import policy as notices_policy
from portal.features.notices import views as notices
from portal.features.notices.services import listen as listen_for_mails
from portal.features.notices.services import send_waiting
from portal.features.people import policy as people_policy
from portal.features.people import views as people
from portal.features.people.services.clearing import forget_old as forget_sign_ins
from portal.features.portfolios import policy as portfolios_policy
from portal.features.portfolios import views as portfolios
from portal.features.portfolios.policy import Portfolios
from portal.features.portfolios.services import publish_figures
from portal.features.rates import policy as rates_policy
from portal.features.rates import views as rates
from portal.features.rates.policy import Rates
from portal.features.rounds import api as rounds_api
from portal.features.rounds import policy as rounds_policy
from portal.features.rounds import views as rounds
from portal.features.rounds.domain.lifecycle import ROUND
from portal.features.rounds.policy import Rounds
from portal.features.rounds.queries import find as find_round
from portal.features.rounds.queries import tasks as rounds_tasks
from portal.features.rounds.services import run_due as run_rounds
from portal.features.rounds.services import work_off as work_off_runs
from portal.features.rounds.services import work_off_sendings
from portal.features.shipments import api as shipments_api
from portal.features.shipments import policy as shipments_policy
from portal.features.shipments import views as shipments
from portal.features.shipments.domain import ledger as shipments_ledger
from portal.features.shipments.domain.ledger import SUBJECT, ShipmentEntry
from portal.features.shipments.domain.lifecycle import SHIPMENT
from portal.features.shipments.exports import HANDOVER_ITEMS
from portal.features.shipments.policy import Shipments
from portal.features.shipments.queries import find as find_shipment
from portal.features.shipments.queries.books import differences as shipment_differences
from portal.features.shipments.queries.tasks import tasks as shipments_tasks
from portal.infra.db import configure_engine, db
from portal.infra.files import Store
from portal.infra.jobs import Timed
from portal.infra.outbox import forget_sent
from portal.infra.submissions import forget_old
from portal.kernel.money import CURRENCIES
from portal.kernel.policy import Policy
from portal.web import pages, uploads
from portal.web.access import check_every_route, register_access
from portal.web.assets import serve_assets
from portal.web.csrf import register_csrf
from portal.web.errors import register_errors
from portal.web.formats import register_formats
from portal.web.headers import register_headers
from portal.web.i18n import later as _
from portal.web.i18n import register_languages
from portal.web.labels import register_labels
from portal.web.messages import register_messages
from portal.web.once import register_once
from portal.web.requests import register_requests
from portal.web.shell import Entry, register_shell
from portal.web.slots import fill_slot, register_slots
from portal.web.transaction import register_beforehand, register_transaction

POLICY = Policy(
    *(
        exchanges_policy.GRANTS,
        people_policy.GRANTS,
        agencies_policy.GRANTS,
        matches_policy.GRANTS,
        rounds_policy.GRANTS,
    ),
    *(notices_policy.GRANTS, rates_policy.GRANTS, documents_policy.GRANTS, assistance_policy.GRANTS),
    *(items_policy.GRANTS, portfolios_policy.GRANTS),
    *(shipments_policy.GRANTS, ledger_policy.GRANTS),
)
DOCUMENT_OWNERS: Owners = {
    lifecycle.name: Owner(
        lifecycle=lifecycle,
        find=partial(find_post, kind=kind),
        sees=lambda actor, post, label: sees_document(actor, post, post.seen, label),
        attaches=exchanges_policy.GRANTS[Posts.EDIT].holds,
        label_of=lambda post: post.label,
        address=post_address,
        title_of=lambda post: post.title,
    )
    for lifecycle, kind in ((OFFER, PostKind.OFFER), (NEED, PostKind.NEED))
} | {
    PLEDGE.name: Owner(
        lifecycle=PLEDGE,
        find=find_pledge,
        sees=lambda actor, pledge, _label: pledge.disclosed_to(actor),
        attaches=lambda actor, pledge: actor.agency_id in {pledge.agency_id, pledge.request.agency_id},
        label_of=lambda pledge: pledge.label,
        address=assistance.pledges.address,
        title_of=lambda pledge: pledge.ref,
    ),
    ITEM.name: items.DOCUMENTS,
    SHIPMENT.name: shipments.OWNER,
}
"""By lifecycle: what its slice says about documents attached to one of its records."""
LEDGERED: Register = {
    SUBJECT: Ledgered(
        kinds=ShipmentEntry,
        find=find_shipment,
        address=shipments.address,
        compare=shipment_differences,
        words=shipments_ledger.MEANT,
    ),
    "item": Ledgered(
        kinds=ItemEntry,
        find=find_item,
        address=items.address,
        weighty=items_ledger.WEIGHTY,
        correct=items_ledger.correct,
        compare=items_ledger.compare,
        agencies=items_entries.AGENCIES,
        people=items_entries.PEOPLE,
        words=items_entries.MEANT,
    ),
}
"""By type of subject: what its slice says about the entries on its records."""
LIFECYCLES = (OFFER, NEED, PROPOSAL, ROUND, REQUEST, PLEDGE, SHIPMENT, ITEM, FINDING, CORRECTION, AGENCY)
NAVIGATION = (
    Entry("inbox", "notices.inbox", "inbox", _("Inbox"), badge=notices.badge),
    Entry("offers", "exchanges.offers", "exchange", _("Offers"), Posts.LIST),
    Entry("needs", "exchanges.needs", "hand", _("Needs"), Posts.LIST),
    Entry("proposals", "matches.proposals", "two", _("Proposals"), Matches.LIST),
    Entry("rounds", "rounds.index", "scale", _("Rounds"), Rounds.LIST),
    Entry("requests", "assistance.requests", "assist", _("Assistance"), Requests.LIST),
    Entry("items", "items.items", "box", _("Equipment"), Items.LIST),
    Entry("agencies", "agencies.index", "people", _("Agencies")),
)
FOOTER = (
    *NAVIGATION,
    Entry("pledges", "pledges.pledges", "hand", _("Pledges"), Pledges.LIST),
    Entry("shipments", "shipments.shipments", "truck", _("Shipments"), Shipments.LIST),
    Entry("portfolio", "portfolios.portfolio", "scale", _("Portfolio"), Portfolios.READ),
    Entry("donations", "portfolios.public", "scale", _("What donors gave"), signed_in_only=False),
    Entry("gaps", "assistance.public_gaps", "scale", _("What is not met"), signed_in_only=False),
    Entry("programme", "exchanges.programme", "box", _("Import a programme"), Posts.IMPORT),
    Entry("ledger", "ledger.index", "lock", _("Ledger"), Ledgers.LIST),
    Entry("rates", "rates.index", "scale", _("Rates of exchange"), Rates.LIST),
    Entry("account", "people.account", "user", _("My account")),
    Entry("help", "pages.help_page", "info", _("Help"), signed_in_only=False),
    Entry("accessibility", "pages.accessibility", "info", _("Accessibility"), signed_in_only=False),
    Entry(
        "demo_mail",
        "notices.demo_mails",
        "mail",
        _("Mails of the demonstration"),
        signed_in_only=False,
        demo_only=True,
    ),
)
BLUEPRINTS = (
    *(pages.bp, *exchanges.BLUEPRINTS, exchanges_api.bp, matches.bp, matches_api.bp, rounds.bp, rounds_api.bp),
    *(assistance.bp, assistance.pledges_bp, assistance_api.bp, assistance_api.pledges_bp),
    *(items.bp, items.short_bp, items_api.bp, portfolios.bp),
    *(shipments.bp, shipments_api.bp, documents.bp, rates.bp, ledger.bp),
    *(people.bp, agencies.bp, notices.bp),
)
TASK_SOURCES = (
    exchanges_tasks,
    matches_tasks,
    rounds_tasks,
    assistance_tasks,
    pledges_tasks,
    searches_tasks,
    shipments_tasks,
    items_tasks,
    ledger_tasks,
    agencies_tasks,
)
"""What knows of things that wait for someone; the inbox shows them all."""
HISTORIES = {
    "offer": partial(find_post, kind=PostKind.OFFER),
    "need": partial(find_post, kind=PostKind.NEED),
    "proposal": find_proposal,
    "round": find_round,
    "request": find_request,
    "pledge": find_pledge,
    "item": find_item,
    "finding": find_finding,
    "shipment": find_shipment,
    "correction": find_correction,
    "agency": find_agency,
}
"""By lifecycle: what finds a record that this actor may know of."""


def _forget_files(*, at: datetime) -> int:
    return forget_unattached(uploads.store(), at=at)


def _tell_of_new(*, at: datetime) -> int:
    return tell_of_new(lambda args: read_filters(MultiDict(args), open_only=True), at=at)


def _seal(*, at: datetime) -> int:
    config: Config = current_app.extensions["config"]
    if not config.production and not config.key_of_ledger.exists():
        ledger_services.new_key(config.key_of_ledger, at=at)
    return ledger_services.seal(config.key_of_ledger, at=at)


def _compare_figures(*, at: datetime) -> None:
    ledger_services.check_figures(current_app.extensions[LEDGER_REGISTER], at=at)


TIMED = (
    Timed(name="seal_ledger", every=timedelta(minutes=15), run=_seal),
    Timed(name="send_heads_of_ledger", every=timedelta(days=1), run=ledger_services.send_heads),
    Timed(name="check_ledger", every=timedelta(days=1), run=ledger_services.check_chains),
    Timed(name="compare_with_ledger", every=timedelta(days=1), run=_compare_figures),
    Timed(name="recount_fair_share", every=timedelta(hours=1), run=recount_fair_share),
    Timed(name="add_up_unmet", every=timedelta(minutes=1), run=add_up),
    Timed(name="publish_gaps", every=timedelta(hours=1), run=publish_gaps),
    Timed(name="publish_figures", every=timedelta(hours=1), run=publish_figures),
    Timed(name="tell_of_new_requests", every=timedelta(minutes=30), run=_tell_of_new),
    Timed(name="send_mail", every=timedelta(seconds=5), run=send_waiting, commits=True),
    Timed(name="expire_posts", every=timedelta(minutes=10), run=expire_posts),
    Timed(name="run_proposals", every=timedelta(minutes=1), run=run_proposals),
    Timed(name="run_rounds", every=timedelta(minutes=1), run=run_rounds),
    Timed(name="work_off_runs", every=timedelta(seconds=5), run=work_off_runs, commits=True),
    Timed(name="work_off_sendings", every=timedelta(seconds=5), run=work_off_sendings, commits=True),
    Timed(name="work_off_item_files", every=timedelta(seconds=5), run=work_off_item_files, commits=True),
    Timed(name="forget_item_files", every=timedelta(hours=1), run=forget_item_files),
    Timed(name="run_pledges", every=timedelta(minutes=1), run=run_pledges),
    Timed(name="forget_uploads", every=timedelta(hours=1), run=forget_uploads),
    Timed(name="forget_files", every=timedelta(hours=6), run=_forget_files),
    Timed(name="forget_sign_ins", every=timedelta(hours=1), run=forget_sign_ins),
    Timed(name="forget_sent_mail", every=timedelta(days=1), run=forget_sent),
    Timed(name="forget_submissions", every=timedelta(hours=1), run=forget_old),
)
"""What `python -m portal.jobs` does by the clock."""
SLOTS = (
    ("history", notices.history_part),
    ("agency_actions", people.members_link),
    ("post", matches.part),
    ("post", documents.part),
    ("post", rounds.part_of_post),
    ("proposal", rounds.part_of_proposal),
    ("request", assistance.pledge_slots.pledges_part),
    ("request", assistance.interest.interest_part),
    ("request_line", assistance.pledge_slots.line_part),
    ("pledge_actions", shipments.send_part),
    ("documents", documents.part),
    ("shipment", items.received_part),
    ("portfolio", notices.waiting_part),
    ("ledger", ledger.part),
)
"""What higher features put into the pages of lower ones; of one slot, in this order."""
MAX_UPLOAD = 50 * 1024 * 1024


def create_app(config: Config | None = None) -> Flask:
    config = config or Config.from_env()
    if config.reporting_currency not in CURRENCIES:
        raise UnsafeSettings(f"PORTAL_REPORTING_CURRENCY names no currency: {config.reporting_currency}")
    app = Flask("portal", template_folder="web/templates", static_folder=None)
    _configure(app, config)
    db.init_app(app)
    with app.app_context():
        configure_engine(db.engine)
    register_languages(app)
    register_labels(app, [*words.LABELS, words.of_documents(DOCUMENT_OWNERS)], words.TAGS)
    register_messages(app, *words.MESSAGES)
    register_formats(app)
    register_shell(app, NAVIGATION, FOOTER)
    register_slots(app)
    serve_assets(app)
    register_errors(app)
    register_requests(app)
    # Hooks before a request run in this order, hooks after it in the reverse one.
    register_headers(app, secure=config.secure)
    register_transaction(app)
    register_access(app, POLICY, people.who_acts)
    register_csrf(app)
    register_beforehand(app)
    register_once(app)
    app.extensions["before_asking"] = (people.keep_what_was_typed,)
    people.forget_kept_once_sent(app)
    app.extensions["task_sources"] = TASK_SOURCES
    app.extensions["histories"] = HISTORIES
    app.extensions[documents.EXTENSION] = DOCUMENT_OWNERS
    app.extensions[LEDGER_REGISTER] = LEDGERED
    app.extensions[VERIFIED_IN_USE] = verified_now
    app.extensions[HANDOVER_ITEMS] = handed_over
    app.extensions[uploads.EXTENSION] = Store(config.files_url, config.folder / "files")
    follow_posts()
    listen_for_mails()
    for slot, part in SLOTS:
        fill_slot(app, slot, part)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    check_every_route(app)
    register_commands(app)
    return app


def _configure(app: Flask, config: Config) -> None:
    app.extensions["config"] = config
    app.config.from_mapping(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        TESTING=config.testing,
        DEMO=config.demo,
        TRUSTED_HOSTS=list(config.trusted_hosts) or None,
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_NAME="__Host-session" if config.secure else "session",
        SESSION_COOKIE_SECURE=config.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )
    if config.trust_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
