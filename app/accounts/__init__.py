"""Persons, accounts, memberships, roles, and getting in."""
