"""Compiles every .py below a folder, for Lambda's Python. Usage: compile.py FOLDER.

Run it with CPython 3.13: the machine's own, or the one in WebAssembly that compile.mjs starts. Lambda's unpacking sets the
files' times, so the .pyc files are not checked against their sources: both are in one immutable asset.
"""

import compileall
import sys
from py_compile import PycInvalidationMode

(folder,) = sys.argv[1:]
compiled = compileall.compile_dir(
    folder,
    maxlevels=100,
    quiet=1,
    stripdir=folder,
    prependdir="/var/task",  # where tracebacks will find the sources
    invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
)
if not compiled:
    sys.exit("not everything compiled: see above")
