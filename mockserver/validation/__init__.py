"""Checks of input that every room shares: schemas, dates, YAML text."""
