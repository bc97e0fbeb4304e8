"""How the tree of units changes, and how officers come and go."""
