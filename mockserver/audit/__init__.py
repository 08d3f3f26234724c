"""The audit: checks, through the public endpoints alone, the invariants that must hold across the vendors' answers."""
