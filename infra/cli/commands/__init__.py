"""One module for each command, in the folder of its room; `stage` has what concerns a whole stage. Each has its click command under the name `command`.

A module imports at its head only what its help shows. Whatever reaches AWS is imported in the function that needs it.
"""
