"""One world as a pure function of a seed: an organisation, its people, their days.

HTTP, files and vendors' words stay out.
"""
