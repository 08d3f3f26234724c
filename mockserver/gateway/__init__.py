"""HTTP without any vendor: the pipeline of a request, and all that a sandbox holds.

Vendors describe themselves in records; the gateway imports none of them.
"""
