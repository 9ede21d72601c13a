"""A run as a slice process loads it: the module and captures that its descriptor names, and the sandbox's bounds."""

from dataclasses import dataclass

from meshnode.protocol.values import RunDescriptor, RunHash, is_voted
from meshnode.sandbox import JavaScriptProfile, SandboxProfile, SliceKind, slice_profile


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceWork:
    """A run's module and captures, as a slice process loads them."""

    key: bytes
    """The run hash: two works with the same key are the same."""
    module: bytes
    captures: bytes
    profile: SandboxProfile | JavaScriptProfile
    loop: int

    @property
    def kind(self) -> SliceKind:
        """Tell which kind of process runs it."""
        return "javascript" if isinstance(self.profile, JavaScriptProfile) else "wasm"


def slice_work(
    run_hash: RunHash, descriptor: RunDescriptor, module: bytes, captures: bytes
) -> SliceWork:
    """Return a run as the sandbox loads it."""
    return SliceWork(
        key=run_hash,
        module=module,
        captures=captures,
        profile=_profile(descriptor),
        loop=descriptor.loop,
    )


def _profile(descriptor: RunDescriptor) -> SandboxProfile | JavaScriptProfile:
    """Return the sandbox's bounds: JavaScript has a quoted price for each slice instead of a meter."""
    if is_voted(descriptor):
        return JavaScriptProfile(
            memory_bytes=descriptor.memory_bytes,
            slice_operations=descriptor.operations_max // descriptor.chunk_length,
        )
    return slice_profile(descriptor.memory_bytes, descriptor.operations_max)
