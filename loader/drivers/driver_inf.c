/* SPDX-License-Identifier: BSD-2-Clause */
/* What an INF file says of drivers: its header, its models. See driver_inf.h. */
#include "drivers/driver_inf.h"

#include <string.h>

#include "base/ascii.h"
#include "base/format.h"

const struct driver_arch driver_archs[DRIVER_ARCH_COUNT] = {
    {"x86_64", "NTamd64"},
    {"arm64", "NTarm64"},
    {"i386", "NTx86"},
};

const struct driver_arch *driver_find_arch(const char *name)
{
    for (size_t i = 0; i < DRIVER_ARCH_COUNT; i++) {
        if (strcmp(driver_archs[i].name, name) == 0) {
            return &driver_archs[i];
        }
    }
    return NULL;
}

/* ---- numbers ---- */

/* A decimal or hexadecimal number; moves past it. */
static unsigned take_number(const char **at)
{
    bool is_hexadecimal = (*at)[0] == '0' && ((*at)[1] | 0x20) == 'x';
    unsigned number = 0, base = is_hexadecimal ? 16 : 10;

    *at += is_hexadecimal ? 2 : 0;
    for (;; (*at)++) {
        int digit = ascii_hex_digit(**at);

        if (digit < 0 || (unsigned)digit >= base) {
            return number;
        }
        number = number > 0xFFFF ? number : number * base + (unsigned)digit;
    }
}

uint64_t driver_parse_version(const char *text)
{
    unsigned numbers[4] = {0, 0, 0, 0};

    for (size_t i = 0; i < 4; i++) {
        numbers[i] = take_number(&text);
        if (*text != '.') {
            break;
        }
        text++;
    }
    return driver_version(numbers);
}

/* "mm/dd/yyyy", also with '-', as yyyymmdd; 0 if it is none. */
static uint32_t parse_date(const char *text)
{
    unsigned numbers[3] = {0, 0, 0};

    for (size_t i = 0; i < 3; i++) {
        numbers[i] = take_number(&text);
        text += *text == '/' || *text == '-' ? 1 : 0;
    }
    bool is_date = numbers[0] >= 1 && numbers[0] <= 12 && numbers[1] >= 1 && numbers[1] <= 31 &&
                   numbers[2] <= 9999;

    return is_date ? numbers[2] * 10000 + numbers[0] * 100 + numbers[1] : 0;
}

/* ---- the header ---- */

static bool is_word(const struct inf_field *field, const char *word)
{
    return inf_equal(field->text, field->length, word, strlen(word));
}

/* Settings and software for a device that another package drives. */
static bool is_addition(const struct inf_field *class_name)
{
    return is_word(class_name, "Extension") || is_word(class_name, "SoftwareComponent");
}

bool driver_read_header(struct inf *inf, struct driver_header *header)
{
    struct inf_cursor cursor = inf_lines(inf, "Version");
    struct inf_field key, value;

    memset(header, 0, sizeof(*header));
    while (inf_next_line(&cursor)) {
        if (!inf_next_field(&cursor, &key) || !key.is_key || !inf_next_field(&cursor, &value)) {
            continue;
        }
        if (is_word(&key, "Class")) {
            header->class_name = value;
        } else if (is_word(&key, "Provider")) {
            header->provider = value;
        } else if (is_word(&key, "DriverVer")) {
            header->date = parse_date(value.text);
            if (inf_next_field(&cursor, &value)) {
                header->version = driver_parse_version(value.text);
            }
        }
    }
    return !is_addition(&header->class_name);
}

/* ---- models ---- */

/*
 * The decoration of a models section, "NT[arch][.[major][.[minor][.[product][.[suite][.build]]]]]";
 * an empty one is an x86 driver's. Returns false if it is for no Windows PE of ours: another
 * processor, or a server.
 */
static bool parse_decoration(const char *text, struct driver_models *models)
{
    enum { MAJOR, MINOR, PRODUCT, SUITE, BUILD, WORKSTATION = 1 };
    unsigned numbers[5] = {0};

    models->arch = driver_find_arch("i386");
    for (size_t i = 0; i < DRIVER_ARCH_COUNT; i++) {
        size_t length = strlen(driver_archs[i].decoration);

        if (strlen(text) >= length && inf_equal(text, length, driver_archs[i].decoration, length)) {
            models->arch = &driver_archs[i];
            text += length;
            break;
        }
    }
    text += strlen(text) >= 2 && inf_equal(text, 2, "NT", 2) ? 2 : 0;
    for (size_t i = 0; i < 5 && *text == '.'; i++) {
        text++;
        numbers[i] = take_number(&text);
    }
    models->version =
        driver_version((const unsigned[]){numbers[MAJOR], numbers[MINOR], numbers[BUILD], 0});
    return *text == '\0' && (numbers[PRODUCT] == 0 || numbers[PRODUCT] == WORKSTATION) &&
           numbers[SUITE] == 0;
}

/* Models sections as they are read. */
struct models_reader {
    struct inf *inf;
    struct hash_table sections; /* that were met, so that none is read twice */
    struct driver_models *first, *last;
    struct driver_models *before; /* the last one of the maker before, or NULL */
    unsigned maker, count;        /* count: of this maker */
};

/* Put a models section in the order of its maker's: for the newest Windows first. */
static void insert_models(struct models_reader *reader, struct driver_models *models)
{
    struct driver_models *before = reader->before;
    struct driver_models *next = before != NULL ? before->next : reader->first;

    while (next != NULL && next->version >= models->version) {
        before = next;
        next = next->next;
    }
    models->next = next;
    if (before != NULL) {
        before->next = models;
    } else {
        reader->first = models;
    }
    if (next == NULL) {
        reader->last = models;
    }
}

/* Add a models section, if it exists and can be for a Windows PE. */
static int add_models(struct models_reader *reader, const char *name, const char *decoration)
{
    enum { COUNT_MAX = 64 }; /* of one maker; real ones have up to 20 */
    struct driver_models found = {.maker = reader->maker};
    size_t length = format_string(found.section, sizeof(found.section), "%s%s%s", name,
                                  *decoration != '\0' ? "." : "", decoration);

    if (reader->count == COUNT_MAX || length >= sizeof(found.section) ||
        !parse_decoration(decoration, &found) || !inf_has_section(reader->inf, found.section) ||
        inf_find_name(&reader->sections, found.section) != NULL) {
        return 0;
    }
    struct driver_models *models = pool_allocate(reader->inf->pool, sizeof(*models));

    if (models == NULL ||
        inf_add_name(&reader->sections, found.section, sizeof(struct inf_name)) == NULL) {
        return -1;
    }
    *models = found;
    insert_models(reader, models);
    reader->count++;
    return 0;
}

/* The decorations of a maker's line, after the name of the section. */
static int read_maker(struct models_reader *reader, struct inf_cursor *cursor, const char *name)
{
    struct inf_field decoration;
    bool is_decorated = false;

    while (inf_next_field(cursor, &decoration)) {
        is_decorated = true;
        if (add_models(reader, name, decoration.text) != 0) {
            return -1;
        }
    }
    return is_decorated ? 0 : add_models(reader, name, "");
}

int driver_read_models(struct inf *inf, struct driver_models **models)
{
    struct models_reader reader = {.inf = inf, .sections = {.pool = inf->pool}};
    struct inf_cursor cursor = inf_lines(inf, "Manufacturer");
    struct inf_field name;

    while (inf_next_line(&cursor)) {
        /* "%Maker% = section, decoration, ..."; or the section alone */
        if (!inf_next_field(&cursor, &name) || (name.is_key && !inf_next_field(&cursor, &name))) {
            continue;
        }
        reader.maker++;
        reader.count = 0;
        reader.before = reader.last;
        if (read_maker(&reader, &cursor, name.text) != 0) {
            return -1;
        }
    }
    *models = reader.first;
    return 0;
}

void driver_each_id(struct inf *inf, const struct driver_models *models,
                    int (*found)(void *context, const struct driver_id *id), void *context)
{
    struct inf_cursor cursor = inf_lines(inf, models->section);
    struct inf_field description, field;
    struct driver_id id = {.description = description.text};

    while (inf_next_line(&cursor)) {
        if (!inf_next_field(&cursor, &description) || !description.is_key ||
            !inf_next_field(&cursor, &field)) { /* the name of the install section */
            continue;
        }
        for (id.is_first = true; inf_next_field(&cursor, &field); id.is_first = false) {
            id.text = field.text;
            if (pci_parse_id(field.text, field.length, &id.id) && found(context, &id) != 0) {
                return;
            }
        }
    }
}
