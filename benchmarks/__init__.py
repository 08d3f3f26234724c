"""What the product must reach, measured: every figure is a ratio or an amount taken in one run, none is a timed test."""
