"""Benchmarks of the product against its targets: each result is a ratio or an amount, measured in one run.

They are not tests: a result that misses its target is reported, and people decide what to do about it. The modules
`tabnine` and `jetbrains` are named after the vendor whose API they measure.
"""
