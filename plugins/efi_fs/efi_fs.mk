# SPDX-License-Identifier: BSD-2-Clause
PLATFORMS_efi_fs := efi

# The test runs it on the host, against firmware that the test plays.
FLAGS_plugins/efi_fs/test_efi_fs := $(EFI_HEADERS)
FLAGS_plugins/efi_fs/test_efi_volumes := $(EFI_HEADERS)
FLAGS_plugins/efi_fs/test_file_transport := $(EFI_HEADERS)
