"""Counters of messages. Each message counts once, and machines count apart from people."""
