"""Reads data from outside by a msgspec model, and reports every error with its path. Requests and definition files are read so."""
