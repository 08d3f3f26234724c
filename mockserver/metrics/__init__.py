"""Cross-vendor metrics: what a client that aggregates the vendors' numbers should have computed."""
