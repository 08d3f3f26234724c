"""The numbers behind charts: each vendor's own reports, row by row, and the cross-vendor metric beside them.

A vendor's `charts.py` lists its charts. They are read from the replies of the vendor's views, in a sandbox, without a
request: nothing is journaled or limited, and no fault applies. How a chart is drawn is decided by its reader.
"""
