"""A simulator of vendors' AI-analytics HTTP APIs."""
