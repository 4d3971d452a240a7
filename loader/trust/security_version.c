/* SPDX-License-Identifier: BSD-2-Clause */
/* Security versions. See security_version.h. */
#include "trust/security_version.h"

#include <string.h>

#include "base/little_endian.h"
#include "files/pe_resource.h"

enum {
    GUID_SIZE = 16,
    /* An entry of dbx that asks for a version is in place of a hash. */
    ASKED_FORMAT = 1, /* its first byte */
    ASKED_APPLICATION = 1,
    ASKED_MINOR = 17,
    ASKED_MAJOR = 19,
    ASKED_ZEROS = 21,
    ASKED_SIZE = 32,
};

/* 9d132b6c-59d5-4388-ab1c-185c3cb2eb92 owns these entries; …6b61… is the boot manager. */
static const uint8_t owner_guid[GUID_SIZE] = {0x6C, 0x2B, 0x13, 0x9D, 0xD5, 0x59, 0x88, 0x43,
                                              0xAB, 0x1C, 0x18, 0x5C, 0x3C, 0xB2, 0xEB, 0x92};
static const uint8_t boot_manager_guid[GUID_SIZE] = {
    0x61, 0x2B, 0x13, 0x9D, 0xD5, 0x59, 0x88, 0x43, 0xAB, 0x1C, 0x18, 0x5C, 0x3C, 0xB2, 0xEB, 0x92};

bool security_version_of_signature(const struct signature *signature,
                                   struct security_version *version)
{
    static const uint8_t zeros[ASKED_SIZE - ASKED_ZEROS];
    const uint8_t *data = signature->data.bytes;
    if (signature->kind != SIGNATURE_SHA256 || signature->data.size != ASKED_SIZE ||
        memcmp(signature->owner, owner_guid, GUID_SIZE) != 0 || data[0] != ASKED_FORMAT ||
        memcmp(data + ASKED_APPLICATION, boot_manager_guid, GUID_SIZE) != 0 ||
        memcmp(data + ASKED_ZEROS, zeros, sizeof(zeros)) != 0) {
        return false;
    }
    version->minor = get_u16(data + ASKED_MINOR);
    version->major = get_u16(data + ASKED_MAJOR);
    return true;
}

bool security_version_is_less(struct security_version left, struct security_version right)
{
    return left.major != right.major ? left.major < right.major : left.minor < right.minor;
}

bool security_version_of_program(const struct pe *pe, struct security_version *version)
{
    uint8_t bytes[4];
    if (!pe_read_resource(pe, PE_RESOURCE_RAW_DATA, "BOOTMGRSECURITYVERSIONNUMBER", bytes,
                          sizeof(bytes))) {
        return false;
    }
    version->minor = get_u16(bytes);
    version->major = get_u16(bytes + 2);
    return true;
}
