"""Augment's reports: who did what (`activity`), and what it cost (`credit_usage`, `costs`)."""
