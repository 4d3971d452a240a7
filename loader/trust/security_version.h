/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Windows' boot manager refuses itself if dbx asks for a higher security version than its own
 * (Microsoft, KB5042562 "Guidance for blocking rollback of Virtualization-based Security related
 * security updates", and the resource that tools display).
 */
#ifndef LOADER_TRUST_SECURITY_VERSION_H
#define LOADER_TRUST_SECURITY_VERSION_H

#include "files/pe.h"
#include "trust/signature_list.h"

struct security_version {
    uint16_t major, minor;
};

/** The version in a boot manager's resources; false if it has none that can be read. */
bool security_version_of_program(const struct pe *pe, struct security_version *version);

/** Whether a signature of dbx asks for a version of the boot manager; which. */
bool security_version_of_signature(const struct signature *signature,
                                   struct security_version *version);

bool security_version_is_less(struct security_version left, struct security_version right);

#endif
