"""A comparison of a live API with the simulator: shape against shape; no vendor is known here.

A vendor declares in its own module `comparison` what its API is asked. Values of answers are never kept.
"""
