/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line. See command_line.h. */
#include "efi/command_line.h"

#include <stdbool.h>
#include <string.h>

#include "base/little_endian.h"
#include "base/path.h"
#include "base/unicode.h"

enum {
    NAME_SIZE = 256,
    LINE_SIZE = 4096, /* as in BIOS; longer lines are cut */
};

/* Units of the text up to its NUL; 0 if it is not text. */
static size_t text_length(const uint8_t *options, size_t size)
{
    for (size_t i = 0; i < size / 2; i++) {
        unsigned unit = get_u16(options + 2 * i);
        if (unit == 0) {
            return i;
        }
        if (unit < ' ' && unit != '\t') {
            return 0;
        }
    }
    return size / 2;
}

/* The name that we were loaded by; "" if the firmware does not say. */
static void image_name(const EFI_LOADED_IMAGE_PROTOCOL *image, char name[NAME_SIZE])
{
    name[0] = '\0';
    const EFI_DEVICE_PATH *node = efi_sound_path(image->FilePath);
    for (; node != NULL; node = efi_next_node(node)) {
        if (DevicePathType(node) == MEDIA_DEVICE_PATH && node->SubType == MEDIA_FILEPATH_DP) {
            size_t size = DevicePathNodeLength(node) - sizeof(*node);
            const uint8_t *units = (const uint8_t *)(node + 1);
            utf8_from_utf16(units, text_length(units, size), name, NAME_SIZE);
        }
    }
    const char *last = path_last_component(name);
    memmove(name, last, strlen(last) + 1);
}

static bool is_program_name(const EFI_LOADED_IMAGE_PROTOCOL *image, const char *word)
{
    const char *base = path_last_component(word);
    char name[NAME_SIZE];
    image_name(image, name);
    return utf8_equal(base, name) || utf8_match("*.efi", base) || utf8_match("wimboot*", base);
}

/* The line without its first word and the spaces after it, if that word is our name. */
static char *skip_program_name(const EFI_LOADED_IMAGE_PROTOCOL *image, char *line)
{
    bool quoted = *line == '"';
    char *word = line + quoted;
    char *end = word;
    while (*end != '\0' && (quoted ? *end != '"' : *end != ' ' && *end != '\t')) {
        end++;
    }
    char saved = *end;
    *end = '\0';
    bool ours = strchr(word, '=') == NULL && is_program_name(image, word);
    *end = saved;
    if (!ours) {
        return line;
    }
    end += quoted && saved == '"';
    return end + strspn(end, " \t");
}

const char *efi_command_line(const EFI_LOADED_IMAGE_PROTOCOL *image)
{
    static char line[LINE_SIZE];
    if (image == NULL || image->LoadOptions == NULL) {
        return "";
    }
    size_t size = image->LoadOptionsSize < 2 * LINE_SIZE ? image->LoadOptionsSize : 2 * LINE_SIZE;
    size_t units = text_length(image->LoadOptions, size);
    utf8_from_utf16(image->LoadOptions, units, line, sizeof(line));
    return skip_program_name(image, line);
}
