"""A site of the tests' own world in a year of so many modules, for a browser: `python -m tests.browser.crowded_site`.

    crowded_site <folder of its state> <how many modules> <port>

In a process of its own, because Playwright's loop and the application do not share a thread.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

from app import clock, create_app
from app.migrating import upgrade
from tests import world as worlds
from tests.conftest import NOW, settings_for
from tests.progress.crowded import crowd


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests speak."""


def main(state: str, modules: str, port: str) -> None:
    clock.set_offset(NOW - datetime.now(UTC))
    app = create_app(settings_for(f"sqlite:///{state}/lamtheo.db", Path(state)))
    with app.app_context():
        upgrade()
    crowd(worlds.build(app), int(modules))
    site = make_server("127.0.0.1", int(port), app, handler_class=Quiet)
    print("ready", flush=True)
    site.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
