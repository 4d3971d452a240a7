/* SPDX-License-Identifier: BSD-2-Clause */
/* GUIDs as text, and the aliases that bcdedit has for some. */
#include "bcd/bcd.h"

#include <string.h>

static const struct {
    const char *alias;
    uint32_t type; /* of the object */
    uint8_t guid[GUID_SIZE];
} aliases[] = {
    /* The first alias of a GUID is the one that is shown. */
    /* 9dea862c-5cdd-4e70-acc1-f32b344d4795 */
    {"{bootmgr}",
     BCD_BOOTMGR,
     {0x2C, 0x86, 0xEA, 0x9D, 0xDD, 0x5C, 0x70, 0x4E, 0xAC, 0xC1, 0xF3, 0x2B, 0x34, 0x4D, 0x47,
      0x95}},
    /* a5a30fa2-3d06-4e9f-b5f4-a01df9d1fcba */
    {"{fwbootmgr}",
     0x10100001,
     {0xA2, 0x0F, 0xA3, 0xA5, 0x06, 0x3D, 0x9F, 0x4E, 0xB5, 0xF4, 0xA0, 0x1D, 0xF9, 0xD1, 0xFC,
      0xBA}},
    /* b2721d73-1db4-4c62-bf78-c548a880142d */
    {"{memdiag}",
     0x10200005,
     {0x73, 0x1D, 0x72, 0xB2, 0xB4, 0x1D, 0x62, 0x4C, 0xBF, 0x78, 0xC5, 0x48, 0xA8, 0x80, 0x14,
      0x2D}},
    /* 466f5a88-0af2-4f76-9038-095b170dc21c */
    {"{ntldr}",
     0x10300006,
     {0x88, 0x5A, 0x6F, 0x46, 0xF2, 0x0A, 0x76, 0x4F, 0x90, 0x38, 0x09, 0x5B, 0x17, 0x0D, 0xC2,
      0x1C}},
    /* 466f5a88-0af2-4f76-9038-095b170dc21c */
    {"{legacy}",
     0x10300006,
     {0x88, 0x5A, 0x6F, 0x46, 0xF2, 0x0A, 0x76, 0x4F, 0x90, 0x38, 0x09, 0x5B, 0x17, 0x0D, 0xC2,
      0x1C}},
    /* ae5534e0-a924-466c-b836-758539a3ee3a */
    {"{ramdiskoptions}",
     BCD_DEVICE_OPTIONS,
     {0xE0, 0x34, 0x55, 0xAE, 0x24, 0xA9, 0x6C, 0x46, 0xB8, 0x36, 0x75, 0x85, 0x39, 0xA3, 0xEE,
      0x3A}},
    /* 7ea2e1ac-2e61-4728-aaa3-896d9d0a9f0e */
    {"{globalsettings}",
     0x20100000,
     {0xAC, 0xE1, 0xA2, 0x7E, 0x61, 0x2E, 0x28, 0x47, 0xAA, 0xA3, 0x89, 0x6D, 0x9D, 0x0A, 0x9F,
      0x0E}},
    /* 6efb52bf-1766-41db-a6b3-0ee5eff72bd7 */
    {"{bootloadersettings}",
     0x20200003,
     {0xBF, 0x52, 0xFB, 0x6E, 0x66, 0x17, 0xDB, 0x41, 0xA6, 0xB3, 0x0E, 0xE5, 0xEF, 0xF7, 0x2B,
      0xD7}},
    /* 1afa9c49-16ab-4a5c-901b-212802da9460 */
    {"{resumeloadersettings}",
     0x20200004,
     {0x49, 0x9C, 0xFA, 0x1A, 0xAB, 0x16, 0x5C, 0x4A, 0x90, 0x1B, 0x21, 0x28, 0x02, 0xDA, 0x94,
      0x60}},
    /* 0ce4991b-e6b3-4b16-b23c-5e0d9250e5d9 */
    {"{emssettings}",
     0x20100000,
     {0x1B, 0x99, 0xE4, 0x0C, 0xB3, 0xE6, 0x16, 0x4B, 0xB2, 0x3C, 0x5E, 0x0D, 0x92, 0x50, 0xE5,
      0xD9}},
    /* 4636856e-540f-4170-a130-a84776f4c654 */
    {"{dbgsettings}",
     0x20100000,
     {0x6E, 0x85, 0x36, 0x46, 0x0F, 0x54, 0x70, 0x41, 0xA1, 0x30, 0xA8, 0x47, 0x76, 0xF4, 0xC6,
      0x54}},
    /* 4636856e-540f-4170-a130-a84776f4c654 */
    {"{eventsettings}",
     0x20100000,
     {0x6E, 0x85, 0x36, 0x46, 0x0F, 0x54, 0x70, 0x41, 0xA1, 0x30, 0xA8, 0x47, 0x76, 0xF4, 0xC6,
      0x54}},
    /* 5189b25c-5558-4bf2-bca4-289b11bd29e2 */
    {"{badmemory}",
     0x20100000,
     {0x5C, 0xB2, 0x89, 0x51, 0x58, 0x55, 0xF2, 0x4B, 0xBC, 0xA4, 0x28, 0x9B, 0x11, 0xBD, 0x29,
      0xE2}},
    /* 7ff607e0-4395-11db-b0de-0800200c9a66 */
    {"{hypervisorsettings}",
     0x20200003,
     {0xE0, 0x07, 0xF6, 0x7F, 0x95, 0x43, 0xDB, 0x11, 0xB0, 0xDE, 0x08, 0x00, 0x20, 0x0C, 0x9A,
      0x66}},
    /* 313e8eed-7098-4586-a9bf-309c61f8d449 */
    {"{kerneldbgsettings}",
     0x20100000,
     {0xED, 0x8E, 0x3E, 0x31, 0x98, 0x70, 0x86, 0x45, 0xA9, 0xBF, 0x30, 0x9C, 0x61, 0xF8, 0xD4,
      0x49}},
};

/* Where the digits of each byte are in the text: the first three fields are little-endian. */
static const uint8_t digit_position[GUID_SIZE] = {7,  5,  3,  1,  12, 10, 17, 15,
                                                  20, 22, 25, 27, 29, 31, 33, 35};

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + 10;
    }
    if (digit >= 'A' && digit <= 'F') {
        return digit - 'A' + 10;
    }
    return -1;
}

bool guid_parse(const char *text, size_t length, uint8_t guid[GUID_SIZE])
{
    if (length == GUID_TEXT_SIZE - 1 && text[0] == '{' && text[length - 1] == '}') {
        text++;
    } else if (length != GUID_TEXT_SIZE - 3) {
        return false;
    }
    /* Positions count from the opening brace. */
    for (int i = 0; i < GUID_SIZE; i++) {
        int high = digit_value(text[digit_position[i] - 1]);
        int low = digit_value(text[digit_position[i]]);
        if (high < 0 || low < 0) {
            return false;
        }
        guid[i] = (uint8_t)(high << 4 | low);
    }
    return text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-';
}

void guid_format(const uint8_t guid[GUID_SIZE], char text[GUID_TEXT_SIZE])
{
    memcpy(text, "{00000000-0000-0000-0000-000000000000}", GUID_TEXT_SIZE);
    for (int i = 0; i < GUID_SIZE; i++) {
        text[digit_position[i]] = "0123456789abcdef"[guid[i] >> 4];
        text[digit_position[i] + 1] = "0123456789abcdef"[guid[i] & 15];
    }
}

/* Where an alias is in the table; -1 if it is none. */
static int find_alias(const char *alias, size_t length)
{
    for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
        if (strlen(aliases[i].alias) == length && memcmp(aliases[i].alias, alias, length) == 0) {
            return (int)i;
        }
    }
    return -1;
}

bool bcd_alias_guid(const char *alias, size_t length, uint8_t guid[GUID_SIZE])
{
    int index = find_alias(alias, length);
    if (index >= 0) {
        memcpy(guid, aliases[index].guid, GUID_SIZE);
    }
    return index >= 0;
}

uint32_t bcd_alias_type(const char *alias)
{
    int index = find_alias(alias, strlen(alias));
    return index >= 0 ? aliases[index].type : 0;
}

const char *bcd_guid_alias(const uint8_t guid[GUID_SIZE])
{
    for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
        if (memcmp(aliases[i].guid, guid, GUID_SIZE) == 0) {
            return aliases[i].alias;
        }
    }
    return NULL;
}
