"""JavaScript output; at present the loader, with plain JavaScript to follow."""
