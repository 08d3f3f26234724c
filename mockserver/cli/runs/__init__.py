"""Runs of a client's own command, each against a server of its own: what `sweep` and `torture` share."""
