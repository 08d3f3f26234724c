"""Answers what every answer of the simulator rests on: a row for each thing that is served, its evidence and its test.

What is served stays out (`vendors`), and so does whether a test that is named exists (`tools.fidelity`).
"""
