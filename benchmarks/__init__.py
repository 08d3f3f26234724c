"""What the product must reach, measured: every figure is a ratio or an amount taken in one run.

Nothing here is a test; a figure that misses its target is told, and is for people to judge.
"""
