"""The audit: re-derives, through the public endpoints alone, what must hold across the vendors' answers.

It is a client like any other, and imports no other room; what is printed of it stays out (`cli.audit`).
"""
