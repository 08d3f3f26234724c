"""Augment's schemas: what requests contain (`queries`, `bodies`), for which days (`periods`), and rows (`rows`)."""
