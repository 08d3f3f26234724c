"""Tabnine's schemas: query parameters (`queries`) and rows of answers (`rows`)."""
