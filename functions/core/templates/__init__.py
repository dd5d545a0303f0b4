"""From a template to what a mail client reads: read, checked, compiled, and rendered within bounds."""
