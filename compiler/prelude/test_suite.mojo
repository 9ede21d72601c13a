"""std.testing's suites: the tests of a module, run one after the other, and a report on them."""


struct _Test(Copyable):
    var name: String
    var run: def() thin raises

    def __init__(out self, name: String, run: def() thin raises):
        self.name = name
        self.run = run


def _no_tests() -> List[_Test]:
    return List[_Test]()


def _add_test(mut tests: List[_Test], name: String, run: def() thin raises):
    """Called for each test that a suite discovers."""
    tests.append(_Test(name, run))


struct TestSuite(Movable):
    """Tests by name, and which of them not to run."""

    var _tests: List[_Test]
    var _skipped: List[String]
    var _only: Optional[List[String]]
    var _arguments: List[String]

    def __init__(out self):
        self._tests = List[_Test]()
        self._skipped = List[String]()
        self._only = None
        self._arguments = argv()

    def __init__(out self, *, var cli_args: List[String]):
        self._tests = List[_Test]()
        self._skipped = List[String]()
        self._only = None
        self._arguments = cli_args^

    @staticmethod
    def discover_tests(var tests: List[_Test]) raises -> Self:
        var suite = Self()
        suite._tests = tests^
        return suite^

    @staticmethod
    def discover_tests(var tests: List[_Test], *, var cli_args: List[String]) raises -> Self:
        var suite = Self(cli_args=cli_args^)
        suite._tests = tests^
        return suite^

    def test[f: def() thin raises](mut self):
        """Add a test."""
        _add_test(self._tests, __function_name[f](), f)

    def skip[f: def() thin raises](mut self):
        """Do not run a test that is or will be added."""
        self._skipped.append(__function_name[f]())

    def _has(self, name: String) -> Bool:
        for i in range(len(self._tests)):
            if self._tests[i].name == name:
                return True
        return False

    def _check_skipped(self) raises:
        for i in range(len(self._skipped)):
            if not self._has(self._skipped[i]):
                raise Error("trying to skip a test that is not registered in the suite: " + self._skipped[i])

    def _read_arguments(mut self) raises:
        """What the program's arguments choose: `--only` or `--skip` with names, or `--skip-all`."""
        var count = len(self._arguments)
        if count <= 1:
            return
        var option = self._arguments[1]
        if option == "--skip-all":
            if count > 2:
                raise Error("'--skip-all' does not take any arguments")
            self._only = List[String]()
            return
        if option != "--only" and option != "--skip":
            raise Error("invalid argument: " + option + " (expected '--only' or '--skip')")
        if count == 2:
            raise Error("expected test name(s) after '--only' or '--skip'")
        var names = List[String]()
        for i in range(2, count):
            if not self._has(self._arguments[i]):
                var what = "allowed" if option == "--only" else "skipped"
                raise Error("explicitly " + what + " test not found in suite: " + self._arguments[i])
            names.append(self._arguments[i])
        if option == "--only":
            self._only = names^
        else:
            self._skipped.extend(names^)

    def _skips(self, name: String) -> Bool:
        if name in self._skipped:
            return True
        return Bool(self._only) and not (name in self._only.value())

    def run(var self, *, quiet: Bool = False, skip_all: Bool = False) raises:
        """Run the tests and print the report; raises it if one of them failed."""
        self._check_skipped()
        self._read_arguments()
        if skip_all:
            self._only = List[String]()
        var lines = String()
        var failed = 0
        var skipped = 0
        var total = 0
        for i in range(len(self._tests)):
            if self._skips(self._tests[i].name):
                skipped += 1
                _write_result(lines, "SKIP", 0, self._tests[i].name)
                continue
            var problem = Optional[String]()
            var start = __intrinsic_host_time()
            try:
                self._tests[i].run()
            except error:
                problem = String(error)
            var duration = __intrinsic_host_time() - start
            total += duration
            if problem:
                failed += 1
                _write_result(lines, "FAIL", duration, self._tests[i].name)
                lines += "      "
                lines += problem.value().replace("\n", "\n      ")
                lines += "\n"
            else:
                _write_result(lines, "PASS", duration, self._tests[i].name)
        var report = self._report(lines, failed, skipped, total)
        if failed > 0:
            raise Error(report)
        if not quiet:
            print(report)

    def _report(self, lines: String, failed: Int, skipped: Int, total: Int) -> String:
        var count = len(self._tests)
        var file = __program_file()
        var text = String("\nRunning ", count, " tests for ", file, " \n", lines, "--------\nSummary [ ")
        text.write(_milliseconds(total), " ] ", count, " tests run: ", count - failed - skipped)
        text.write(" passed , ", failed, " failed , ", skipped, " skipped \n")
        if failed > 0:
            text.write("Test suite' ", file, " 'failed! \n")
        return text^

    def abandon(var self):
        """End a suite that shall not run."""
        pass


def _write_result(mut lines: String, result: String, duration: Int, name: String):
    lines.write("    ", result, " [ ", _milliseconds(duration), " ] ", name, "\n")


def _milliseconds(nanoseconds: Int) -> String:
    """With three digits after the point; at least 0.001."""
    var microseconds = max(nanoseconds // 1000, 1)
    var fraction = String(microseconds % 1000)
    return String(microseconds // 1000, ".", "0" * (3 - fraction.byte_length()), fraction)
