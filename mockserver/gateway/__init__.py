"""HTTP without any vendor: the way of a request, and all that a sandbox holds.

Vendors hand in what is theirs as records; the gateway imports none of them.
"""
