# So that pytest finds the package, from wherever it is started.
