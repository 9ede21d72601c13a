"""What peers say to one another and what each decides.

Values, wire format, machines. No IO happens here.

Callers import the module of the noun they need: `meshnode.protocol.values`, `.messages`, `.sealed`,
`.wire`, `.requester`, `.worker`. Time and events come in, effects go out; `meshnode.node` carries
them out.
"""
