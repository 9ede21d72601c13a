"""`python -m meshnode` is the command `meshnode`."""

from meshnode.node.cli import main

if __name__ == "__main__":
    main()
