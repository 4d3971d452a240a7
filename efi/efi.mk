# The efi platform.
