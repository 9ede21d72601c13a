/* `require`, `module` and `bravojs`: CommonJS Modules/2.0 as DCP's sandbox has them, for the modules
 * that came with the program. Packages that DCP's client makes (`job.requires`) put their modules
 * into `bravojs.requireMemo` by themselves, and read and set the members of `bravojs` below.
 */
(mesh) => {
  'use strict';
  const { define } = mesh;
  const indirectEval = eval;

  const realpath = (path) => {
    const parts = [];
    for (const part of `${path}`.split('/')) {
      if (part === '' || part === '.') continue;
      if (part !== '..') parts.push(part);
      else if (parts.pop() === undefined) throw new Error(`Invalid module path: ${path}`);
    }
    return (path[0] === '/' ? '/' : '') + parts.join('/');
  };
  const dirname = (path) => {
    const end = `${path}`.lastIndexOf('/');
    return end < 0 ? '.' : path.slice(0, end);
  };
  const basename = (path) => path.slice(path.lastIndexOf('/') + 1) || path;
  const has = (object, key) => Object.hasOwn(object, key);
  const isKnown = (id) => has(bravojs.requireMemo, id) || has(bravojs.pendingModuleDeclarations, id);

  const notFound = (identifier) => {
    const error = new Error(`Cannot find module '${identifier}'`);
    error.code = 'MODULE_NOT_FOUND';
    return error;
  };

  class Module {
    constructor(id, dependencies = []) {
      this.id = id;
      this.dependencies = dependencies;
      this.deps = {};
      this.paths = bravojs.paths;
    }

    /* Everything that can be provided came with the program. */
    provide(dependencies, callback, onerror) {
      for (const dependency of bravojs.normalizeDependencyArray(dependencies, this.id)) {
        if (onerror) return onerror(notFound(dependency));
        throw notFound(dependency);
      }
      if (callback) callback();
      return undefined;
    }

    load(identifier, callback, onerror) { return this.provide([identifier], callback, onerror); }

    eventually(callback) { callback(); }
  }

  const bravojs = {
    url: '/bravojs/bravo.js',
    mainModuleDir: '.',
    global: globalThis,
    paths: [],
    requireMemo: {},
    pendingModuleDeclarations: {},
    Module,
    realpath,
    dirname,
    basename,

    findModule(identifier) {
      if (identifier[0] === '.') return null;
      for (const path of bravojs.paths) {
        if (isKnown(`${path}/${identifier}`)) return `${path}/${identifier}`;
      }
      return null;
    },

    makeModuleId(directory, identifier) {
      if (typeof identifier !== 'string') {
        throw new Error(`Invalid module identifier: ${identifier}`);
      }
      if (identifier === '') return '';
      if (identifier[0] === '/') return realpath(identifier);
      if (identifier.startsWith('./') || identifier.startsWith('../')) {
        return realpath(`${directory}/${identifier}`);
      }
      const hook = bravojs.globalResolveHook;
      const id = bravojs.findModule(identifier)
        ?? (typeof hook === 'function' ? hook(identifier) : null)
        ?? `${bravojs.mainModuleDir}/${identifier}`;
      return realpath(id);
    },

    /* List the ids of dependencies that are not there. */
    normalizeDependencyArray(dependencies, relativeTo) {
      const directory = relativeTo ? dirname(relativeTo) : bravojs.mainModuleDir;
      return dependencies
        .flatMap((entry) => (typeof entry === 'object' ? Object.values(entry) : [entry]))
        .map((identifier) => bravojs.makeModuleId(directory, identifier))
        .filter((id) => !isKnown(id));
    },

    memoize(id, dependencies, moduleFactory) {
      bravojs.pendingModuleDeclarations[id] = { moduleFactory, dependencies };
    },

    provideModule(dependencies, moduleFactory, id, callback) {
      if (moduleFactory) bravojs.memoize(id, dependencies, moduleFactory);
      globalThis.module.provide(dependencies ?? [], callback);
    },

    initializeModule(id) {
      const { moduleFactory, dependencies } = bravojs.pendingModuleDeclarations[id];
      delete bravojs.pendingModuleDeclarations[id];
      const module = new Module(id, dependencies);
      Object.defineProperty(module, 'exports', {
        configurable: true,
        enumerable: true,
        get: () => bravojs.requireMemo[id],
        set: (value) => { bravojs.requireMemo[id] = value; },
      });
      module.exports = {};
      const require = bravojs.requireFactory(dirname(id), dependencies);
      if (typeof moduleFactory === 'function') moduleFactory(require, module.exports, module);
      else module.exports = moduleFactory;
    },

    requireModule(directory, identifier) {
      const id = bravojs.makeModuleId(directory, identifier);
      if (!has(bravojs.requireMemo, id) && has(bravojs.pendingModuleDeclarations, id)) {
        bravojs.initializeModule(id);
      }
      if (!has(bravojs.requireMemo, id)) throw notFound(identifier);
      return bravojs.requireMemo[id];
    },

    requireFactory(directory, dependencies = []) {
      const labels = {};
      for (const entry of dependencies) {
        if (typeof entry === 'object') Object.assign(labels, entry);
      }
      const require = (identifier) => bravojs.requireModule(
        directory,
        has(labels, identifier) ? labels[identifier] : identifier,
      );
      require.paths = bravojs.paths;
      require.id = (identifier) => bravojs.makeModuleId(directory, identifier);
      require.isMemoized = isKnown;
      require.memoize = (id, deps, moduleFactory) => {
        if (!isKnown(id)) bravojs.memoize(id, deps, moduleFactory);
      };
      require.resolve = (identifier) => {
        const id = require.id(identifier);
        if (!isKnown(id)) throw notFound(identifier);
        return id;
      };
      return require;
    },
  };
  define('bravojs', bravojs);
  define('require', bravojs.requireFactory(bravojs.mainModuleDir));
  define('module', new Module(''));

  /* Declare the program's modules and load what it depends on. */
  mesh.openModules = (settings) => {
    bravojs.paths.push(...settings.requirePath, ...settings.modulePath);
    for (const [name, source] of settings.modules) {
      const id = realpath(name.replace(/\.js$/, ''));
      globalThis.module.declare = (dependencies, moduleFactory) => {
        if (moduleFactory === undefined) bravojs.memoize(id, [], dependencies);
        else bravojs.memoize(id, dependencies, moduleFactory);
      };
      indirectEval(`${source}\n//# sourceURL=${id}`);
      delete globalThis.module.declare;
    }
    for (const dependency of settings.dependencies) globalThis.require.resolve(dependency);
  };
}
