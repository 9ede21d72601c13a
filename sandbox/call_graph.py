"""Who calls whom: which functions may be in a cycle of calls, which cost the same every time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from meshnode.protocol.wasm_binary import ExternKind
from meshnode.sandbox.function_body import FunctionBody, Point
from meshnode.sandbox.module_format import ParsedModule

FIXED_COST_MAX = 500
"""A function of fixed cost is charged by its callers, but not if it is dearer than this.

A call may not happen though its region is entered; the bound keeps the overcharge small.
"""


@dataclass(frozen=True, slots=True)
class CallGraph:
    """What the meter must know of calls; functions are named by index, imported ones first."""

    recursive: frozenset[int]
    """Functions that may be entered again before they return."""
    fixed_costs: dict[int, int]
    """Functions that cost the same whenever they are called, and what they cost.

    They have no loops, no bulk operations, no indirect calls, and call only such functions. Whoever
    can be called by something other than a direct call (exports, the table) is none.
    """


def read_call_graph(module: ParsedModule, bodies: Sequence[FunctionBody]) -> CallGraph:
    """Follow direct and indirect calls.

    An indirect call may reach any function of its type that stands in the table.
    """
    successors = _successors(module, bodies)
    components = _components(module.function_count, successors)
    recursive = frozenset(
        node
        for component in components
        if len(component) > 1 or component[0] in successors(component[0])
        for node in component
        if node < module.function_count
    )
    callees_first = [node for component in components for node in component]
    return CallGraph(recursive, _fixed_costs(module, bodies, recursive, callees_first))


def _successors(module: ParsedModule, bodies: Sequence[FunctionBody]) -> Callable[[int], list[int]]:
    """Give the edges: nodes are functions, then types (those whom an indirect call may reach)."""
    import_count, function_count = len(module.imports), module.function_count
    type_node: dict[object, int] = {}
    for index, function_type in enumerate(module.types):
        type_node.setdefault(function_type, function_count + index)
    reachable: dict[int, list[int]] = {}
    for index in sorted({index for segment in module.elements for index in segment.functions}):
        reachable.setdefault(type_node[module.function_type(index)], []).append(index)

    def successors(node: int) -> list[int]:
        if node >= function_count:
            return reachable.get(node, [])
        if node < import_count:
            return []
        body = bodies[node - import_count]
        found = {call for region in body.regions for call in region.calls}
        for point, _, _, _, value in body.marks:
            if point == Point.CALL_INDIRECT:
                found.add(type_node[module.types[value]])
        return sorted(found)

    return successors


def _fixed_costs(
    module: ParsedModule,
    bodies: Sequence[FunctionBody],
    recursive: frozenset[int],
    callees_first: Sequence[int],
) -> dict[int, int]:
    import_count = len(module.imports)
    excluded = {index for segment in module.elements for index in segment.functions}
    excluded |= {e.index for e in module.exports if e.kind == ExternKind.FUNCTION}
    excluded |= recursive
    costs: dict[int, int] = {}
    for index in callees_first:
        if not import_count <= index < module.function_count or index in excluded:
            continue
        body = bodies[index - import_count]
        region = body.regions[0]
        if body.has_loops or any(callee not in costs for callee in region.calls):
            continue
        if any(mark[0] in (Point.CALL_INDIRECT, Point.BULK) for mark in body.marks):
            continue
        cost = region.instructions + sum(costs[callee] for callee in region.calls)
        if cost <= FIXED_COST_MAX:
            costs[index] = cost
    return costs


def _components(count: int, successors: Callable[[int], Sequence[int]]) -> list[list[int]]:
    """Find strongly connected components, callees first.

    Tarjan's algorithm (1972) with a list for its recursion, for the input may be hostile.
    """
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    work: list[tuple[int, Iterator[int]]] = []
    found: list[list[int]] = []

    def enter(node: int) -> None:
        order[node] = low[node] = len(order)
        stack.append(node)
        on_stack.add(node)
        work.append((node, iter(successors(node))))

    for root in range(count):
        if root not in order:
            enter(root)
        while work:
            node, remaining = work[-1]
            following = next(remaining, None)
            if following is None:
                work.pop()
                if low[node] == order[node]:
                    found.append(_pop_component(stack, on_stack, node))
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
            elif following not in order:
                enter(following)
            elif following in on_stack:
                low[node] = min(low[node], order[following])
    return found


def _pop_component(stack: list[int], on_stack: set[int], root: int) -> list[int]:
    component = []
    while True:
        node = stack.pop()
        on_stack.discard(node)
        component.append(node)
        if node == root:
            return component
