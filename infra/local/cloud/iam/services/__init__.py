"""The operations of each service, with the grants that they need."""
