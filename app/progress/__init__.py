"""Completion pages: they read `steps` and nothing else."""
