/* SPDX-License-Identifier: BSD-2-Clause */
/* Versions of Windows. See windows_version.h. */
#include "verdict/windows_version.h"

#include <string.h>

#include "base/format.h"
#include "base/little_endian.h"
#include "files/pe_resource.h"

/* The number at `*text`, which moves to what follows it. @return false if there is none, or it has
 * more than 16 bits */
static bool take_number(const char **text, uint16_t *number)
{
    uint32_t value = 0;
    const char *at = *text;
    for (; *at >= '0' && *at <= '9' && value <= UINT16_MAX; at++) {
        value = value * 10 + (uint32_t)(*at - '0');
    }
    if (at == *text || value > UINT16_MAX) {
        return false;
    }
    *text = at;
    *number = (uint16_t)value;
    return true;
}

static bool take_dot(const char **text)
{
    if (**text != '.') {
        return false;
    }
    ++*text;
    return true;
}

bool windows_version_parse(const char *text, struct windows_version *version)
{
    *version = (struct windows_version){0};
    if (!take_number(&text, &version->major) || !take_dot(&text) ||
        !take_number(&text, &version->minor) || !take_dot(&text) ||
        !take_number(&text, &version->build)) {
        return false;
    }
    return *text == '\0' ||
           (take_dot(&text) && take_number(&text, &version->revision) && *text == '\0');
}

/* Microsoft, "VS_VERSIONINFO": three words, the key in UTF-16 with its NUL, padding to a multiple
 * of 4, then VS_FIXEDFILEINFO. */
bool windows_version_of_program(const struct pe *pe, struct windows_version *version)
{
    enum {
        KEY = 6,
        FIXED = 40,
        SIGNATURE = FIXED,
        MINOR = FIXED + 8,
        MAJOR = FIXED + 10,
        REVISION = FIXED + 12,
        BUILD = FIXED + 14,
        SIZE = FIXED + 16,
    };
    static const char key[] = "VS_VERSION_INFO";
    uint8_t bytes[SIZE];
    if (!pe_read_resource(pe, PE_RESOURCE_VERSION, NULL, bytes, sizeof(bytes)) ||
        get_u32(bytes + SIGNATURE) != UINT32_C(0xFEEF04BD)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(key); i++) {
        if (get_u16(bytes + KEY + 2 * i) != (uint8_t)key[i]) {
            return false;
        }
    }
    *version = (struct windows_version){get_u16(bytes + MAJOR), get_u16(bytes + MINOR),
                                        get_u16(bytes + BUILD), get_u16(bytes + REVISION)};
    return true;
}

const char *windows_version_format(const struct windows_version *version,
                                   char text[WINDOWS_VERSION_SIZE])
{
    format_string(text, WINDOWS_VERSION_SIZE, "%u.%u.%u.%u", version->major, version->minor,
                  version->build, version->revision);
    return text;
}
