"""Benchmarks of the product: each result has a target.

They are not tests: a missed target is reported, and people decide what to do about it. The modules `tabnine` and
`jetbrains` measure the APIs of these vendors.
"""
