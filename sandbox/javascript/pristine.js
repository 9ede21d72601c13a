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
    'Function', 'Int16Array', 'Int32Array', 'Int8Array', 'JSON', 'Map', 'Number', 'Object',
    'Promise', 'RegExp', 'Set', 'String', 'Symbol', 'URL', 'Uint16Array', 'Uint32Array',
    'Uint8Array', 'Uint8ClampedArray', 'WeakMap', 'eval', 'parseFloat', 'console',
  ];
  const viewPrototype = getPrototypeOf(Uint8Array.prototype);
  const watched = [
    Array, Array.prototype, Error.prototype, Function.prototype, JSON, Map.prototype, Number, Object,
    Object.prototype, Promise.prototype, RegExp.prototype, Set.prototype, String, String.prototype,
    URL.prototype, viewPrototype, getPrototypeOf([][Symbol.iterator]()), Iterator.prototype,
  ];
  // Listing keys takes most of the time, so new keys are looked for only where they would be felt.
  const counted = [
    Array.prototype, Error.prototype, Function.prototype, Object.prototype, String.prototype,
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
      if (property.value !== property.value) return; // Number.NaN cannot change.
      owners.push(owner);
      keys.push(key);
      values.push('value' in property ? property.value : property.get);
      isGetter.push(!('value' in property));
    };
    for (const name of names) remember(globalThis, name);
    for (const owner of watched) {
      parents.push(getPrototypeOf(owner));
      for (const key of ownKeys(owner)) remember(owner, key);
    }
    for (const owner of counted) counts.push(ownKeys(owner).length);
  };

  /* Tell whether they are still so. */
  mesh.isPristine = () => {
    for (let i = 0; i < counted.length; i += 1) {
      if (ownKeys(counted[i]).length !== counts[i]) return false;
    }
    for (let i = 0; i < watched.length; i += 1) {
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
