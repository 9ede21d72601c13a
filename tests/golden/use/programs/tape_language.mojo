"""A small tape language: brackets matched ahead, match on text, an Array, an error caught."""
from std.collections import List
comptime PROGRAM = "++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+.>++."

def jumps(code: String) raises -> List[Int]:
    var table = List[Int](length=code.byte_length(), fill=0)
    var stack: List[Int] = []
    var i = 0
    for c in code.codepoint_slices():
        if c == "[":
            stack.append(i)
        elif c == "]":
            if not stack:
                raise Error("unbalanced ]")
            var j = stack.pop()
            table[i], table[j] = j, i
        i += 1
    if stack:
        raise "unbalanced ["
    return table^

def run(code: String) raises -> String:
    var table = jumps(code)
    var bytes = code.as_bytes()
    var tape = Array[UInt8, 300](fill=0)
    var p = 0
    var pc = 0
    var out = String()
    var steps = 0
    while pc < len(bytes):
        steps += 1
        match chr(Int(bytes[pc])):
            case ">":
                p += 1
            case "<":
                p -= 1
            case "+":
                tape[p] += 1
            case "-":
                tape[p] -= 1
            case ".":
                out += chr(Int(tape[p]))
            case "[":
                if tape[p] == 0:
                    pc = table[pc]
            case "]":
                if tape[p] != 0:
                    pc = table[pc]
            case _:
                pass
        pc += 1
    print("steps", steps)
    return out^

def main():
    try:
        print(run(PROGRAM), end="")
        print(run("[[+]"))
    except e:
        print(e)
    finally:
        print("done")
