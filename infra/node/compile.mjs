// Runs compile.py on CPython 3.13 in WebAssembly, for machines whose own Python is another. Usage: compile.mjs FOLDER
import { readFileSync } from "node:fs";
import { loadPyodide } from "pyodide";

const MOUNT = "/asset";
const python = await loadPyodide();
python.mountNodeFS(MOUNT, process.argv[2]);
const program = readFileSync(new URL("compile.py", import.meta.url), "utf8");
python.runPython(`import sys; sys.argv = ["compile.py", ${JSON.stringify(MOUNT)}]`);
python.runPython(program);
