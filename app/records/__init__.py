"""What sheets and commitments share: forms as data, records with their versions, the review, and who has read what.

It knows neither sheets nor commitments: a kind is a word, and upper slices hear of a change through `watchers`.
"""
