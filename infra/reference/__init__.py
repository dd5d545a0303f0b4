"""Pages of the documentation that are generated from the code. Each module writes one: `python -m infra.reference.settings`."""
