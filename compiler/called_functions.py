"""Which functions a function may call: its calls, and the destructors of what it drops; and which a program needs."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from meshnode.compiler import ir


def called_functions(  # noqa: C901 - one case a statement
    function: ir.Function, structs: Mapping[ir.StructId, ir.StructDefinition]
) -> list[ir.FunctionId]:
    """List what a function may call: its calls, and the destructors of its locals and of what it drops."""
    found: dict[ir.FunctionId, None] = {}

    def drops(type_: ir.Type) -> None:
        if isinstance(type_, ir.StructType) and (drop := structs[type_.struct].drop) is not None:
            found[drop] = None

    def walk(block: ir.Block) -> None:
        for statement in block:
            match statement:
                case ir.Call(_, name, _):
                    found[name] = None
                case ir.Drop(place, _):
                    drops(place.type)
                case ir.If(_, then, otherwise):
                    walk(then)
                    walk(otherwise)
                case ir.ForRange(body=inner, otherwise=otherwise):
                    walk(inner)
                    walk(otherwise)
                case ir.While(prepare, _, inner, otherwise):
                    walk(prepare)
                    walk(inner)
                    walk(otherwise)
                case ir.Try(inner, _, handler, otherwise):
                    walk(inner)
                    walk(handler)
                    walk(otherwise)
                case ir.Scope(_, inner):
                    walk(inner)
                case _:
                    pass

    for local in function.locals:
        drops(local.type)
    walk(function.body)
    return list(found)


def reachable(module: ir.Module, roots: Sequence[str]) -> ir.Module:
    """Keep what is reachable: the program's own functions as they come, then the library's by their names."""
    reached: set[ir.FunctionId] = set()
    waiting = [module.main, *(ir.FunctionId(root) for root in roots)]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += called_functions(module.functions[name], module.structs)
    kept = [function for name, function in module.functions.items() if name in reached]
    own = [function for function in kept if not function.span.file.startswith("prelude/")]
    library = [function for function in kept if function.span.file.startswith("prelude/")]
    library.sort(key=lambda function: function.function)
    return replace(module, functions={f.function: f for f in (*own, *library)})
