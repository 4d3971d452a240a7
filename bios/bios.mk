# The bios platform.
