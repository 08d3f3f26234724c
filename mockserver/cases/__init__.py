"""The catalogue of cases: scenarios that break clients, loaded from files, described and run."""
