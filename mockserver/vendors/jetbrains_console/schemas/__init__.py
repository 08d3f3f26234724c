"""What the Console takes and gives: `queries` and `rows`."""
