"""The WSGI entry: `gunicorn wsgi:app`, `flask --app wsgi …`."""

import os
import sys

from sqlalchemy.exc import DatabaseError

from app import create_app
from app.config import UnsafeStart
from app.db import NotDurable
from app.sealed import Unreadable

os.umask(0o077)  # what the state folder holds is nobody else's

try:
    app = create_app()
except (UnsafeStart, NotDurable, Unreadable) as error:
    sys.exit(f"Làm Theo does not start:\n{error}")
except DatabaseError as error:
    sys.exit(f"The database is broken, or not one of ours: {error.orig}")
except OSError as error:
    sys.exit(f"Làm Theo cannot keep its state: {error}")
