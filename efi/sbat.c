/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The .sbat section: which component and generation this is, for a signed loader's revocation
 * (SBAT, https://github.com/rhboot/shim/blob/main/SBAT.md). Plain CSV without a NUL at its end.
 * The component is not iPXE's "wimboot": a revocation of theirs must not be one of ours.
 */
#define SBAT                                                                                       \
    "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n"                \
    "wimboot-lua,1,wimboot,wimboot-lua," WIMBOOT_VERSION "," WIMBOOT_HOMEPAGE "\n"

__attribute__((used, section(".sbat"))) static const char sbat[sizeof(SBAT) - 1] = SBAT;
