"""Everything that runs in Lambda: one asset, imported as `functions`."""

import gc

# Python collects after 700 new objects. An import makes objects and hardly any garbage, and a cold start waits for each collection.
gc.set_threshold(50_000, 10, 10)
