"""The backstop per network. High on purpose: a hall of 400 people shares one address; guessing one person's password
is slowed down by `accounts` name by name."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)
