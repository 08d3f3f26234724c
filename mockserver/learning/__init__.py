"""What a real service's OpenAPI file and captured answers say about the switches; no vendor is known here.

A vendor declares in its own module `learning` which option is seen when. Values of captured answers are never kept.
"""
