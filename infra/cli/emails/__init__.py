"""Emails kept as files: read, compared with a stage, and checked without one."""
