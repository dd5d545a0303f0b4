"""The permissions of every function: exact actions on exact resources. Every function may also write to its own log group.

`roles.py` has a role for each function, `console.py` that of the console by its pages, and `tasks.py` what several functions do.
"""
