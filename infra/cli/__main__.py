"""`python -m infra.cli` is the `staffetta` command."""

from infra.cli.app import main

main()
