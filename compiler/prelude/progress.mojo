"""What a DCP work function says while it works; a chunk's progress is known without it."""


def progress():
    pass


def progress(fraction: Float64):
    pass
