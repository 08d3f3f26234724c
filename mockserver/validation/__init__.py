"""Checks of input that every room shares: schemas, dates, YAML text, admin tokens, suggestions for misspelt names."""
