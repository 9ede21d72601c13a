from std.base64 import b16decode, b64decode


def main() raises:
    print(b64decode("aGVsbG8="), b16decode("68656C6C6F"))
    try:
        _ = b64decode("a*k=")
    except e:
        print(e)
