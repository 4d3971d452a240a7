# SPDX-License-Identifier: BSD-2-Clause
PLATFORMS_ipxe_download := efi

# The test runs it on the host, against firmware that the test plays.
FLAGS_plugins/ipxe_download/test_ipxe_download := $(EFI_HEADERS)
