# SPDX-License-Identifier: BSD-2-Clause
PLATFORMS_efi_initrd := efi

# The test runs it on the host, against firmware that the test plays.
FLAGS_plugins/efi_initrd/test_efi_initrd := $(EFI_HEADERS)
