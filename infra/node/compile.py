"""Compile every .py below a folder, for the Lambda whose Python this program runs on. Usage: compile.py FOLDER.

Run by a CPython 3.13, be it the machine's own or the one in WebAssembly that compile.mjs starts. Lambda's unpacking decides
the files' times, so the .pyc are not checked against their sources: they travel together, in one immutable asset.
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
