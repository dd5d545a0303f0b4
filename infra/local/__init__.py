"""The other deployment target: the whole service on one machine."""
