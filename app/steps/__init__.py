"""Who has done what: programmes, their steps, and the one table that completion is read from."""
