# The host platform: the core as an ordinary Linux program.
