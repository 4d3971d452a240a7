# SPDX-License-Identifier: BSD-2-Clause
PLATFORMS_cpio := bios
