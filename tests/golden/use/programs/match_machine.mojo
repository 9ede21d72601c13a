"""A stack machine: instructions as tuples, dispatch by match, errors with the place of the instruction."""


comptime Instruction = Tuple[String, Int]


def step(mut stack: List[Int], instruction: Instruction, mut pc: Int) raises -> Bool:
    var operand = instruction[1]
    match instruction[0]:
        case "push":
            stack.append(operand)
        case "add":
            var b = stack.pop()
            stack[len(stack) - 1] += b
        case "sub":
            var b = stack.pop()
            stack[len(stack) - 1] -= b
        case "mul":
            var b = stack.pop()
            stack[len(stack) - 1] *= b
        case "dup":
            stack.append(stack[len(stack) - 1 - operand])
        case "swap":
            var n = len(stack)
            stack.swap_elements(n - 1, n - 2)
        case "jump":
            pc = operand
        case "branch":
            if stack.pop() > 0:
                pc = operand
        case "print":
            print("out:", stack.pop())
        case "halt":
            return False
        case _:
            raise Error(String(t"unknown instruction '{instruction[0]}'"))
    return True


def run(program: List[Instruction]) raises -> Int:
    var stack: List[Int] = []
    var pc = 0
    var steps = 0
    while pc < len(program):
        var here = pc
        pc += 1
        steps += 1
        try:
            if not step(stack, program[here], pc):
                break
        except e:
            raise Error(String(t"at {here}: {e}"))
    return steps


def main():
    var factorial: List[Instruction] = [
        (String("push"), 10), (String("push"), 1),
        (String("dup"), 1), (String("mul"), 0),
        (String("swap"), 0), (String("push"), 1), (String("sub"), 0), (String("swap"), 0),
        (String("dup"), 1), (String("branch"), 2),
        (String("print"), 0), (String("halt"), 0),
    ]
    try:
        print(run(factorial))
        _ = run([(String("push"), 1), (String("fly"), 0)])
    except e:
        print("error", e)
