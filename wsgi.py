"""What a web server such as gunicorn loads: `gunicorn wsgi:app`."""

from config import Config
from portal import create_app

app = create_app(Config.from_env())
