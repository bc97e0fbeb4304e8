"""The WSGI entry: `gunicorn wsgi:app`, `flask --app wsgi …`."""

import sys

from app import create_app
from app.config import UnsafeStart
from app.db import NotDurable

try:
    app = create_app()
except (UnsafeStart, NotDurable) as error:
    sys.exit(f"Làm Theo does not start:\n{error}")
