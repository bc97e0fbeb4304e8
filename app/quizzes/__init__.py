"""Question banks, papers, attempts, marking. The key leaves the server only after an attempt is closed."""
