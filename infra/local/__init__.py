"""The second deployment target: the whole service on one machine."""
