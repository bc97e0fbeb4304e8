"""How a federation begins, and how its units and duties are kept."""
