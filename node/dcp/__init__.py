"""The DCP gateway: serves DCP's clients and workers from the mesh, and ships loops to DCP."""
