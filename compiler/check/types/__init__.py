"""Types: as they are written, struct instances, parameters, traits, and those that the checker itself understands."""
