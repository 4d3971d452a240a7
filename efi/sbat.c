/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The .sbat section: which component and generation this is, for a signed loader's revocation
 * (SBAT, https://github.com/rhboot/shim/blob/main/SBAT.md). Plain CSV without a NUL at its end.
 */
#define SBAT                                                                                       \
    "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n"                \
    "wimboot,1,wimboot,wimboot," WIMBOOT_VERSION ",https://example.org/wimboot\n"

__attribute__((used, section(".sbat"))) static const char sbat[sizeof(SBAT) - 1] = SBAT;
