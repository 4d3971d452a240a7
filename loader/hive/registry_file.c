/* SPDX-License-Identifier: BSD-2-Clause */
/* .reg files. See registry_file.h. */
#include "hive/registry_file.h"

#include <string.h>

#include "base/ascii.h"
#include "base/little_endian.h"
#include "base/path.h"
#include "base/unicode.h"
#include "base/work.h"
#include "hive/hive.h"
#include "hive/registry_text.h"

enum { PATH_MAX_BYTES = 4096 };

struct reading {
    struct registry *registry; /* NULL: the file is only checked */
    const char *mount;
    struct registry_import *done;
    struct error *error;
    const char *at, *end;
    unsigned line;
    bool is_ansi;              /* REGEDIT4 */
    bool is_here;              /* the section is for this hive */
    uint32_t key;              /* of the section; REGISTRY_NONE: removed, or not made yet */
    char path[PATH_MAX_BYTES]; /* of the section, in the hive */
    char *name;                /* of a value; room for the whole text */
    uint8_t *data;             /* room for the whole text as UTF-16 */
    size_t size;               /* bytes of `data` */
};

static int fail(const struct reading *reading, const char *what)
{
    return error_set(reading->error, "line %u: %s", reading->line, what);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(struct reading *reading)
{
    while (reading->at < reading->end && is_blank(*reading->at)) {
        reading->at++;
    }
}

static bool is_at(const struct reading *reading, char c)
{
    return reading->at < reading->end && *reading->at == c;
}

static bool is_line_end(const struct reading *reading)
{
    return reading->at == reading->end || *reading->at == '\n' || *reading->at == ';';
}

/* Skip this text, whatever its case; `text` is in lower case. */
static bool skip(struct reading *reading, const char *text)
{
    const char *at = reading->at;
    for (; *text != '\0'; text++, at++) {
        if (at == reading->end || (*at >= 'A' && *at <= 'Z' ? *at + 32 : *at) != *text) {
            return false;
        }
    }
    reading->at = at;
    return true;
}

/* Go to the next line. */
static void next_line(struct reading *reading)
{
    const char *end = memchr(reading->at, '\n', (size_t)(reading->end - reading->at));
    reading->at = end != NULL ? end + 1 : reading->end;
    reading->line++;
}

/* What remains of a line must be nothing, or a comment. */
static int end_line(struct reading *reading)
{
    skip_blanks(reading);
    if (!is_line_end(reading)) {
        return fail(reading, "unexpected text at the end of the line");
    }
    next_line(reading);
    return 0;
}

/* ---- keys ---- */

static bool starts_with(const char *text, size_t length, const char *prefix)
{
    size_t prefix_length = strlen(prefix);
    for (size_t i = 0; i < prefix_length; i++) {
        if (i == length ||
            utf16_upcase((unsigned char)text[i]) != utf16_upcase((unsigned char)prefix[i])) {
            return false;
        }
    }
    return length == prefix_length || text[prefix_length] == '\\';
}

/* The path of a key within the hive. @return false: it is in another hive */
static bool find_path(struct reading *reading, const char *name, size_t length)
{
    static const struct {
        const char *alias, *name;
    } roots[] = {{"HKLM", "HKEY_LOCAL_MACHINE"},
                 {"HKU", "HKEY_USERS"},
                 {"HKCU", "HKEY_CURRENT_USER"},
                 {"HKCR", "HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes"},
                 {"HKEY_CLASSES_ROOT", "HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes"}};
    char whole[PATH_MAX_BYTES];
    size_t used = 0, mount = strlen(reading->mount);
    for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
        if (starts_with(name, length, roots[i].alias)) {
            used = strlen(roots[i].name);
            memcpy(whole, roots[i].name, used);
            name += strlen(roots[i].alias);
            length -= strlen(roots[i].alias);
            break;
        }
    }
    memcpy(whole + used, name, length); /* read_key() has checked that there is room */
    used += length;
    if (!starts_with(whole, used, reading->mount)) {
        return false;
    }
    mount += mount < used; /* the '\' */
    memcpy(reading->path, whole + mount, used - mount);
    reading->path[used - mount] = '\0';
    return true;
}

static int remove_key(struct reading *reading)
{
    uint32_t key;
    if (registry_find(reading->registry, reading->path, &key, reading->error) != 0) {
        return -1;
    }
    return key == REGISTRY_NONE ? 0 : registry_remove(reading->registry, key, reading->error);
}

/* A line in brackets. */
static int read_key(struct reading *reading)
{
    const char *start = reading->at + 1, *line_end;
    line_end = memchr(start, '\n', (size_t)(reading->end - start));
    const char *end = line_end != NULL ? line_end : reading->end;
    while (end > start && *--end != ']') {
        ;
    }
    if (end == start) {
        return fail(reading, "a key does not end: ']' is missing");
    }
    bool is_removed = *start == '-';
    start += is_removed;
    if (end - start >= PATH_MAX_BYTES - 64 || memchr(start, '\0', (size_t)(end - start)) != NULL) {
        return fail(reading, "this is no name of a key");
    }
    reading->is_here = find_path(reading, start, (size_t)(end - start));
    reading->key = REGISTRY_NONE;
    reading->at = end + 1;
    *(reading->is_here ? &reading->done->keys : &reading->done->other) += 1;
    if (reading->is_here && reading->registry != NULL) {
        if (is_removed ? remove_key(reading) != 0
                       : registry_make(reading->registry, reading->path, &reading->key,
                                       reading->error) != 0) {
            return error_prefix(reading->error, "line %u: ", reading->line);
        }
    }
    reading->is_here &= !is_removed;
    return end_line(reading);
}

/* ---- values ---- */

/* Text in quotes, which may have line breaks in it. @return the bytes, in `to`; -1 */
static int read_quoted(struct reading *reading, char *to, size_t *length)
{
    *length = 0;
    reading->at++;
    while (reading->at < reading->end && *reading->at != '"') {
        char c = *reading->at++;
        if (c == '\\' && reading->at < reading->end &&
            (*reading->at == '\\' || *reading->at == '"')) {
            c = *reading->at++;
        }
        reading->line += c == '\n';
        to[(*length)++] = c;
    }
    if (reading->at == reading->end) {
        return fail(reading, "a text does not end: '\"' is missing");
    }
    reading->at++;
    return 0;
}

/* A number of up to eight hexadecimal digits. */
static int read_number(struct reading *reading, uint32_t *number)
{
    int count = 0;
    for (*number = 0; reading->at < reading->end && ascii_hex_digit(*reading->at) >= 0;
         reading->at++) {
        if (++count > 8) {
            return fail(reading, "a number has more than 8 digits");
        }
        *number = *number << 4 | (uint32_t)ascii_hex_digit(*reading->at);
    }
    return count > 0 ? 0 : fail(reading, "a hexadecimal number is missing");
}

/* Skip blanks, and a '\' at the end of a line with what is before the first byte of the next one.
 */
static int skip_continuations(struct reading *reading)
{
    for (skip_blanks(reading); is_at(reading, '\\'); skip_blanks(reading)) {
        reading->at++;
        if (end_line(reading) != 0) {
            return -1;
        }
    }
    return 0;
}

/* Bytes with commas between them, perhaps on several lines, perhaps none. */
static int read_bytes(struct reading *reading)
{
    uint32_t number;
    for (;;) {
        if (skip_continuations(reading) != 0) {
            return -1;
        }
        if (is_line_end(reading)) {
            return 0;
        }
        if (reading->size > 0) {
            if (!is_at(reading, ',')) {
                return fail(reading, "',' is missing between two bytes");
            }
            reading->at++;
            if (skip_continuations(reading) != 0) {
                return -1;
            }
            if (is_line_end(reading)) {
                return 0;
            }
        }
        if (read_number(reading, &number) != 0) {
            return -1;
        }
        if (number > 0xFF) {
            return fail(reading, "a byte is larger than ff");
        }
        reading->data[reading->size++] = (uint8_t)number;
    }
}

/* Text of 8 bits a character becomes UTF-16. There is room: three characters made each byte. */
static void widen(struct reading *reading)
{
    for (size_t i = reading->size; i > 0; i--) {
        put_u16(reading->data + 2 * (i - 1), registry_ansi_unit(reading->data[i - 1]));
    }
    reading->size *= 2;
}

static bool is_text(uint32_t type)
{
    return type == HIVE_SZ || type == HIVE_EXPAND_SZ || type == HIVE_MULTI_SZ;
}

/* What is after the '=', other than '-'. */
static int read_data(struct reading *reading, uint32_t *type)
{
    size_t length;
    uint32_t number;
    reading->size = 0;
    if (is_at(reading, '"')) {
        /* Beyond the room for the units: two bytes for each of the text's. */
        char *text = (char *)reading->data + 2 * (reading->end - reading->at);
        if (read_quoted(reading, text, &length) != 0) {
            return -1;
        }
        size_t units = utf16_from_utf8(text, length, (uint16_t *)reading->data, length);
        put_u16(reading->data + 2 * units, 0);
        reading->size = 2 * (units + 1);
        *type = HIVE_SZ;
        return 0;
    }
    if (skip(reading, "dword:")) {
        skip_blanks(reading);
        if (read_number(reading, &number) != 0) {
            return -1;
        }
        put_u32(reading->data, number);
        reading->size = 4;
        *type = HIVE_DWORD;
        return 0;
    }
    if (!skip(reading, "hex")) {
        return fail(reading, "this kind of value is not known (known: \"text\", dword:, hex:, "
                             "hex(…):, -)");
    }
    *type = HIVE_BINARY;
    if (is_at(reading, '(')) {
        reading->at++;
        if (read_number(reading, type) != 0) {
            return -1;
        }
        if (!is_at(reading, ')')) {
            return fail(reading, "')' is missing after hex(");
        }
        reading->at++;
    }
    if (!is_at(reading, ':')) {
        return fail(reading, "':' is missing after hex");
    }
    reading->at++;
    if (read_bytes(reading) != 0) {
        return -1;
    }
    if (reading->is_ansi && is_text(*type)) {
        widen(reading);
    }
    return 0;
}

static int read_value(struct reading *reading)
{
    size_t length = 0;
    unsigned line = reading->line;
    if (is_at(reading, '@')) {
        reading->at++;
    } else if (read_quoted(reading, reading->name, &length) != 0) {
        return -1;
    }
    if (memchr(reading->name, '\0', length) != NULL) {
        return fail(reading, "a name holds a NUL character");
    }
    reading->name[length] = '\0';
    skip_blanks(reading);
    if (!is_at(reading, '=')) {
        return fail(reading, "'=' is missing after the name of a value");
    }
    reading->at++;
    skip_blanks(reading);
    bool is_removed = is_at(reading, '-'), applies = reading->is_here && reading->registry != NULL;
    uint32_t type = HIVE_NONE;
    int result = 0;
    reading->at += is_removed;
    if ((!is_removed && read_data(reading, &type) != 0) || end_line(reading) != 0) {
        return -1;
    }
    if (applies && is_removed) {
        result =
            registry_remove_value(reading->registry, reading->key, reading->name, reading->error);
    } else if (applies) {
        result = registry_set_value(reading->registry, reading->key, reading->name, type,
                                    reading->data, reading->size, reading->error);
    }
    return result != 0 ? error_prefix(reading->error, "line %u: ", line) : 0;
}

/* ---- the file ---- */

static int read_lines(struct reading *reading)
{
    bool has_key = false;
    while (reading->at < reading->end) {
        int result = 0;
        skip_blanks(reading);
        if (is_line_end(reading)) {
            next_line(reading);
        } else if (*reading->at == '[') {
            result = read_key(reading);
            has_key = true;
        } else if (*reading->at != '"' && *reading->at != '@') {
            result = fail(reading, "this is neither a key in [ ] nor a value (\"name\"=)");
        } else if (!has_key) {
            result = fail(reading, "there is a value before the first key");
        } else {
            result = read_value(reading);
        }
        if (result != 0) {
            return -1;
        }
    }
    return 0;
}

/* Read the whole file, and make its changes if `registry` is not NULL. */
static int read_file(struct reading *reading, const char *text, size_t length)
{
    *reading->done = (struct registry_import){0};
    reading->at = text;
    reading->end = text + length;
    reading->line = 1;
    reading->is_here = false;
    work_done.moved += length;
    while (reading->at < reading->end && (is_blank(*reading->at) || *reading->at == '\n')) {
        if (*reading->at++ == '\n') {
            reading->line++;
        }
    }
    reading->is_ansi = skip(reading, "regedit4");
    if (!reading->is_ansi && !skip(reading, "windows registry editor version 5.00")) {
        return error_set(reading->error, "this is not a .reg file: it does not start with "
                                         "\"Windows Registry Editor Version 5.00\" or "
                                         "\"REGEDIT4\"");
    }
    return end_line(reading) != 0 ? -1 : read_lines(reading);
}

int registry_import(struct registry *registry, const char *mount, const void *bytes, size_t size,
                    struct registry_import *done, struct error *error)
{
    size_t length, data_capacity;
    char *text = registry_text(bytes, size, &length, error);
    if (text == NULL) {
        return -1;
    }
    struct reading *reading = memory_allocate_zeroed(1, sizeof(*reading));
    char *name = memory_allocate(length + 1);
    /* A text's units, and after them the text: read_data(). */
    uint8_t *data =
        memory_array_size(length + 2, 4, &data_capacity) ? memory_allocate(data_capacity) : NULL;
    int result = reading != NULL && name != NULL && data != NULL
                     ? 0
                     : error_no_memory(error, "a .reg file of %zu bytes", size);
    if (result == 0) {
        *reading = (struct reading){
            .mount = mount, .done = done, .error = error, .name = name, .data = data};
        result = read_file(reading, text, length);
    }
    if (result == 0) {
        reading->registry = registry;
        result = read_file(reading, text, length);
    }
    memory_free(reading);
    memory_free(name);
    memory_free(data);
    memory_free(text);
    return result;
}

const char *registry_mount_of(const char *file_name)
{
    static const struct {
        const char *file, *mount;
    } mounts[] = {{"SYSTEM", "HKEY_LOCAL_MACHINE\\SYSTEM"},
                  {"SOFTWARE", "HKEY_LOCAL_MACHINE\\SOFTWARE"},
                  {"DEFAULT", "HKEY_USERS\\.DEFAULT"},
                  {"NTUSER.DAT", "HKEY_CURRENT_USER"},
                  {"SAM", "HKEY_LOCAL_MACHINE\\SAM"},
                  {"SECURITY", "HKEY_LOCAL_MACHINE\\SECURITY"},
                  {"COMPONENTS", "HKEY_LOCAL_MACHINE\\COMPONENTS"},
                  {"DRIVERS", "HKEY_LOCAL_MACHINE\\DRIVERS"},
                  {"ELAM", "HKEY_LOCAL_MACHINE\\ELAM"},
                  {"BCD", "HKEY_LOCAL_MACHINE\\BCD00000000"}};
    for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
        if (utf8_equal(file_name, mounts[i].file)) {
            return mounts[i].mount;
        }
    }
    return NULL;
}
