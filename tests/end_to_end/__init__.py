"""The whole service, end to end. A package, so that its running service ends with its last test."""
