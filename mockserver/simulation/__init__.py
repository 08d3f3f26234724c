"""One organization, its people and their days, as pure functions of a seed. The core of the simulation.

What people do in a product is computed in `products`; HTTP, files and vendors belong to higher layers.
"""
