"""Values that have no end of their own (`Deinitable where False`): a method that takes them apart must consume them."""

from collections.abc import Sequence

from meshnode.compiler.check.body import Binding, Body, State, Variable
from meshnode.compiler.check.types import traits
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse import tree


def check_end(body: Body, scopes: Sequence[dict[str, Binding]], extent: tree.Extent) -> None:
    """Refuse to leave these scopes while one of their variables holds such a value."""
    if body.flow is None:
        return
    for scope in scopes:
        for name, binding in scope.items():
            if not isinstance(binding, Variable) or binding.local not in body.own:
                continue
            held = body.state(binding.local) in (State.FULL, State.UNSURE)
            if held and traits.is_linear(body.checker, binding.place.type):
                body.set_state(binding.local, State.MOVED)
                body.env.fail(
                    Code.OWNERSHIP,
                    f"'{name}' abandoned without being explicitly destroyed",
                    extent,
                    suggestion="call a method of it with 'deinit self', or give it away with '^'",
                )
