# SPDX-License-Identifier: BSD-2-Clause
PLATFORMS_efi_http := efi

# The test runs it on the host, against firmware that the test plays.
FLAGS_plugins/efi_http/test_efi_http := $(EFI_HEADERS)
