/* The worktime `pyodide`: the work function is a Python program (dcp.md 7.3), run by Pyodide.
 *
 * Pyodide starts from an image: the memory of an interpreter that has already imported numpy. An
 * image does not hold what JavaScript knows about the libraries (.so) that were loaded; a journal
 * tells in which order and where that was, and it is done once more before the memory is filled in.
 */
(mesh) => {
  'use strict';
  const Shared = mesh.beat.constructor; // The global object has it no more.
  const NativeError = Error;

  const files = { __proto__: null };
  const modules = [];
  let buffer = null;
  let createModule = null;
  let openLoader = null;
  let pyodide = null;
  let python = null; // What PROGRAM below defines.
  let PyProxy = null;
  let PythonError = null;
  let failure = 'it was not started';
  let isBroken = false;
  let image = null;
  let handler = null;

  const PROGRAM = `
import importlib.util, io, os, random, sys, tarfile
import pyodide.code
sys.dont_write_bytecode = True

def prepare(images, environment, arguments):
    for image in images:
        with tarfile.open(fileobj=io.BytesIO(image)) as archive:
            for member in archive.getmembers():
                if member.isdir():
                    os.makedirs(os.path.join("/", member.name), exist_ok=True)
                else:
                    archive.extract(member, "/", filter="fully_trusted")
    for name, value in environment:
        os.environ[name] = value
    sys.argv.extend(arguments)
    importlib.invalidate_caches()

def is_there(name):
    return name in sys.modules or importlib.util.find_spec(name) is not None

def missing(source):
    return [name for name in pyodide.code.find_imports(source) if not is_there(name)]

def begin(entropy):
    random.seed(int.from_bytes(entropy[:16], "little"))
    numbers = sys.modules.get("numpy.random")
    if numbers is not None:
        numbers.seed(list(memoryview(entropy)[16:].cast("I")))

def end():
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        os.fsync(stream.fileno())  # Tells a line that has no end.
`;

  // --- Files that the host hands over ------------------------------------------------------------
  /* Give the host a buffer, through which it hands over one piece after the other. */
  mesh.openBuffer = (size) => {
    const shared = new Shared(size);
    buffer = new Uint8Array(shared);
    return shared;
  };
  /* Add what the buffer holds to a file. */
  mesh.put = (name, offset, size, total) => {
    if (offset === 0) files[name] = new Uint8Array(total);
    files[name].set(buffer.subarray(0, size), offset);
  };
  const take = (name) => {
    const bytes = files[name];
    delete files[name];
    return bytes;
  };
  /* Compile a file and keep the code: V8 shares it with every other context of the process. */
  mesh.keepCode = (name) => { modules.push(new WebAssembly.Module(take(name))); };
  mesh.takeModule = (create) => { createModule = create; };
  mesh.takeLoader = (open) => { openLoader = open; };

  // --- The journal of the loaded libraries -------------------------------------------------------
  /* Make what the patched Pyodide calls while it links: write the journal, or follow one. */
  const linking = (followed) => {
    const journal = [];
    let bases = null;
    const link = {
      journal,
      linker: null,
      memory: (allocate) => {
        if (bases !== null) return bases.shift();
        const base = allocate();
        journal.push({ base });
        return base;
      },
      opens: (handle, tableSize) => { journal.push({ handle, tableSize }); },
      finds: (handle, symbol) => { journal.push({ handle, symbol }); },
      restore: () => {
        const { linker } = link;
        bases = followed.filter((entry) => 'base' in entry).map((entry) => entry.base);
        for (const entry of followed) {
          if ('tableSize' in entry) {
            const isSame = linker.tableSize() === entry.tableSize;
            if (!isSame || !linker.open(entry.handle)) throw new NativeError('the image does not fit');
          } else if ('symbol' in entry) {
            linker.find(entry.handle, entry.symbol);
          }
        }
        if (bases.length > 0) throw new NativeError('the image does not fit');
        bases = null;
      },
    };
    return link;
  };

  // --- Start -------------------------------------------------------------------------------------
  const isRecord = (path) => path.includes('.dist-info/');
  const write = (FS, sitePackages, library, index) => {
    for (const [path, offset, size] of index) {
      const full = `${sitePackages}/${path}`;
      FS.mkdirTree(full.slice(0, full.lastIndexOf('/')));
      FS.createDataFile(full, null, library.subarray(offset, offset + size), true, true, true);
    }
  };

  /* Let the interpreter end without telling its insides: they are no part of a job's output. */
  const silenceEnd = () => {
    const fatalError = pyodide._api.fatal_error;
    pyodide._api.fatal_error = (error) => {
      isBroken = true;
      const { console } = globalThis;
      globalThis.console = { error() {}, log() {}, warn() {} };
      try {
        return fatalError(error);
      } finally {
        globalThis.console = console;
      }
    };
  };

  const start = async ({ index, journal, lock }) => {
    const library = take('library');
    const link = linking(journal);
    const create = (settings) => {
      settings.mesh = link;
      return createModule(settings);
    };
    const readbuffer = (path) => take(path.slice(1)).buffer;
    const unused = () => { throw new NativeError('there are no files'); };
    const loadPyodide = openLoader(create, unused, unused, readbuffer);
    delete globalThis.loadPyodide;
    // An image knows no installed packages: their records come afterwards.
    const options = {
      indexURL: '/',
      lockFileContents: lock,
      packageBaseUrl: '/',
      env: { PYTHONHASHSEED: '0' },
      enableRunUntilComplete: false,
      stdin: () => undefined,
      stdout: (line) => globalThis.console.log(line),
      stderr: (line) => globalThis.console.error(line),
      fsInit: async (FS, { sitePackages }) => {
        write(FS, sitePackages, library, index.filter(([path]) => !isRecord(path)));
      },
    };
    if (journal === null) options._makeSnapshot = true;
    else options._loadSnapshot = take('image');
    pyodide = await loadPyodide(options);
    ({ PyProxy, PythonError } = pyodide.ffi);
    silenceEnd();
    if (journal === null) return link.journal;
    write(pyodide.FS, '/lib/python3.13/site-packages', library, index.filter(([path]) => isRecord(path)));
    const scope = pyodide.toPy({});
    pyodide.runPython(PROGRAM, { globals: scope });
    python = {};
    for (const name of ['prepare', 'is_there', 'missing', 'begin', 'end']) python[name] = scope.get(name);
    return link.journal;
  };

  /* Start Pyodide; its promises are kept before the host's next script. */
  mesh.startPyodide = (options) => {
    failure = 'it did not end to start';
    start(options).then(
      (journal) => {
        failure = null;
        mesh.journal = journal;
      },
      (error) => { failure = `${(error && error.stack) || error}`; },
    );
  };

  /* Import what most jobs need, and make the image; tell its journal and size. */
  mesh.makeImage = (source) => {
    if (failure !== null) throw new NativeError(failure);
    pyodide.runPython(source);
    const bytes = pyodide.makeMemorySnapshot();
    image = new Shared(bytes.length);
    new Uint8Array(image).set(bytes);
    return JSON.stringify([mesh.journal, bytes.length]);
  };
  mesh.giveImage = () => image;
  mesh.pyodideFailure = () => failure ?? '';

  // --- Slices ------------------------------------------------------------------------------------
  /* Read the vector of arguments: how many tagged ones, those, and then the program's own. */
  const parsed = (args) => {
    const [count] = args;
    const images = [];
    const environment = [];
    let at = 1;
    while (at < count) {
      if (args[at] === 'gzImage') {
        images.push(args[at + 1]);
        at += 2;
      } else if (args[at] === 'env') {
        // The client writes the tag once, before all of its variables.
        at += 1;
        while (at < count && args[at] !== 'gzImage' && args[at] !== 'env') {
          const text = `${args[at]}`;
          const end = text.indexOf('=');
          environment.push([text.slice(0, end), text.slice(end + 1)]);
          at += 1;
        }
      } else {
        throw new NativeError(`Invalid argument ${args[at]}`);
      }
    }
    return [images, environment, args.slice(count)];
  };

  const called = (work, ...values) => {
    const proxies = values.map((value) => pyodide.toPy(value));
    try {
      return work(...proxies);
    } finally {
      for (const proxy of proxies) if (proxy instanceof PyProxy) proxy.destroy();
    }
  };

  const open = (settings, args) => {
    if (failure !== null) throw new NativeError(`Python did not start: ${failure}`);
    const progress = globalThis.progress;
    pyodide.registerJsModule('dcp', {
      set_slice_handler: (given) => {
        if (handler !== null) handler.destroy();
        handler = typeof given === 'function' ? given.copy() : null;
      },
      progress: (...values) => progress(...values),
    });
    called(python.prepare, ...parsed(args));
    pyodide.runPython('import dcp');
    const names = python.missing(settings.source);
    const missing = [...names].join(', ');
    names.destroy();
    if (missing === '') return;
    throw new NativeError(
      `This Python job imports ${missing}, which is not there: `
      + 'Python jobs have numpy, cloudpickle and the standard library without lzma, sqlite3 and ssl',
    );
  };

  /* What Python raised reads as DCP's own workers tell it. */
  const readable = (error) => {
    const isEnd = isBroken;
    if (!isEnd && !(error instanceof PythonError)) return error;
    const told = new NativeError(isEnd ? `The Python interpreter has ended: ${error}` : error.message);
    told.name = 'PythonError';
    told.stack = '';
    return told;
  };

  /* End a slice; tell whether the interpreter is still there. */
  const isEnded = () => {
    try {
      python.end();
      return pyodide.ffi !== undefined;
    } catch {
      return false;
    }
  };

  const native = (result) => {
    if (!(result instanceof PyProxy)) return result;
    const value = result.toJs({ create_pyproxies: false, dict_converter: (entries) => new Map(entries) });
    result.destroy();
    return value;
  };

  const runSlice = async (source, datum) => {
    called(python.begin, globalThis.crypto.getRandomValues(new Uint8Array(32)));
    await pyodide.runPython(source);
    if (handler === null) {
      throw new NativeError(
        'ENOSLICEHANDLER: Must specify the slice handler using `dcp.set_slice_handler(fn)`',
      );
    }
    return native(await called(handler, datum));
  };

  mesh.openWork = (settings, args) => {
    open(settings, args);
    return async (datum) => {
      try {
        return await runSlice(settings.source, datum);
      } catch (error) {
        throw readable(error);
      } finally {
        if (!isBroken) isBroken = !isEnded();
      }
    };
  };

  const { isPristine } = mesh;
  /* After an end of the interpreter the next slice needs a new context. */
  mesh.isPristine = () => !isBroken && isPristine();
}
