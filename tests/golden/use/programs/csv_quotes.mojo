"""CSV with quoted fields, by a machine of states; a table of what was read; sums by column."""


@fieldwise_init
struct BadRow(Copyable, Movable, Writable):
    var line: Int
    var why: String

    def write_to(self, mut writer: Some[Writer]):
        writer.write("line ", self.line, ": ", self.why)


def parse_line(line: StringSlice, number: Int) raises BadRow -> List[String]:
    var fields: List[String] = []
    var field = String()
    var quoted = False
    var closed = False
    for c in line.codepoint_slices():
        if quoted:
            if c == '"':
                quoted = False
                closed = True
            else:
                field += String(c)
        elif c == ",":
            fields.append(field)
            field = ""
            closed = False
        elif c == '"':
            if closed:
                field += '"'
            elif field:
                raise BadRow(number, "a quote within a field")
            quoted = True
        else:
            if closed:
                raise BadRow(number, "text after a closing quote")
            field += String(c)
    if quoted:
        raise BadRow(number, "a quote is never closed")
    fields.append(field)
    return fields^


comptime TEXT = """name,amount,note
"Smith, J.",12.5,"says ""hi""\"
bolt,3,
nut,0.25,plain
bad"field,1,x
"open,2,y
gear,7.75,last"""


def main() raises:
    var rows: List[List[String]] = []
    var number = 0
    for line in String(TEXT).split("\n"):
        number += 1
        try:
            rows.append(parse_line(line, number))
        except e:
            print("skipped", e)
    var total = 0.0
    for i in range(len(rows)):
        ref row = rows[i]
        print(" | ".join(row))
        if i > 0:
            total += atof(row[1])
    print(len(rows), total)
