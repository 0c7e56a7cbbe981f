"""The state of the store and the actions that change it: no I/O, no threads, no wall clock."""
