"""What a person is told: in the product always, by mail once a day at most where the person has agreed.

A notice holds a kind and ids, never what anybody wrote; its words are made when it is shown (`rules.KINDS`). Slices
below tell what has happened through watcher lists, which `sources` joins at start; slices above call `actions.tell`.
"""
