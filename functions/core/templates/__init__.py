"""Templates: read, checked, compiled, and rendered within bounds."""
