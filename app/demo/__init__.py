"""The demo federation: invented people and units, made through the slices' own actions.

It looks like a union in May.
"""
