"""The yardstick of the list page: raw Flask, sqlite3 and one Jinja template, no layers between.

A login check that reads the session's row, 50 posts over three tables (post, agency, topics) in one statement, markup
as rich as ours (State, chips, strip of months, seats), and 150 words looked up in a dictionary. No filters, no rules
about who may see what, no languages, no security headers: what a careful person writes in an afternoon.
"""

import hashlib
import sqlite3
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from flask import Flask, abort, session

LIST = "/offers"
ROWS = 50
WORDS = {
    name: name.replace("_", " ").capitalize()
    for name in [
        "offers",
        "needs",
        "inbox",
        "agencies",
        "account",
        "help",
        "sign_out",
        "skip_to_content",
        "filter",
        "search",
        "topic",
        "state",
        "region",
        "language",
        "level",
        "format",
        "from_day",
        "until_day",
        "show",
        "sort_by",
        "newest",
        "soonest",
        "next_page",
        "previous_page",
        "footer_note",
        "places_free",
        "to_day",
        "original",
    ]
}

SESSION = (
    "SELECT s.person_id, p.name, m.role FROM user_session s JOIN person p ON p.id = s.person_id "
    "JOIN membership m ON m.person_id = p.id WHERE s.token_hash = ? AND s.ended_at IS NULL"
)
POSTS = (
    "SELECT p.ref, p.title, a.key, a.state_iso2, p.capacity, p.claimed, p.first_day, p.last_day, p.label, "
    "(SELECT group_concat(t.topic, ' ') FROM post_topic t WHERE t.post_id = p.id) FROM post p "
    "JOIN agency a ON a.id = p.agency_id WHERE p.kind = 'offer' AND p.reach = 3 "
    f"ORDER BY p.published_at DESC, p.id DESC LIMIT {ROWS}"
)
TRACK = "".join(f'<rect class="track" x="{month * 16.5}" width="15" height="13" rx="2.5"/>' for month in range(12))
FIELDS = "search topic state region language level format from_day until_day show sort_by newest soonest".split()  # noqa: SIM905
PAGE = (
    """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ w("offers") }}</title></head><body>
<a class="skip" href="#main">{{ w("skip_to_content") }}</a><header><p>{{ name }} {{ role }}</p></header><nav><ul>
{% for key in ("inbox", "offers", "needs", "agencies") %}<li><a href="/{{ key }}">{{ w(key) }}</a></li>{% endfor %}
</ul></nav><main id="main"><h1>{{ w("offers") }}</h1><form method="get"><h2>{{ w("filter") }}</h2>
{% for field in fields %}<div><label for="{{ field }}">{{ w(field) }}</label><input id="{{ field }}" name="{{ field }}">
</div>{% endfor %}<button>{{ w("show") }}</button></form><ul class="stackv">
{% for ref, title, agency, state, capacity, claimed, first, last, label, topics in posts %}
<li class="card"><article class="offer"><div><p class="sm muted"><span class="cc">{{ state }}</span> · {{ agency }}</p>
<h3><a href="/offers/{{ ref }}"><bdi>{{ title }}</bdi></a></h3>
<p class="chips mt">{% for topic in topics.split() %}<span class="chip">{{ topic }}</span>{% endfor %}</p>
<p class="meta sm"><span class="tlp {{ label }}">{{ label }}</span><span>{{ w("original") }}</span></p></div>
<div class="side"><div><svg class="months" viewBox="0 0 197 13">"""
    + TRACK
    + """<rect class="c1" x="{{ first[5:7]|int * 16.5 }}" width="15" height="13" rx="2.5"/></svg>
<span><time datetime="{{ first }}">{{ first }}</time> {{ w("to_day") }} <time datetime="{{ last }}">{{ last }}</time>
</span></div><p class="seats">{% for seat in range(capacity) %}<svg class="i {{ "free" if seat < capacity - claimed }}">
<use href="#i-seat"/></svg>{% endfor %}<span>{{ capacity - claimed }} / {{ capacity }} {{ w("places_free") }}</span></p>
</div></article></li>
{% endfor %}</ul><p><a href="?page=2">{{ w("next_page") }}</a></p></main>
<footer><a href="/help">{{ w("help") }}</a> <a href="/out">{{ w("sign_out") }}</a><p>{{ w("footer_note") }}</p></footer>
</body></html>"""
)


def page_by_hand(database: Path, token: str) -> Any:
    """A signed-in client of the yardstick."""
    app = Flask("yardstick")
    app.secret_key = token_urlsafe(32)
    template = app.jinja_env.from_string(PAGE)

    @app.get(LIST)
    def offers() -> str:
        with sqlite3.connect(database) as connection:
            known = hashlib.sha256(session.get("token", "").encode()).digest()
            person = connection.execute(SESSION, (known,)).fetchone()
            if person is None:
                abort(401)
            posts = connection.execute(POSTS).fetchall()
        return template.render(posts=posts, fields=FIELDS, w=WORDS.__getitem__, name=person[1], role=person[2])

    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["token"] = token
    return client
