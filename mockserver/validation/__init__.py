"""Checks of input that every room shares: strict schemas, dates, YAML text, and suggestions for misspelt names."""
