/* The part of the web's interfaces that DCP's sandbox has and V8 has not: text, base64, URLs. */
(mesh) => {
  'use strict';
  const { define } = mesh;
  define('self', globalThis);
}
