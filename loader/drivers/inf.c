/* SPDX-License-Identifier: BSD-2-Clause */
/* INF files: sections, lines, fields. See inf.h. */
#include "drivers/inf.h"

#include <string.h>

#include "base/ascii.h"
#include "base/fnv.h"
#include "base/work.h"
#include "files/text.h"

/* ---- names ---- */

bool inf_equal(const char *left, size_t left_length, const char *right, size_t right_length)
{
    if (left_length != right_length) {
        return false;
    }
    for (size_t i = 0; i < left_length; i++) {
        if (ascii_lower(left[i]) != ascii_lower(right[i])) {
            return false;
        }
    }
    return true;
}

static uint32_t hash_name(const char *name, size_t length)
{
    uint32_t hash = hash_seed();

    for (size_t i = 0; i < length; i++) {
        hash = fnv_add(hash, (uint8_t)ascii_lower(name[i]));
    }
    return hash;
}

static void *find_name(const struct hash_table *table, const char *name, size_t length)
{
    const struct hash_link *link = hash_table_find(table, hash_name(name, length));

    for (; link != NULL; link = hash_table_next(link)) {
        const struct inf_name *found = link->item;

        if (inf_equal(found->text, strlen(found->text), name, length)) {
            return link->item;
        }
    }
    return NULL;
}

void *inf_find_name(const struct hash_table *table, const char *name)
{
    return find_name(table, name, strlen(name));
}

void *inf_add_name(struct hash_table *table, const char *name, size_t size)
{
    struct inf_name *item = pool_allocate(table->pool, size);
    char *text = pool_copy_string(table->pool, name);

    if (item == NULL || text == NULL) {
        return NULL;
    }
    item->text = text;
    return hash_table_add(table, &item->link, item, hash_name(name, strlen(name))) ? item : NULL;
}

/* ---- sections ---- */

static bool is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\0';
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at)) {
        at++;
    }
    return at;
}

/* The start of the next line. */
static const char *next_line(const char *at, const char *end)
{
    const char *newline = memchr(at, '\n', (size_t)(end - at));

    return newline == NULL ? end : newline + 1;
}

/* The name in a header, "[Name]", at the start of a line; NULL if there is none. */
static const char *header_name(const char *line, const char *end, size_t *length)
{
    const char *at = skip_blanks(line, end);

    if (at == end || *at != '[') {
        return NULL;
    }
    const char *name = skip_blanks(at + 1, end);
    const char *last = name;

    for (at = name; at < end && *at != ']' && *at != '\n'; at++) {
        last = is_blank(*at) ? last : at + 1;
    }
    *length = (size_t)(last - name);
    return at < end && *at == ']' ? name : NULL;
}

/* Sections are found in order; in a chain of the table, the newest is first. So they are added from
 * the last to the first. */
static int add_sections(struct inf *inf, struct inf_section *last)
{
    while (last != NULL) {
        struct inf_section *previous = (struct inf_section *)last->link.next;

        if (!hash_table_add(&inf->sections, &last->link, last,
                            hash_name(last->name, last->name_length))) {
            return -1;
        }
        last = previous;
    }
    return 0;
}

static int find_sections(struct inf *inf)
{
    const char *end = inf->text + inf->length;
    struct inf_section *last = NULL;

    for (const char *line = inf->text; line < end; line = next_line(line, end)) {
        size_t length;
        const char *name = header_name(line, end, &length);

        if (name == NULL) {
            continue;
        }
        struct inf_section *section = pool_allocate(inf->pool, sizeof(*section));

        if (section == NULL) {
            return -1;
        }
        if (last != NULL) {
            last->end = line;
        }
        section->name = name;
        section->name_length = length;
        section->start = next_line(name, end);
        section->end = end;
        section->link.next = (struct hash_link *)last; /* until they are in the table */
        last = section;
    }
    work_done.moved += inf->length;
    return add_sections(inf, last);
}

int inf_open(struct inf *inf, const struct file *file, struct error *error)
{
    *inf = (struct inf){.pool = pool_create()};
    inf->sections.pool = inf->strings.pool = inf->pool;
    if (inf->pool == NULL) {
        return error_no_memory(error, "reading %s", file->name);
    }
    pool_limit(inf->pool, INF_PARTS_SIZE_MAX);
    if (file->size > INF_SIZE_MAX) {
        return error_set(error,
                         "%s: an INF file of %llu bytes is too long: at most %d are possible",
                         file->name, (unsigned long long)file->size, INF_SIZE_MAX);
    }
    inf->text = memory_allocate(text_decoded_size((size_t)file->size));
    if (inf->text == NULL) {
        return error_no_memory(error, "reading %s", file->name);
    }
    if (text_read(file, inf->text, &inf->length, error) != 0) {
        return -1;
    }
    return find_sections(inf) == 0 ? 0 : inf_no_memory(inf, file, error);
}

int inf_no_memory(const struct inf *inf, const struct file *file, struct error *error)
{
    if (pool_limit_was_met(inf->pool)) {
        return error_set(error, "%s: has more sections and lines than an INF file needs",
                         file->name);
    }
    return error_no_memory(error, "reading %s", file->name);
}

void inf_close(struct inf *inf)
{
    memory_free(inf->text);
    pool_destroy(inf->pool);
    *inf = (struct inf){.pool = NULL};
}

/* The first section of this name in a chain. */
static const struct inf_section *section_in(const struct hash_link *link, const char *name,
                                            size_t length)
{
    for (; link != NULL; link = hash_table_next(link)) {
        const struct inf_section *section = link->item;

        if (inf_equal(section->name, section->name_length, name, length)) {
            return section;
        }
    }
    return NULL;
}

static const struct inf_section *first_section(const struct inf *inf, const char *name)
{
    size_t length = strlen(name);

    return section_in(hash_table_find(&inf->sections, hash_name(name, length)), name, length);
}

bool inf_has_section(const struct inf *inf, const char *name)
{
    return first_section(inf, name) != NULL;
}

/* ---- fields ---- */

/* A field that is being read. */
struct reading {
    struct inf_field *field; /* NULL: the text is not wanted */
    size_t kept;             /* up to the last character that is no blank outside quotes */
};

static void put(struct reading *reading, const char *text, size_t length)
{
    struct inf_field *field = reading->field;

    if (field == NULL) {
        return;
    }
    size_t room = INF_FIELD_SIZE - 1 - field->length;
    size_t taken = length < room ? length : room;

    memcpy(field->text + field->length, text, taken);
    field->length += taken;
}

static void put_character(struct reading *reading, char character, bool is_kept)
{
    put(reading, &character, 1);
    if (is_kept && reading->field != NULL) {
        reading->kept = reading->field->length;
    }
}

struct string {
    struct inf_name name;
    const char *value;
};

/* Read a section of strings; what is known already stays. */
static void read_strings(struct inf *inf, const char *section)
{
    struct inf_cursor cursor = inf_lines(inf, section);
    struct inf_field key, value;

    while (inf_next_line(&cursor)) {
        if (!inf_next_field(&cursor, &key) || !key.is_key || !inf_next_field(&cursor, &value) ||
            inf_find_name(&inf->strings, key.text) != NULL) {
            continue;
        }
        struct string *string = inf_add_name(&inf->strings, key.text, sizeof(*string));

        if (string == NULL || (string->value = pool_copy_string(inf->pool, value.text)) == NULL) {
            inf->failed = true;
            return;
        }
    }
}

static const char *find_string(struct inf *inf, const char *name, size_t length)
{
    if (!inf->has_strings) {
        inf->has_strings = true; /* first: strings themselves contain none */
        read_strings(inf, "Strings");
        read_strings(inf, "Strings.0409"); /* English, of a file that has no others */
    }
    const struct string *string = find_name(&inf->strings, name, length);

    return string == NULL ? NULL : string->value;
}

/* What stands at a '%': a string, or the character itself. Returns where it ends. */
static const char *put_string(struct inf *inf, struct reading *reading, const char *at,
                              const char *end)
{
    const char *last = at + 1;

    while (last < end && *last != '%' && *last != '\n' && last - at < INF_FIELD_SIZE) {
        last++;
    }
    const char *value = NULL;

    if (last < end && *last == '%' && reading->field != NULL) {
        value = last == at + 1 ? "%" : find_string(inf, at + 1, (size_t)(last - at - 1));
    }
    if (value == NULL) {
        put_character(reading, '%', true);
        return at + 1;
    }
    put(reading, value, strlen(value));
    reading->kept = reading->field->length;
    return last + 1;
}

/* Where the line goes on if it continues at this '\'; NULL if it does not. */
static const char *continuation(const char *at, const char *end)
{
    at = skip_blanks(at + 1, end);
    if (at < end && *at != '\n' && *at != ';') {
        return NULL;
    }
    return next_line(at, end);
}

/* A blank counts only between other characters. */
static void put_blank(struct reading *reading)
{
    if (reading->field != NULL && reading->field->length > 0) {
        put_character(reading, ' ', false);
    }
}

/* Read on to the end of a field. The cursor is then behind the ',' or '=', or at the line's end. */
static void read_field(struct inf_cursor *cursor, struct reading *reading, bool may_be_key)
{
    const char *at = skip_blanks(cursor->at, cursor->end), *end = cursor->end, *next;
    bool is_quoted = false;

    for (; at < end && *at != '\n'; at++) {
        if (*at == '"') {
            bool is_doubled = is_quoted && at + 1 < end && at[1] == '"';

            if (is_doubled) {
                put_character(reading, *at++, true);
            } else {
                is_quoted = !is_quoted;
            }
        } else if (*at == '%') {
            at = put_string(cursor->inf, reading, at, end) - 1;
        } else if (is_quoted && *at != '\0') {
            put_character(reading, *at, true);
        } else if (*at == ',' || (*at == '=' && may_be_key)) {
            if (reading->field != NULL) {
                reading->field->is_key = *at == '=';
            }
            cursor->at = at + 1;
            return;
        } else if (*at == ';') {
            break;
        } else if (*at == '\\' && (next = continuation(at, end)) != NULL) {
            put_blank(reading);
            at = skip_blanks(next, end) - 1;
        } else if (is_blank(*at)) {
            put_blank(reading);
        } else {
            put_character(reading, *at, true);
        }
    }
    cursor->at = next_line(at, end);
    cursor->in_line = false;
}

struct inf_cursor inf_lines(struct inf *inf, const char *name)
{
    struct inf_cursor cursor = {.inf = inf, .section = first_section(inf, name)};

    if (cursor.section != NULL) {
        cursor.at = cursor.section->start;
        cursor.end = cursor.section->end;
    }
    return cursor;
}

/* Move to the next section of the same name. */
static bool next_section(struct inf_cursor *cursor)
{
    const struct inf_section *section = cursor->section;

    cursor->section =
        section_in(hash_table_next(&section->link), section->name, section->name_length);
    if (cursor->section == NULL) {
        return false;
    }
    cursor->at = cursor->section->start;
    cursor->end = cursor->section->end;
    return true;
}

bool inf_next_line(struct inf_cursor *cursor)
{
    struct reading nothing = {.field = NULL};

    while (cursor->in_line) {
        read_field(cursor, &nothing, false);
    }
    while (cursor->section != NULL) {
        const char *at = cursor->at;

        while (at < cursor->end && (is_blank(*at) || *at == '\n')) {
            at++;
        }
        cursor->at = at;
        if (at < cursor->end && *at == ';') {
            cursor->at = next_line(at, cursor->end);
        } else if (at < cursor->end) {
            cursor->in_line = cursor->at_start = true;
            return true;
        } else {
            next_section(cursor);
        }
    }
    return false;
}

/* Leave out the part of a character at which a long field was cut. */
static size_t whole_characters(const char *text, size_t length)
{
    size_t tail = 0;

    while (tail < 3 && tail < length && (text[length - 1 - tail] & 0xC0) == 0x80) {
        tail++;
    }
    unsigned char first = tail < length ? (unsigned char)text[length - 1 - tail] : 0;
    size_t expected = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : tail;

    return tail < expected ? length - 1 - tail : length;
}

bool inf_next_field(struct inf_cursor *cursor, struct inf_field *field)
{
    struct reading reading = {.field = field};

    if (!cursor->in_line) {
        return false;
    }
    field->length = 0;
    field->is_key = false;
    read_field(cursor, &reading, cursor->at_start);
    cursor->at_start = false;
    field->length = whole_characters(field->text, reading.kept);
    field->text[field->length] = '\0';
    return true;
}

bool inf_find_value(struct inf *inf, const char *section, const char *key, struct inf_field *value)
{
    struct inf_cursor cursor = inf_lines(inf, section);

    while (inf_next_line(&cursor)) {
        if (inf_next_field(&cursor, value) && value->is_key &&
            inf_equal(value->text, value->length, key, strlen(key))) {
            return inf_next_field(&cursor, value);
        }
    }
    return false;
}
