"""The command line. Heavy imports stay inside the commands, so that `tracker --help` is quick."""
