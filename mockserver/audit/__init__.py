"""The audit: recomputes, through the public endpoints alone, what must hold across the vendors' answers.

It is a client like any other, and an engine over the invariants that each vendor contributes.
"""
