/* Tells whether a work function has changed JavaScript's own objects.
 *
 * Values are taken apart and put together (kvin.js) with functions that a work function can replace.
 * After such a slice the host takes a new context, so that the next slice finds the same as ever.
 */
(mesh) => {
  'use strict';
  const { getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
  const names = [
    'Array', 'ArrayBuffer', 'BigInt', 'Boolean', 'Date', 'Error', 'Float32Array', 'Float64Array',
    'Function', 'Int16Array', 'Int32Array', 'Int8Array', 'JSON', 'Map', 'Math', 'Number', 'Object',
    'Promise', 'Reflect', 'RegExp', 'Set', 'String', 'Symbol', 'URL', 'Uint16Array', 'Uint32Array',
    'Uint8Array', 'Uint8ClampedArray', 'WeakMap', 'eval', 'parseFloat', 'console',
  ];
  const watched = [
    Array, Array.prototype, ArrayBuffer, Boolean.prototype, Date.prototype, Error, Error.prototype,
    Function.prototype, JSON, Map.prototype, Math, Number, Number.prototype, Object,
    Object.prototype, Promise, Promise.prototype, Reflect, RegExp.prototype, Set.prototype, String,
    String.prototype, Symbol, getPrototypeOf(Uint8Array), getPrototypeOf(Uint8Array.prototype),
    Uint8Array.prototype, URL.prototype, getPrototypeOf([][Symbol.iterator]()),
    getPrototypeOf(new Map().entries()), getPrototypeOf(new Set().values()), Iterator.prototype,
  ];
  let counts = [];
  let parents = [];
  let owners = [];
  let keys = [];
  let values = [];
  let isGetter = [];

  /* Remember how the objects are now: when the program was loaded, which may extend them. */
  mesh.rememberPristine = () => {
    counts = [];
    parents = [];
    owners = [];
    keys = [];
    values = [];
    isGetter = [];
    const remember = (owner, key) => {
      const property = getOwnPropertyDescriptor(owner, key);
      owners.push(owner);
      keys.push(key);
      values.push('value' in property ? property.value : property.get);
      isGetter.push(!('value' in property));
    };
    for (const name of names) remember(globalThis, name);
    for (const owner of watched) {
      const own = ownKeys(owner);
      counts.push(own.length);
      parents.push(getPrototypeOf(owner));
      for (const key of own) remember(owner, key);
    }
  };

  /* Tell whether they are still so. */
  mesh.isPristine = () => {
    for (let i = 0; i < watched.length; i += 1) {
      if (ownKeys(watched[i]).length !== counts[i]) return false;
      if (getPrototypeOf(watched[i]) !== parents[i]) return false;
    }
    for (let i = 0; i < owners.length; i += 1) {
      if (isGetter[i]) {
        const property = getOwnPropertyDescriptor(owners[i], keys[i]);
        if (property === undefined || property.get !== values[i]) return false;
      } else if (owners[i][keys[i]] !== values[i]) {
        return false;
      }
    }
    return true;
  };
}
