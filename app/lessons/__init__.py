"""Programmes' modules and lessons: the folder `lessons/` in the database, and reading it."""
