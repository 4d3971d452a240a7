# SPDX-License-Identifier: BSD-2-Clause
PLATFORMS_efi_mtftp := efi

# The test runs it on the host, against firmware that the test plays.
FLAGS_plugins/efi_mtftp/test_efi_mtftp := $(EFI_HEADERS)
