# SPDX-License-Identifier: BSD-2-Clause
PLATFORMS_efi_udp := efi

# The tests run it on the host, against firmware that they play.
FLAGS_plugins/efi_udp/test_efi_udp4 := $(EFI_HEADERS)
FLAGS_plugins/efi_udp/test_pxe_udp := $(EFI_HEADERS)
