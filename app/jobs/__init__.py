"""Background work. A job is a row written in the transaction of the deed; huey carries it to the runner afterwards.

What must happen after a change (mail, files, long work) is `actions.add(…)` inside the same `writing()`. The row is
the truth: the transport, with its own SQLite file, may lose a message, and a sweep finds what was never delivered.
"""
