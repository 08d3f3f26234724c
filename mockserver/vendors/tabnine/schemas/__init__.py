"""What Tabnine takes (`queries`) and gives (`rows`); computing either stays out."""
