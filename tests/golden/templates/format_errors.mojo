"""What format says of formats that do not fit."""


def main() raises:
    try:
        print(String("{} {}").format(1))
    except e:
        print(e)
    try:
        print(String("{} {5}").format(1))
    except e:
        print(e)
    try:
        print(String("{5}").format(1))
    except e:
        print(e)
    try:
        print(String("{").format(1))
    except e:
        print(e)
    try:
        print(String("}").format(1))
    except e:
        print(e)
    try:
        print(String("{x}").format(1))
    except e:
        print(e)
    try:
        print(String("{}").format(1, 2))
    except e:
        print(e)
    try:
        print(String("{!s}").format("q"))
    except e:
        print(e)
