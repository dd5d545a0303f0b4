"""Lists of contacts, and the filters that choose their members."""
