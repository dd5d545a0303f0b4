"""Everything that runs in Lambda: one asset, imported as `functions`."""
