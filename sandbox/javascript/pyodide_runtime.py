"""Inside a child: Pyodide, made ready once and started anew for every context.

The first start takes seconds. It ends with an *image* of the interpreter's memory, numpy imported;
contexts start from it in a fraction of a second, each in the same state. The image is a pure
function of the files, for it is made with the clock and the randomness of a slice.
"""

import ctypes
import itertools
from collections.abc import Iterator
from pathlib import Path

import msgspec

from meshnode.sandbox.errors import ModuleRefused
from meshnode.sandbox.javascript.isolate import Answer, Isolate
from meshnode.sandbox.javascript.pyodide_files import (
    PyodideFiles,
    PyodideMissing,
    read_pyodide_files,
)
from meshnode.sandbox.javascript.pyodide_image import PyodideImage, image_key, read_image

_PARTS = (
    "environment.js",
    "web.js",
    "url.js",
    "pristine.js",
    "modules.js",
    "slice.js",
    "pyodide.js",
)
_TEMPLATE = "mesh_template"
_BUFFER_BYTES = 4 << 20
"""Files go into a context in pieces: V8 keeps the buffer as long as the context."""
_HEAP_BYTES_MAX = 1 << 30
"""Of the contexts that make the image: no job's code runs in them."""
_IMPORTS = (
    "import collections.abc, importlib.util, io, json, os, random, sys, tarfile\n"
    "import cloudpickle, numpy, numpy.random, pyodide.code, pyodide.ffi\n"
)
"""What nearly every job imports, and pyodide.js itself."""


class PyodideRuntime:
    """Gives contexts their Pyodide. Used by one thread."""

    def __init__(self, directory: Path | None) -> None:
        """Read the user's files and our own: behind the jail no file can be opened.

        Without the files there is a runtime too, which refuses.
        """
        self._lack = "Python jobs need Pyodide, and this node names no directory with its files"
        self._files: PyodideFiles | None = None
        if directory is not None:
            try:
                self._files = read_pyodide_files(directory)
            except PyodideMissing as err:
                self._lack = str(err)
        folder = Path(__file__).parent
        self._parts = [(folder / name).read_text(encoding="utf-8") for name in _PARTS]
        self._key = image_key(_IMPORTS.join(self._parts))
        self._image = read_image(directory, self._key) if directory is not None else None
        self._holder: Isolate | None = None
        """Keeps V8's compiled code of the modules, which all isolates of a process share."""

    def prepare(self) -> PyodideImage:
        """Make the image if there is none yet, which takes seconds, and have the code ready.

        Raises ModuleRefused if the files are not there, or not those that all nodes run.
        """
        files = self._files
        if files is None:
            raise ModuleRefused(self._lack)
        if self._holder is None:
            self._holder = self._hold_code(files)
        if self._image is None:
            template = Isolate(_HEAP_BYTES_MAX)
            try:
                self._image = self._make_image(template, files)
            finally:
                template.close()
        return self._image

    def scripts(self, isolate: Isolate, name: str) -> Iterator[str]:
        """Give the scripts that start Pyodide in a context, between its own and the program.

        `name` is the constant with the context's `mesh`, to whose part pyodide.js the work is left.
        Each script must have been evaluated when the next is asked for. The last one gives
        `isolate.shared` its word for `progress` back, which the files' buffers have taken.
        """
        assert self._files is not None
        assert self._image is not None
        yield from self._start(isolate, name, self._files)
        yield f"{name}.beat"

    def _start(self, isolate: Isolate, name: str, files: PyodideFiles) -> Iterator[str]:
        contents = {
            "pyodide.asm.wasm": files.module,
            "python_stdlib.zip": files.standard_library,
            "library": files.libraries,
        }
        if self._image is not None:
            contents["image"] = self._image.memory
        yield f"{name}.openBuffer({_BUFFER_BYTES})"
        for file, content in contents.items():
            yield from _handing_over(isolate, name, file, content)
        yield (
            f"{name}.takeModule((() => {{\n{files.engine}\nreturn _createPyodideModule;\n}})());\n"
            "delete globalThis._createPyodideModule; ''\n//# sourceURL=meshnode"
        )
        yield (
            f"{name}.takeLoader((_createPyodideModule, load, read, readbuffer) => {{\n"
            f"{files.loader}\nreturn loadPyodide.loadPyodide;\n}}); ''\n//# sourceURL=meshnode"
        )
        index = msgspec.json.encode(files.index).decode()
        journal = "null" if self._image is None else self._image.journal
        yield (
            f"{name}.startPyodide({{ index: {index}, journal: {journal}, lock: {files.lock} }}); ''"
        )

    def _make_image(self, template: Isolate, files: PyodideFiles) -> PyodideImage:
        imports = msgspec.json.encode(_IMPORTS).decode()
        made = (
            f"(() => {{ try {{ return {_TEMPLATE}.makeImage({imports}); }}"
            " catch (error) { return `${error.stack}`; } })()"
        )
        start = self._start(template, _TEMPLATE, files)
        told = _evaluated(template, itertools.chain((self._boot(),), start, (made,)))
        try:
            journal, size = msgspec.json.decode(told, type=tuple[msgspec.Raw, int])
        except msgspec.DecodeError as err:
            raise ModuleRefused(f"Python does not start: {told}") from err
        _evaluated(template, iter((f"{_TEMPLATE}.giveImage()",)))
        memory = ctypes.string_at(ctypes.addressof(template.shared), size)
        return PyodideImage(self._key, bytes(journal).decode(), memory)

    def _hold_code(self, files: PyodideFiles) -> Isolate:
        """Compile the modules in a context of their own, which is never closed."""
        holder = Isolate(_HEAP_BYTES_MAX)
        _evaluated(holder, itertools.chain((self._boot(),), _holding(holder, files)))
        return holder

    def _boot(self) -> str:
        """Give the script that makes a context like those of jobs."""
        parts = ",\n".join(self._parts)
        return (
            f"const {_TEMPLATE} = ((...parts) => {{ const mesh = {{ __proto__: null }};"
            f" for (const part of parts) part(mesh); return mesh; }})(\n{parts}\n); ''"
        )


def _holding(holder: Isolate, files: PyodideFiles) -> Iterator[str]:
    yield f"{_TEMPLATE}.openBuffer({_BUFFER_BYTES})"
    for module in files.compiled_modules:
        yield from _handing_over(holder, _TEMPLATE, "module", module)
        yield f"{_TEMPLATE}.keepCode('module'); ''"


def _handing_over(isolate: Isolate, name: str, file: str, content: bytes) -> Iterator[str]:
    """Give the scripts that take a file out of the buffer, piece by piece."""
    for offset in range(0, len(content), _BUFFER_BYTES):
        piece = content[offset : offset + _BUFFER_BYTES]
        ctypes.memmove(ctypes.addressof(isolate.shared), piece, len(piece))
        yield f"{name}.put('{file}', {offset}, {len(piece)}, {len(content)}); ''"


def _evaluated(isolate: Isolate, scripts: Iterator[str]) -> str:
    """Evaluate scripts one after the other; give the last one's text."""
    told = ""

    def answered(answer: Answer) -> str | None:
        nonlocal told
        told = answer.text or ""
        return next(scripts, None)

    isolate.run(next(scripts), answered)
    isolate.wait(None)
    return told
