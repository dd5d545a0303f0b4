"""The `staffetta` command: it runs the service on this machine and works on deployed stages.

`app` is the command itself, `commands/` has a module for each resource, which is imported when it is chosen. Every command reaches a stage
through `stage` and writes through `terminal`.
"""
