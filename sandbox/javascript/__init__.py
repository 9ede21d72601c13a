"""JavaScript slices: the work functions of DCP jobs, run in a V8 isolate of a jailed child."""
