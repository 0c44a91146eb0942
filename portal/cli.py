"""The `flask` commands of whoever runs the portal."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import click
from alembic import command as alembic
from alembic.config import Config as AlembicConfig
from flask import Flask, current_app
from flask.cli import AppGroup

from portal import reference
from portal.features.agencies.models import Agency
from portal.features.agencies.queries import by_key
from portal.features.exchanges.programme import importing
from portal.features.exchanges.programme.sheets import SentFile
from portal.features.ledger import services as ledger
from portal.features.ledger.domain import EXTENSION as LEDGER_REGISTER
from portal.features.ledger.domain import Means
from portal.features.ledger.exports import exported
from portal.features.rates import services as rates
from portal.features.rounds import services as rounds
from portal.infra.db import db, now, reading
from portal.infra.texts import Refused, decoded
from portal.kernel.languages import SOURCE_LANGUAGE
from portal.kernel.policy import SYSTEM
from portal.ledger.chain import Head, Verdict
from portal.ledger.printed import read_heads
from portal.web.i18n import in_language
from portal.web.messages import message

MIGRATIONS = Path(__file__).parent.parent / "migrations"

database_commands = AppGroup("database", help="The database of the portal.")
reference_commands = AppGroup("reference", help="Reference data that comes with the portal.")
programme_commands = AppGroup("programme", help="Programme files: agencies, offers and needs.")
rates_commands = AppGroup("rates", help="Rates of exchange.")
ledger_commands = AppGroup("ledger", help="The ledger: what nobody can change without being noticed.")
round_commands = AppGroup("round", help="Matching rounds.")
demo_commands = AppGroup("demo", help="The demonstration: invented people and data.")


def register_commands(app: Flask) -> None:
    for group in (
        database_commands,
        reference_commands,
        programme_commands,
        rates_commands,
        ledger_commands,
        round_commands,
        demo_commands,
    ):
        app.cli.add_command(group)


@database_commands.command("upgrade")
def upgrade() -> None:
    """Bring the tables up to this version of the portal."""
    upgrade_database()


def upgrade_database() -> None:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(MIGRATIONS))
    with db.engine.connect() as connection:
        settings.attributes["connection"] = connection
        alembic.upgrade(settings, "head")
        connection.commit()


@reference_commands.command("load")
def load_reference() -> None:
    """Write down the States that the database does not know yet. What the secretariat edited stays."""
    added = reference.load_states()
    db.session.commit()
    click.echo(f"{added} States added.")


@programme_commands.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--apply", "apply_it", is_flag=True, help="Write it down. Without this, only say what would happen.")
def import_files(source: Path, *, apply_it: bool) -> None:
    """Check a programme: a folder of CSV files, or one XLSX file. With --apply, write it down, all or nothing."""
    files = _programme_files(source)
    at = now()
    with in_language(SOURCE_LANGUAGE):
        if apply_it:
            found, outcome = importing.import_programme(files, by=SYSTEM, at=at)
        else:
            found, outcome = importing.dry_run(files, at=at), None
        for line in _report(found):
            click.echo(line)
    if found.errors:
        raise click.ClickException("Nothing was written. Mend the errors and try again.")
    if outcome is not None:
        db.session.commit()
        click.echo("Written.")
    else:
        click.echo("Nothing is written yet: add --apply.")


def _programme_files(source: Path) -> list[SentFile]:
    """Files are judged by what is in them; of a folder, those whose names say that they are tables."""
    paths = [source]
    if source.is_dir():
        paths = sorted(p for p in source.iterdir() if p.suffix.lower() in {".csv", ".tsv", ".txt", ".xlsx"})
    return [SentFile(path.name, path.read_bytes()) for path in paths]


def _report(found: importing.DryRun) -> Iterator[str]:
    """One line for each finding, then one that counts."""
    for word, findings in (("error", found.errors), ("warning", found.warnings)):
        for one in findings:
            place = ", ".join(
                str(part) for part in (one.file, one.row and f"row {one.row}", one.column) if part is not None
            )
            value = f" [{one.value}]" if one.value else ""
            yield f"{word}: {place}: {message(one.problem)}{value}"
    plan = found.plan
    yield (
        f"agencies: {len(plan.new_agencies)} new, {plan.known_agencies} known; offers and needs: {len(plan.new)} new,"
        f" {len(plan.changed)} changed, {plan.unchanged} unchanged, {len(plan.absent)} absent (they stay)"
    )


@rates_commands.command("import")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", "apply_it", is_flag=True, help="Write it down. Without this, only say what would happen.")
def import_rates(source: Path, *, apply_it: bool) -> None:
    """Check a CSV table of rates: date, currency, rate, source. With --apply, write it down, all or nothing."""
    base, at = current_app.extensions["config"].reporting_currency, now()
    try:
        text = decoded(source.read_bytes()).text
    except Refused:
        raise click.ClickException("The letters of the file cannot be read. Save it as UTF-8.") from None
    with in_language(SOURCE_LANGUAGE):
        found = rates.check(text, base=base, at=at)
        for word, rows in (("error", found.problems), ("warning", found.warnings)):
            for one in rows:
                click.echo(f"{word}: row {one.row}, {one.column or 'table'}: {message(one.problem)} [{one.value}]")
    if found.problems:
        raise click.ClickException("Nothing was written. Mend the errors and try again.")
    click.echo(f"{len(found.new)} new, {len(found.corrections)} corrections, {found.unchanged} unchanged.")
    if apply_it:
        rates.import_rates(text, base=base, by=SYSTEM, at=at)
        db.session.commit()
    click.echo("Written." if apply_it else "Nothing is written yet: add --apply.")


@ledger_commands.command("verify")
@click.option("--agency", "keys", multiple=True, help="Only the chain of this agency, such as IT-BORD.")
@click.option("--heads", type=click.File(encoding="utf-8"), help="Heads from receipts, certificates and mails.")
@click.option("--seal/--no-seal", default=False, help="Sign the heads first.")
def verify_ledger(keys: tuple[str, ...], heads: TextIO | None, *, seal: bool) -> None:
    """Follow every chain and hold it against the heads that left the system. Ends with 1 when something is broken."""
    if seal:
        ledger.seal(current_app.extensions["config"].key_of_ledger, at=now())
        db.session.commit()
    outside, strangers = _outside(heads.read() if heads else "")
    reading(only=True)
    names = {agency.id: agency.key for agency in db.session.scalars(db.select(Agency))}
    verdicts = list(ledger.verify_all(outside, agencies=[_agency(key).id for key in keys]))
    for verdict in verdicts:
        click.echo(_verdict_words(names.get(verdict.agency, str(verdict.agency)), verdict))
    for key in strangers:
        click.echo(f"{key}: BREAKS: a head names this agency, and there is none")
    if strangers or not all(verdict.holds for verdict in verdicts):
        raise click.ClickException("The ledger does not hold.")
    click.echo(f"{len(verdicts)} chains, {sum(v.length for v in verdicts)} entries: the ledger holds.")


def _outside(text: str) -> tuple[list[Head], list[str]]:
    """The heads that a text holds, and keys in it of agencies that do not exist."""
    found, strangers = [], []
    for line in read_heads(text):
        agency = by_key(line.key)
        if agency is None:
            strangers.append(line.key)
        else:
            found.append(Head(agency.id, line.sequence, line.hash))
    return found, sorted(set(strangers))


def _verdict_words(key: str, verdict: Verdict) -> str:
    tail = f"{verdict.tail} of {verdict.length} entries after the last head that left the system"
    if verdict.holds:
        return f"{key}: holds ({tail})"
    where = "; ".join(f"at entry {b.sequence}: {b.fault}" for b in verdict.breaks)
    return f"{key}: BREAKS {where} ({tail})"


def _agency(key: str) -> Agency:
    agency = by_key(key)
    if agency is None:
        raise click.UsageError(f"There is no agency {key}.")
    return agency


@ledger_commands.command("export")
@click.option("--agency", "keys", multiple=True, help="Only the chain of this agency, such as IT-BORD.")
@click.option("--output", type=click.File("w", encoding="utf-8", lazy=True), default="-", help="A file; else print it.")
def export_ledger(keys: tuple[str, ...], output: TextIO) -> None:
    """Write the chains in the form that tools/verify_ledger.py checks."""
    reading(only=True)
    output.writelines(exported([_agency(key).id for key in keys]))


@ledger_commands.command("heads")
def print_heads() -> None:
    """Print the head of every chain, to be kept where nobody who runs the portal can change it."""
    for head in ledger.deliver(means=Means.EXPORT, at=now()):
        click.echo(str(head))
    db.session.commit()


@ledger_commands.command("new-key")
def new_ledger_key() -> None:
    """Make the key that signs heads, or take a fresh one in its place. Old signatures stay valid."""
    config = current_app.extensions["config"]
    key = ledger.new_key(config.key_of_ledger, at=now())
    ledger.seal(config.key_of_ledger, at=now())
    db.session.commit()
    click.echo(f"{key.key_id} {key.public}")


@ledger_commands.command("compare")
def compare_figures() -> None:
    """Compare the figures that tables keep with what the entries say. Ends with 1 when they differ."""
    reading(only=True)
    found = 0
    for one in ledger.differences(current_app.extensions[LEDGER_REGISTER]):
        found += 1
        click.echo(f"{one.subject.type} {one.subject.ref}: {one.name} is {one.cached}, the entries say {one.derived}")
    if found:
        raise click.ClickException(f"{found} figures differ from the ledger.")
    click.echo("Every figure is what the entries say.")


@round_commands.command("verify")
@click.argument("ref")
@click.option("--run", "number", type=int, help="Only this run.")
def verify_round(ref: str, number: int | None) -> None:
    """Compute every run of a round again from what was kept, and have the independent checker look at it."""
    round_ = rounds.round_called(ref)
    if round_ is None:
        raise click.ClickException(f"There is no round {ref}.")
    verdicts = list(rounds.verify_round(round_, number))
    for verdict in verdicts:
        click.echo(f"run {verdict.number}: {'proven' if verdict.holds else 'NOT PROVEN'}, digest {verdict.digest}")
        for finding in verdict.findings:
            click.echo(f"  {finding}")
    if not verdicts:
        raise click.ClickException(f"{round_.ref} has no such run with a result.")
    if not all(verdict.holds for verdict in verdicts):
        raise click.ClickException("What is kept does not prove itself.")


@demo_commands.command("load")
def load_demo() -> None:
    """Load the invented people and the programme, once."""
    from portal.demo import loading

    _refuse_without_demo()
    loaded = loading.load(at=now())
    db.session.commit()
    click.echo("The demonstration is loaded." if loaded else "The demonstration was loaded before: nothing changed.")


@demo_commands.command("accounts")
def print_accounts() -> None:
    """Print who can sign in to the demonstration, as JSON."""
    from portal.demo import loading

    _refuse_without_demo()
    click.echo(json.dumps(loading.accounts(), indent=2, ensure_ascii=False))


def _refuse_without_demo() -> None:
    if not current_app.extensions["config"].demo:
        raise click.ClickException("This portal is not a demonstration: start it with PORTAL_DEMO=1.")
