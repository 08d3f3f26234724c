"""Tabnine's reports: who has an account (`accounts`), and what was done (`usage`)."""
