"""Answers what an organisation file says: read, judged and turned into the record that the simulation lives from.

What the people in it do on a day stays out (`simulation`), and so does HTTP.
"""
