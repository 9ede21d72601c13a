"""Jobs as DCP writes them: a function for each input, `compute.run(inputs, function, arguments).exec()`."""


def _not_told():
    pass


struct Job[T: Copyable, A: Copyable, R: Copyable, F: AnyType, arity: Int](Movable):
    """A function that waits to be called with each input; the mesh shares the calls."""

    var inputs: List[Self.T]
    var function: Self.F
    var arguments: List[Self.A]
    var accepted: def() thin -> None
    var completed: def() thin -> None

    def __init__(
        out self, var inputs: List[Self.T], function: Self.F, var arguments: List[Self.A]
    ):
        self.inputs = inputs^
        self.function = function
        self.arguments = arguments^
        self.accepted = _not_told
        self.completed = _not_told

    def on(mut self, event: String, callback: def() thin -> None):
        if event == "accepted":
            self.accepted = callback
        if event == "complete":
            self.completed = callback

    def on[C: AnyType](mut self, event: String, callback: C):
        """What is told of errors and results one by one is not told here: an error ends the program."""
        pass

    def exec(self) -> List[Self.R]:
        self.accepted()
        var results = _results(self)
        self.completed()
        return results^


def _results[
    T: Copyable, A: Copyable, R: Copyable, F: AnyType, arity: Int
](job: Job[T, A, R, F, arity]) -> List[R]:
    var results = List[R]()
    for index in range(len(job.inputs)):
        comptime if arity == 0:
            results.append(job.function(job.inputs[index]))
        elif arity == 1:
            results.append(job.function(job.inputs[index], job.arguments[0]))
        elif arity == 2:
            results.append(job.function(job.inputs[index], job.arguments[0], job.arguments[1]))
        else:
            results.append(
                job.function(
                    job.inputs[index], job.arguments[0], job.arguments[1], job.arguments[2]
                )
            )
    return results^


struct compute:
    """Where jobs come from."""

    @staticmethod
    def run[
        T: Copyable, R: Copyable, F: def(T) -> R, //
    ](inputs: List[T], function: F) -> Job[T, Int, R, F, 0]:
        return Job[T, Int, R, F, 0](inputs.copy(), function, List[Int]())

    @staticmethod
    def run[
        T: Copyable, A: Copyable, R: Copyable, F: def(T, A) -> R, //
    ](inputs: List[T], function: F, arguments: List[A]) -> Job[T, A, R, F, 1]:
        return Job[T, A, R, F, 1](inputs.copy(), function, arguments.copy())

    @staticmethod
    def run[
        T: Copyable, A: Copyable, R: Copyable, F: def(T, A, A) -> R, //
    ](inputs: List[T], function: F, arguments: List[A]) -> Job[T, A, R, F, 2]:
        return Job[T, A, R, F, 2](inputs.copy(), function, arguments.copy())

    @staticmethod
    def run[
        T: Copyable, A: Copyable, R: Copyable, F: def(T, A, A, A) -> R, //
    ](inputs: List[T], function: F, arguments: List[A]) -> Job[T, A, R, F, 3]:
        return Job[T, A, R, F, 3](inputs.copy(), function, arguments.copy())
