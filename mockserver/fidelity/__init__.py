"""The fidelity ledger: a row for everything that the simulator serves, with its evidence and the test that checks it.

It is made from the vendors' OpenAPI files. Whether a named test exists is checked by `tools.fidelity`.
"""
