def main():
    print("Hello, mesh!")
