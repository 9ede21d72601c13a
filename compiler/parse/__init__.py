"""Text to tree: tokens with their layout, LALR tables, and the tree they build. What names mean is not known here."""
