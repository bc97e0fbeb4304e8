"""huey, in its own SQLite file: it only carries the number of a job from the web process to the runner."""

from pathlib import Path
from typing import Any

from flask import Flask
from huey import SqliteHuey, crontab

from app.db import db
from app.jobs import actions


class Transport:
    """Sends job numbers; `consumer()` is the runner that receives them and keeps the periodic work going."""

    def __init__(self, app: Flask, file: Path, at_once: bool = False) -> None:
        self._app = app
        self._huey: Any = SqliteHuey("lamtheo", filename=str(file), fsync=True, immediate=at_once)
        self._run = self._huey.task()(self._in_app)
        for name, minutes, function in actions.periodic:
            self._huey.periodic_task(crontab(minute=f"*/{minutes}"), name=name)(self._periodic(function))

    def _in_app(self, job_id: int) -> None:
        with self._app.app_context():
            actions.run(job_id)

    def _periodic(self, function: Any) -> Any:
        def call() -> None:
            with self._app.app_context():
                function()

        return call

    def enqueue_job(self, job_id: int) -> None:
        self._run(job_id)

    def serve(self) -> None:
        """Be the runner, until told to stop. Inside an application context."""
        actions.sweep()
        db.session.close()  # or this transaction would stay open as long as the runner lives
        self.consumer().run()

    def consumer(self) -> Any:
        return self._huey.create_consumer(workers=1, worker_type="thread", periodic=True, check_worker_health=True)


@actions.every(1, "jobs.sweep")
def _sweep() -> None:
    actions.sweep()
