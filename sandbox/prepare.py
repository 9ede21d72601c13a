"""From a module's bytes to the bytes that are run.

Pure, so that every host runs, and counts, the same.
"""

from typing import Literal

from meshnode.sandbox.profile import SandboxProfile

ModuleKind = Literal["slice", "home"]


def prepare_module(module: bytes, profile: SandboxProfile, kind: ModuleKind = "slice") -> bytes:
    """Validate a module against ABI 1, fix its memory, inject metering and the call-depth counter.

    Raises ModuleRefused.
    """
    raise NotImplementedError
