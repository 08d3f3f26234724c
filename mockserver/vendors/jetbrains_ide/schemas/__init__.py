"""What IDE Services takes (`queries`) and gives (`rows`); computing either stays out."""
