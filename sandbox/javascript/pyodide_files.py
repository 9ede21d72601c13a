"""The files of Pyodide (CPython for WebAssembly) and numpy, which are no part of this package.

A user fetches them into a directory. They are read and checked before the jail closes. The replicas
of a slice must agree, so every node runs the very same bytes: those whose digests stand here.
"""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from meshnode.sandbox.errors import SandboxError

PYODIDE_VERSION = "0.28.2"
"""What DCP's own workers of this generation run; jobs ask for ^0.28.0."""

_LOADER, _ENGINE = "pyodide.js", "pyodide.asm.js"
_MODULE, _STANDARD_LIBRARY = "pyodide.asm.wasm", "python_stdlib.zip"
_WHEELS = (
    "numpy-2.2.5-cp313-cp313-pyodide_2025_0_wasm32.whl",
    "cloudpickle-3.1.1-py3-none-any.whl",
)
DIGESTS = {
    _LOADER: "23e89e2adb3efdbaaeb275977d797d91ada6c06d5f6fe38d341b5cc293cfef49",
    _ENGINE: "d95b16f8e3114c802ba89ef50f2727dd53ac253ed8c420a805261c5dfa73e0c0",
    _MODULE: "bfc24d3d89379e529aabea84e989294cffa797adcdbf8ff74019e690a06488d9",
    _STANDARD_LIBRARY: "9fb268300c752b54e507b196fcb753e7a15326971e192ebe0396e12778a0df84",
    _WHEELS[0]: "125230b4c3ecd08803e5c43f1162e017c0718d9f253146225a705a952b9c16c2",
    _WHEELS[1]: "c8c5a44295039331ee9dad40ba100a9c7297b6f988e50e87ccdf3765a668350e",
}
"""SHA-256 of each file."""

_PYTHON_VERSION, _ABI, _PLATFORM = "3.13.2", "2025_0", "emscripten_4_0_9"
_UNUSED_SUFFIXES = (".pyi", ".pxd", ".h", ".a", ".c")
_UNUSED_PARTS = ("/tests/", "/licenses/")

_ADDITIONS = (
    (
        "if(runtimeInitialized){return _calloc(size,1)}",
        "if(runtimeInitialized){return Module.mesh.memory(()=>_calloc(size,1))}",
    ),
    (
        "function __dlopen_js(handle){handle>>>=0;",
        "Module.mesh.linker={tableSize:()=>wasmTable.length,"
        "open:handle=>dlopenInternal(handle,{loadAsync:false}),"
        "find:(handle,symbol)=>{const found=LDSO.loadedLibsByHandle[handle].exports[symbol];"
        'if(typeof found=="function"&&!getFunctionAddress(found)){addFunction(found,found.sig)}}};'
        "function __dlopen_js(handle){handle>>>=0;Module.mesh.opens(handle,wasmTable.length);",
    ),
    (
        "symbolIndex>>>=0;symbol=UTF8ToString(symbol);",
        "symbolIndex>>>=0;symbol=UTF8ToString(symbol);Module.mesh.finds(handle,symbol);",
    ),
    (
        "return Module.HEAP8.set(t),l}",
        "return Module.HEAP8.set(t),Module.mesh.restore(),Module.HEAP8.set(t),l}",
    ),
)
"""Where the engine tells pyodide.js what it links, each text occurring once in this version."""


class PyodideMissing(SandboxError):  # noqa: N818 (it names the situation)
    """The directory does not hold the files that Python jobs need; the text says what to do."""


@dataclass(frozen=True, slots=True)
class PyodideFiles:
    """Everything that the runtime is made from."""

    loader: str
    """JavaScript that defines `loadPyodide`."""
    engine: str
    """JavaScript that defines `_createPyodideModule`, with our additions."""
    module: bytes
    """CPython as WebAssembly."""
    standard_library: bytes
    libraries: bytes
    """The files of the wheels, one behind the other."""
    index: tuple[tuple[str, int, int], ...]
    """Path below `site-packages`, offset and size of each of them."""

    @property
    def compiled_modules(self) -> tuple[bytes, ...]:
        """Give the WebAssembly of CPython and of the libraries."""
        libraries = [entry for entry in self.index if entry[0].endswith(".so")]
        return (self.module, *(self.libraries[at : at + size] for _, at, size in libraries))

    @property
    def lock(self) -> str:
        """Give the list of packages that Pyodide could load, as JSON: none."""
        info = {
            "abi_version": _ABI,
            "arch": "wasm32",
            "platform": _PLATFORM,
            "python": _PYTHON_VERSION,
            "version": PYODIDE_VERSION,
        }
        return msgspec.json.encode({"info": info, "packages": {}}).decode()


def read_pyodide_files(directory: Path) -> PyodideFiles:
    """Read and check the files. Raises PyodideMissing."""
    files = {name: _checked(directory, name) for name in DIGESTS}
    libraries = bytearray()
    index = []
    for wheel in _WHEELS:
        with zipfile.ZipFile(io.BytesIO(files[wheel])) as archive:
            for info in archive.infolist():
                if info.is_dir() or _is_unused(info.filename):
                    continue
                content = archive.read(info)
                index.append((info.filename, len(libraries), len(content)))
                libraries += content
    return PyodideFiles(
        loader=files[_LOADER].decode(),
        engine=_with_additions(files[_ENGINE].decode()),
        module=files[_MODULE],
        standard_library=files[_STANDARD_LIBRARY],
        libraries=bytes(libraries),
        index=tuple(index),
    )


def _checked(directory: Path, name: str) -> bytes:
    try:
        content = (directory / name).read_bytes()
    except OSError as err:
        raise PyodideMissing(f"Python jobs need {name} in {directory}: {err}") from err
    if hashlib.sha256(content).hexdigest() != DIGESTS[name]:
        raise PyodideMissing(
            f"{directory / name} is not the file of Pyodide {PYODIDE_VERSION} that all nodes run"
        )
    return content


def _is_unused(path: str) -> bool:
    return path.endswith(_UNUSED_SUFFIXES) or any(part in path for part in _UNUSED_PARTS)


def _with_additions(engine: str) -> str:
    for text, addition in _ADDITIONS:
        assert engine.count(text) == 1
        engine = engine.replace(text, addition)
    return engine
