# SPDX-License-Identifier: BSD-2-Clause
PLATFORMS_int13 := bios

# It answers the boot manager.
bios_RESIDENT += plugins/int13/int13_call
