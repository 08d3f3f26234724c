"""Organization files: loaded, validated, and made the record that the simulation works from.

What people in it do on a day is computed by `simulation` and `products`.
"""
