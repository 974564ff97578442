"""One fault under load, from before it to the agreement of the books after it."""

import time
from collections.abc import Callable

from tests.faults.harness.load import Load
from tests.faults.harness.site import Site
from tests.faults.harness.truth import Settled, settle

Deed = Callable[[Load], object]


def suffer(site: Site, deed: Deed, *, before: int = 8, after: int = 12) -> tuple[Load, Settled]:
    """Do `deed` while clients work, and return when it is healed; they go on for `after` commands.

    Returns the load and how its books ended. Raises AssertionError naming what was lost, doubled or stuck 60 s after
    the deed returned, NotReady when clients get no further.
    """
    with Load(site) as load:
        load.more(before)
        deed(load)
        healed = time.monotonic()
        load.more(after)
        settled = settle(site, load, healed)
    again = sum(told.attempts > 1 for told in load.told)
    print(f"    {len(load.told)} commands, {again} repeated; the books agree {settled.seconds:.1f} s after healing")
    settled.expect_nothing()
    return load, settled
