"""The time of a local stack, which can be moved: by the stack through everything that is due, and read by each of its processes."""
