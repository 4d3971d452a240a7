# SPDX-License-Identifier: BSD-2-Clause
PLATFORMS_blockio := efi

# The test runs it on the host, against firmware that the test plays.
FLAGS_plugins/blockio/test_blockio := $(EFI_HEADERS)
