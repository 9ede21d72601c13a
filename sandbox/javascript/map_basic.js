/* The worktime `map-basic`: the work function is a JavaScript expression (dcp.md 7.1). */
(mesh) => {
  'use strict';
  const { apply } = Reflect;
  const indirectEval = eval;

  /* Evaluate a program's source; return what runs a slice with it. */
  mesh.openWork = (settings, args) => {
    // The line end closes a comment in the source's last line.
    const expression = `(${settings.source}\n)\n//# sourceURL=workFunction`;
    const work = indirectEval(settings.isStrict ? `"use strict"; ${expression}` : expression);
    const list = [undefined, ...args]; // one for all slices, as in DCP's sandbox
    return (datum) => {
      list[0] = datum;
      return apply(work, null, list);
    };
  };
}
