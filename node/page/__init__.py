"""The prototype's page: Mojo in, its JavaScript and `explain` beside it, and its chunks watched as peers take them."""
