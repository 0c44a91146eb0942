"""The `flask` commands of whoever runs the portal."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
from alembic import command as alembic
from alembic.config import Config as AlembicConfig
from flask import Flask, current_app
from flask.cli import AppGroup

from portal import reference
from portal.features.exchanges.programme import importing
from portal.features.exchanges.programme.sheets import SentFile
from portal.features.rates import services as rates
from portal.features.rounds import services as rounds
from portal.infra.db import db, now
from portal.infra.texts import Refused, decoded
from portal.kernel.languages import SOURCE_LANGUAGE
from portal.kernel.policy import SYSTEM
from portal.web.i18n import in_language
from portal.web.messages import message

MIGRATIONS = Path(__file__).parent.parent / "migrations"

database_commands = AppGroup("database", help="The database of the portal.")
reference_commands = AppGroup("reference", help="Reference data that comes with the portal.")
programme_commands = AppGroup("programme", help="Programme files: agencies, offers and needs.")
rates_commands = AppGroup("rates", help="Rates of exchange.")
round_commands = AppGroup("round", help="Matching rounds.")
demo_commands = AppGroup("demo", help="The demonstration: invented people and data.")


def register_commands(app: Flask) -> None:
    for group in (
        database_commands,
        reference_commands,
        programme_commands,
        rates_commands,
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
