"""Generates the reference in docs/reference from the code, the OpenAPI files and the vendors' policies.

`python -m tools.reference` writes the pages; `--check` only compares. The evidence ledger and the cases have tools of
their own.
"""
