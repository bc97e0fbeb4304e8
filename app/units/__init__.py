"""The tree of union bodies, with a memory: names, kinds and parents are dated; codes answer for ever."""
