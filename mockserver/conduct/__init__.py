"""The client lint: findings about how clients used a vendor's API, from the journal of one sandbox.

The rules hold for every vendor; what they need to know of one is its `advice.Advice`. Findings depend on the journal's
entries alone, whose logical timestamps decide which request followed which answer. While a sandbox's clock is frozen,
real time does not count, so findings do not depend on how busy the machine is:

* Waits are measured on the sandbox's clock if it was moved. If not, nobody knows whether a client waited, so the first
  three retries of a question are no finding.
* The vendor's limiter runs on the same clock, so a retry that it refuses again is a finding at once, and so are more
  requests than the limit allows. A client under test advances the clock (`/_mock/clock/advance`) where it would sleep,
  or the sandbox's clock runs.
* A pool may have sent other questions before it had an earlier answer. A request ignores that answer only if it repeats
  its question, or comes more than 32 requests later.
* The sandbox's clock also decides whether data of another day have arrived, whether a token is still valid, and whether
  a repeated request may come from a restart.
"""
