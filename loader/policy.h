/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an unsigned script may not decide under Secure Boot (docs/security.md). The only place where
 * this is enforced, on the outcome and not on the way to it.
 */
#ifndef LOADER_POLICY_H
#define LOADER_POLICY_H

#include "base/error.h"
#include "boot.h"

/**
 * Check what the scripts decided. Stores that they made are replaced by what was checked.
 *
 * @param boot  with a complete tree
 * @param given the files as they were before any script ran
 * @return 0; -1 with the reason if Secure Boot is on, a script that nobody signed ran, and a boot
 *         configuration on the disk has settings that need a signed one
 */
int policy_check(const struct boot *boot, const struct file_list *given, struct error *error);

#endif
