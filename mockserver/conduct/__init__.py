"""Answers how a client behaved: its requests in the journal, judged by the vendors' own advice and by good manners.

Recording requests stays out (`gateway.journal`), and so does telling anybody (`admin.conduct`, `cli.conduct`). Nothing
here knows more of a sandbox than its entries.
"""
