"""Changing units; appointing officers. Each runs inside the caller's `writing()`."""
