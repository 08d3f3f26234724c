"""The client lint: findings about how clients used a vendor's API, from the journal of one sandbox.

The rules here hold for every vendor. What they must know of one (its parameters, page sizes, own rules and sources) is
an `advice.Advice`, which each vendor's folder provides. Recording requests is the job of `gateway.journal`.

Findings are a function of the journal's entries. Which request followed which answer is decided by the entries' logical
timestamps, not by how long anything took. While a sandbox's clock stands still, real time counts for nothing, so the
findings do not depend on how busy the machine is:

* Waits are measured on the sandbox's clock, when it was moved. When it was not, a client that really sleeps cannot be
  told from one that does not, so the first three retries of a question are no finding.
* The vendor's limiter runs on the same clock, so a retry that it refuses again, while the clock stands still, is a
  finding at once, and so are more requests than the limit allows. A client under test advances the clock
  (`/_mock/clock/advance`) where it would sleep, or the sandbox's clock runs.
* Different questions may come from a pool that sent them before it had the earlier answer. A request counts as one
  that ignores an earlier answer if it repeats its question, or comes more than 32 requests later.
* What depends on the sandbox's own state is measured on its clock: whether data of another day have arrived, whether a
  token is still valid, and whether a repeated request may come from a restart.
"""
