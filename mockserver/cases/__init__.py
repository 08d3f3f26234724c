"""The catalogue of cases: situations on which clients break, loaded from files, described in words, and run.

The folder of the files and the vendors' records are handed in. Making the sandbox of a case is the job of `admin`.
"""
