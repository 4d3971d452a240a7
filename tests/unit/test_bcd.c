/* SPDX-License-Identifier: BSD-2-Clause */
/* BCD stores: names, objects and their values, and what a file is that is not a store. */
#include "tests/unit/unit.h"

#include "tests/unit/bcd_samples.h"
#include "tests/unit/hive_rules.h"

/* ---- names ---- */

START_TEST(names_depend_on_the_sort_of_object)
{
    enum { RESUME = 0x10200004, INHERITED_BY_LOADERS = 0x20200003, SETTINGS = 0x20100000 };
    static const struct {
        uint32_t object_type, element;
        const char *name;
    } names[] = {
        {BCD_LOADER, 0x250000C2, "bootmenupolicy"},
        {INHERITED_BY_LOADERS, 0x250000C2, "bootmenupolicy"},
        {RESUME, 0x25000008, "bootmenupolicy"},
        {BCD_LOADER, BCD_DEVICE, "device"},
        {SETTINGS, BCD_DEVICE, "device"},
        {BCD_LOADER, BCD_OS_DEVICE, "osdevice"},
        {RESUME, 0x21000001, "filedevice"},
        {BCD_BOOTMGR, 0x25000004, "timeout"},
        {BCD_BOOTMGR, BCD_DISPLAY_ORDER, "displayorder"},
        {BCD_DEVICE_OPTIONS, BCD_SDI_PATH, "ramdisksdipath"},
        {BCD_LOADER, 0x26000010, "detecthal"},
        {BCD_LOADER, 0x16000049, "testsigning"},
        {0x10200005, 0x25000001, "passcount"},
        {0x10400009, 0x26000001, "pxesoftreboot"},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct bcd_name *name = bcd_element_name(names[i].object_type, names[i].element);
        ck_assert_ptr_nonnull(name);
        ck_assert_str_eq(name->name, names[i].name);
        ck_assert_uint_eq(bcd_element_number(names[i].object_type, names[i].name),
                          names[i].element);
    }
    ck_assert_uint_eq(bcd_element_number(BCD_LOADER, "timeout"), 0);
    ck_assert_uint_eq(bcd_element_number(SETTINGS, "osdevice"), 0);
    ck_assert_uint_eq(bcd_element_number(BCD_LOADER, ""), 0);
    ck_assert_ptr_null(bcd_element_name(BCD_LOADER, 0x26FFFFFF));
}
END_TEST

START_TEST(elements_have_numbers)
{
    ck_assert_uint_eq(bcd_element_number(BCD_LOADER, "0x26000010"), 0x26000010);
    ck_assert_uint_eq(bcd_element_number(0, "custom:2600abCD"), 0x2600ABCD);
    ck_assert_uint_eq(bcd_element_number(BCD_LOADER, "0x2600001"), 0);
    ck_assert_uint_eq(bcd_element_number(BCD_LOADER, "0x260000100"), 0);
    ck_assert_uint_eq(bcd_element_number(BCD_LOADER, "0x2600001g"), 0);
}
END_TEST

START_TEST(every_name_is_found_by_its_number_and_back)
{
    static const uint32_t types[] = {BCD_BOOTMGR, BCD_LOADER, 0x10200004,        0x10200005,
                                     0x10300006,  0x10400009, BCD_DEVICE_OPTIONS};
    unsigned count = 0;
    for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++) {
        for (uint32_t class = 1; class <= 3; class ++) {
            for (uint32_t format = 1; format <= 8; format++) {
                for (uint32_t subtype = 0; subtype < 0x180; subtype++) {
                    uint32_t element = class << 28 | format << 24 | subtype;
                    const struct bcd_name *name = bcd_element_name(types[t], element);
                    if (name == NULL) {
                        continue;
                    }
                    ck_assert_uint_eq(bcd_element_number(types[t], name->name), element);
                    count += class != 1 || t == 0;
                }
            }
        }
    }
    ck_assert_uint_eq(count, 250); /* all there are */
}
END_TEST

START_TEST(values_have_names)
{
    size_t length;
    const struct bcd_name *nx = bcd_element_name(BCD_LOADER, 0x25000020);
    ck_assert_int_eq(bcd_value_number(nx, "optin"), 0);
    ck_assert_int_eq(bcd_value_number(nx, "AlwaysOn"), 3);
    ck_assert_int_eq(bcd_value_number(nx, "Always"), -1);
    ck_assert_int_eq(bcd_value_number(nx, ""), -1);
    const char *name = bcd_value_name(nx, 2, &length);
    ck_assert_uint_eq(length, 9);
    ck_assert_mem_eq(name, "AlwaysOff", 9);
    ck_assert_ptr_null(bcd_value_name(nx, 4, &length));
    ck_assert_ptr_null(bcd_value_name(bcd_element_name(BCD_BOOTMGR, 0x25000004), 0, &length));
}
END_TEST

START_TEST(guids_are_read_and_shown)
{
    static const uint8_t bootmgr[GUID_SIZE] = {0x2C, 0x86, 0xEA, 0x9D, 0xDD, 0x5C, 0x70, 0x4E,
                                               0xAC, 0xC1, 0xF3, 0x2B, 0x34, 0x4D, 0x47, 0x95};
    const char *text = "{9dea862c-5cdd-4e70-acc1-f32b344d4795}";
    uint8_t guid[GUID_SIZE];
    char shown[GUID_TEXT_SIZE];
    ck_assert(guid_parse(text, 38, guid));
    ck_assert_mem_eq(guid, bootmgr, GUID_SIZE);
    ck_assert(guid_parse("9DEA862C-5CDD-4E70-ACC1-F32B344D4795", 36, guid));
    ck_assert_mem_eq(guid, bootmgr, GUID_SIZE);
    guid_format(guid, shown);
    ck_assert_str_eq(shown, text);
    ck_assert(!guid_parse("{9dea862c-5cdd-4e70-acc1-f32b344d479}", 37, guid));
    ck_assert(!guid_parse("{9dea862c-5cdd-4e70-acc1-f32b344d479x}", 38, guid));
    ck_assert(!guid_parse("{9dea862c+5cdd-4e70-acc1-f32b344d4795}", 38, guid));
    ck_assert(!guid_parse("", 0, guid));
    ck_assert_str_eq(bcd_guid_alias(bootmgr), "{bootmgr}");
    ck_assert(bcd_alias_guid("{legacy}", 8, guid));
    ck_assert_str_eq(bcd_guid_alias(guid), "{ntldr}");
    ck_assert(!bcd_alias_guid("{default}", 9, guid));
}
END_TEST

/* ---- objects and values ---- */

START_TEST(objects_are_found_by_alias_and_guid)
{
    struct bcd *bcd = open_sample("tests/data/bcd/BCD.menu");
    struct hive_key *second = object(bcd, "{B5B1F0A0-6d7c-4f6e-9a51-0d5f3c2e7a02}");
    ck_assert_ptr_eq(object(bcd, "{default}"), second);
    ck_assert_ptr_eq(object(bcd, "b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a02"), second);
    ck_assert_str_eq(bcd_object_id(object(bcd, "{memdiag}")), "{memdiag}");
    ck_assert_str_eq(bcd_object_id(second), "{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a02}");
    ck_assert_uint_eq(bcd_object_type(second), BCD_LOADER);
    ck_assert_uint_eq(bcd_object_type(object(bcd, "{bootmgr}")), BCD_BOOTMGR);
    ck_assert_ptr_null(bcd_find_object(bcd, "{ntldr}"));
    ck_assert_ptr_null(bcd_find_object(bcd, "{current}"));
    ck_assert_ptr_null(bcd_find_object(bcd, "second"));
    /* Without a default, the first of the display order. */
    ck_assert(bcd_remove_element(bcd, object(bcd, "{bootmgr}"), BCD_DEFAULT));
    ck_assert_str_eq(object(bcd, "{default}")->name, "{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a01}");
}
END_TEST

START_TEST(types_of_known_objects_need_no_description)
{
    struct bcd *bcd = open_sample("tests/data/bcd/BCD.winpe-bios");
    struct hive_key *bootmgr = object(bcd, "{bootmgr}"), *entry = object(bcd, "{default}");
    hive_remove_key(hive_find(bootmgr, "Description"));
    hive_remove_key(hive_find(entry, "Description"));
    ck_assert_uint_eq(bcd_object_type(bootmgr), BCD_BOOTMGR);
    ck_assert_uint_eq(bcd_object_type(entry), 0);
}
END_TEST

START_TEST(values_are_read_as_boot_managers_do)
{
    static const struct {
        const char *data;
        size_t size;
        bool valid;
        uint64_t integer;
    } integers[] = {
        {"\x1e", 1, true, 30},
        {"\x00\xc2\x01", 3, true, 115200},
        {"\x01\x02\x03\x04\x05\x06\x07\x08", 8, true, 0x0807060504030201},
        {"", 0, false, 0},
        {"\x01\x02\x03\x04\x05\x06\x07\x08\x09", 9, false, 0},
    };
    for (size_t i = 0; i < sizeof(integers) / sizeof(integers[0]); i++) {
        struct hive_value value = {.data = (const uint8_t *)integers[i].data,
                                   .size = (uint32_t)integers[i].size};
        uint64_t integer;
        ck_assert_int_eq(bcd_get_integer(&value, &integer), integers[i].valid);
        if (integers[i].valid) {
            ck_assert_uint_eq(integer, integers[i].integer);
        }
    }
    static const struct {
        const char *data;
        size_t size;
        const char *text;
    } strings[] = {{"a\0b\0\0\0", 6, "ab"},
                   {"a\0b\0", 4, "ab"},
                   {"a\0\0\0x\0", 6, "a"},
                   {"a\0b", 3, "a"},
                   {"", 0, ""},
                   {"\0\0", 2, ""},
                   {"\xAC\x20\0\0", 4, "\xE2\x82\xAC"}};
    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
        uint8_t *exact = malloc(strings[i].size + !strings[i].size);
        memcpy(exact, strings[i].data, strings[i].size);
        struct hive_value value = {.data = exact, .size = (uint32_t)strings[i].size};
        ck_assert_str_eq(bcd_get_string(pool, &value), strings[i].text);
        free(exact);
    }
}
END_TEST

/* As measured with boot managers: the first of each element is accepted, the others are refused. */
START_TEST(values_that_boot_managers_refuse)
{
    enum {
        DEVICE = 0x11000001,
        STRING = 0x12000002,
        GUID = 0x23000003,
        LIST = 0x24000001,
        INTEGER = 0x25000004,
        BOOLEAN = 0x26000022
    };
    static uint8_t device[88] = {[24] = 72};
    static uint8_t half[44] = {[24] = 72};
    static uint16_t braces[] = {'{', '1', '}', 0, '{', '2', '}', 0, 0};
    static uint16_t mixed[] = {'{', '1', '}', 0, '2', 0, 0};
    static uint16_t bare[] = {'1', '2', 0};
    static const struct {
        uint32_t element, type;
        const void *data;
        uint32_t size;
        bool is_sound;
    } cases[] = {
        {DEVICE, HIVE_BINARY, device, 88, true},
        {DEVICE, HIVE_BINARY, device, 87, false},
        {DEVICE, HIVE_BINARY, half, 44, false},
        {DEVICE, HIVE_BINARY, device, 28, false},
        {DEVICE, HIVE_BINARY, device, 0, false},
        {DEVICE, HIVE_SZ, device, 88, false},
        {STRING, HIVE_SZ, bare, 6, true},
        {STRING, HIVE_SZ, bare, 4, true},
        {STRING, HIVE_SZ, bare, 5, false},
        {STRING, HIVE_EXPAND_SZ, bare, 6, false},
        {STRING, HIVE_BINARY, bare, 6, false},
        {GUID, HIVE_SZ, braces, 8, true},
        {GUID, HIVE_SZ, braces, 6, false},
        {GUID, HIVE_SZ, bare, 6, false},
        {GUID, HIVE_SZ, bare, 0, false},
        {GUID, HIVE_MULTI_SZ, braces, 18, false},
        {LIST, HIVE_MULTI_SZ, braces, 18, true},
        {LIST, HIVE_MULTI_SZ, braces, 16, true},
        {LIST, HIVE_MULTI_SZ, braces + 8, 2, true},
        {LIST, HIVE_MULTI_SZ, braces, 0, true},
        {LIST, HIVE_MULTI_SZ, mixed, 14, false},
        {LIST, HIVE_SZ, braces, 8, false},
        {INTEGER, HIVE_BINARY, device, 8, true},
        {INTEGER, HIVE_BINARY, device, 1, true},
        {INTEGER, HIVE_BINARY, device, 9, false},
        {INTEGER, HIVE_BINARY, device, 0, false},
        {INTEGER, HIVE_DWORD, device, 4, false},
        {BOOLEAN, HIVE_BINARY, device, 1, true},
        {BOOLEAN, HIVE_BINARY, device, 0, false},
        {BOOLEAN, HIVE_BINARY, device, 4, false},
        {BOOLEAN, HIVE_DWORD, device, 4, false},
        {0x18000001, HIVE_NONE, device, 3, true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bcd *bcd = bcd_create(pool);
        struct hive_key *key = hive_add_key(bcd->hive, bcd->objects, "x");
        ck_assert_int_eq(
            hive_set_value(bcd->hive, key, "Element", cases[i].type, cases[i].data, cases[i].size),
            0);
        ck_assert_msg(bcd_is_sound(cases[i].element, hive_find_value(key, "Element")) ==
                          cases[i].is_sound,
                      "case %zu", i);
    }
}
END_TEST

START_TEST(elements_are_walked_in_order)
{
    /* In the order they are made; those without a number or a value are no elements. */
    static const char *const keys[] = {"26000022",  "1200000A", "not one!", "1200000",
                                       "120000040", "12000004", "00000000", "12000002"};
    static const uint32_t expected[] = {0x12000002, 0x12000004, 0x1200000A, 0x26000022};
    struct bcd *bcd = bcd_create(pool);
    struct hive_key *object;
    struct bcd_entry entry = {0};
    ck_assert_int_eq(bcd_create_object(bcd, "{x}", BCD_LOADER, &object, &error), 0);
    ck_assert(!bcd_next_element(object, &entry));
    struct hive_key *elements = hive_find(object, "Elements");
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        struct hive_key *key = hive_add_key(bcd->hive, elements, keys[i]);
        ck_assert_int_eq(hive_set_value(bcd->hive, key, "Element", HIVE_BINARY, "", 0), 0);
    }
    hive_add_key(bcd->hive, elements, "12000003");
    for (size_t i = 0; i < 4; i++) {
        ck_assert(bcd_next_element(object, &entry));
        ck_assert_uint_eq(entry.element, expected[i]);
        ck_assert_ptr_eq(entry.value, bcd_find_element(object, expected[i]));
    }
    ck_assert(!bcd_next_element(object, &entry));
    hive_remove_key(elements);
    entry = (struct bcd_entry){0};
    ck_assert(!bcd_next_element(object, &entry));
}
END_TEST

START_TEST(lists_end_where_they_end)
{
    static const char with_end[] = "a\0\0\0b\0c\0\0\0\0", without_end[] = "a\0\0\0b\0c";
    const struct hive_value lists[] = {
        {.data = (const uint8_t *)with_end, .size = sizeof(with_end)},
        {.data = (const uint8_t *)without_end, .size = sizeof(without_end)}};
    for (size_t i = 0; i < 2; i++) {
        char guid[GUID_TEXT_SIZE];
        size_t offset = 0;
        ck_assert(bcd_get_next(&lists[i], &offset, guid));
        ck_assert_str_eq(guid, "a");
        ck_assert(bcd_get_next(&lists[i], &offset, guid));
        ck_assert_str_eq(guid, "bc");
        ck_assert(!bcd_get_next(&lists[i], &offset, guid));
    }
}
END_TEST

START_TEST(values_are_written_with_their_registry_types)
{
    static const char *const guids[] = {"{9dea862c-5cdd-4e70-acc1-f32b344d4795}",
                                        "{b2721d73-1db4-4c62-bf78-c548a880142d}"};
    struct bcd *bcd = bcd_create(pool);
    struct hive_key *key;
    ck_assert_int_eq(bcd_create_object(bcd, guids[0], BCD_LOADER, &key, &error), 0);
    ck_assert_int_eq(bcd_create_object(bcd, guids[0], BCD_LOADER, &key, &error), -1);
    ck_assert_int_eq(bcd_set_string(bcd, key, BCD_DESCRIPTION, "\xC3\x89tude", &error), 0);
    ck_assert_int_eq(bcd_set_integer(bcd, key, 0x25000020, 3, &error), 0);
    ck_assert_int_eq(bcd_set_integer(bcd, key, BCD_WINPE, 1, &error), 0);
    ck_assert_int_eq(bcd_set_string(bcd, key, BCD_DEFAULT, guids[0], &error), 0);
    ck_assert_int_eq(bcd_set_list(bcd, key, BCD_INHERIT, guids, 2, &error), 0);
    ck_assert_int_eq(bcd_set_element(bcd, key, 0x58000001, "xyz", 3, &error), 0);
    static const struct {
        uint32_t element, type, size;
    } expected[] = {{BCD_DESCRIPTION, HIVE_SZ, 12},    {0x25000020, HIVE_BINARY, 8},
                    {BCD_WINPE, HIVE_BINARY, 1},       {BCD_DEFAULT, HIVE_SZ, 78},
                    {BCD_INHERIT, HIVE_MULTI_SZ, 158}, {0x58000001, HIVE_BINARY, 3}};
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        const struct hive_value *value = bcd_find_element(key, expected[i].element);
        ck_assert_ptr_nonnull(value);
        ck_assert_uint_eq(value->type, expected[i].type);
        ck_assert_uint_eq(value->size, expected[i].size);
    }
    ck_assert_str_eq(string_of(key, BCD_DESCRIPTION), "\xC3\x89tude");
    ck_assert(bcd_remove_element(bcd, key, BCD_DESCRIPTION));
    ck_assert(!bcd_remove_element(bcd, key, BCD_DESCRIPTION));
    ck_assert_ptr_null(bcd_find_element(key, BCD_DESCRIPTION));
}
END_TEST

START_TEST(inheritance_is_followed_and_bounded)
{
    static const char *const chain[] = {"{00000000-0000-0000-0000-000000000001}",
                                        "{00000000-0000-0000-0000-000000000002}",
                                        "{00000000-0000-0000-0000-000000000003}"};
    struct bcd *bcd = bcd_create(pool);
    struct hive_key *keys[3];
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(bcd_create_object(bcd, chain[i], 0x20200003, &keys[i], &error), 0);
    }
    for (int i = 0; i < 3; i++) { /* in a circle */
        ck_assert_int_eq(bcd_set_list(bcd, keys[i], BCD_INHERIT, &chain[(i + 1) % 3], 1, &error),
                         0);
    }
    ck_assert_ptr_null(bcd_find_inherited(bcd, keys[0], BCD_PATH));
    ck_assert_int_eq(bcd_set_string(bcd, keys[2], BCD_PATH, "\\x", &error), 0);
    ck_assert_str_eq(bcd_get_string(pool, bcd_find_inherited(bcd, keys[0], BCD_PATH)), "\\x");
}
END_TEST

START_TEST(objects_are_copied_and_deleted)
{
    struct bcd *bcd = open_sample("tests/data/bcd/BCD.menu");
    struct hive_key *from = object(bcd, "{default}"), *copy, *bootmgr = object(bcd, "{bootmgr}");
    char guid[GUID_TEXT_SIZE], other[GUID_TEXT_SIZE];
    bcd_make_guid(bcd, guid);
    ck_assert_int_eq(bcd_copy_object(bcd, from, guid, &copy, &error), 0);
    bcd_make_guid(bcd, other);
    ck_assert_str_ne(guid, other);
    ck_assert_int_eq(bcd_copy_object(bcd, from, guid, &copy, &error), -1);
    ck_assert_str_eq(string_of(copy, BCD_DESCRIPTION), "Second image (rescue.wim)");
    ck_assert_int_eq(bcd_set_string(bcd, copy, BCD_DESCRIPTION, "other", &error), 0);
    ck_assert_str_eq(string_of(from, BCD_DESCRIPTION), "Second image (rescue.wim)");

    char deleted[GUID_TEXT_SIZE], next[GUID_TEXT_SIZE];
    strcpy(deleted, from->name);
    ck_assert_int_eq(bcd_delete_object(bcd, from, &error), 0);
    ck_assert_ptr_null(bcd_find_object(bcd, deleted));
    ck_assert_ptr_null(bcd_find_element(bootmgr, BCD_DEFAULT));
    size_t offset = 0, count = 0;
    while (bcd_get_next(bcd_find_element(bootmgr, BCD_DISPLAY_ORDER), &offset, next)) {
        ck_assert_str_ne(next, deleted);
        count++;
    }
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(bcd_delete_object(bcd, object(bcd, "{memdiag}"), &error), 0);
    ck_assert_ptr_null(bcd_find_element(bootmgr, BCD_TOOLS_ORDER));
}
END_TEST

START_TEST(untouched_stores_stay_the_file_they_were)
{
    const struct file *file, *original = sample_file("tests/data/bcd/BCD.winpe-bios");
    struct bcd *bcd = open_store(original);
    ck_assert_int_eq(bcd_file(bcd, &file, &error), 0);
    ck_assert_ptr_eq(file, original);
    ck_assert_int_eq(bcd_convert(bcd, false, &error), 0);
    ck_assert_int_eq(bcd_file(bcd, &file, &error), 0);
    ck_assert_ptr_eq(file, original);
    ck_assert_int_eq(bcd_convert(bcd, true, &error), 1);
    ck_assert_int_eq(bcd_file(bcd, &file, &error), 0);
    ck_assert_ptr_ne(file, original);
    hive_rules_check(bytes_of(file), (size_t)file->size);
    ck_assert_str_eq(file->name, "BCD");
}
END_TEST

START_TEST(stores_that_boot_managers_refuse_are_rewritten)
{
    const struct file *file, *original = sample_file("tests/data/bcd/BCD.winpe-bios");
    ((uint8_t *)bytes_of(original))[0x1FC] ^= 0x55; /* the checksum */
    struct bcd *bcd = open_store(original);
    ck_assert_ptr_nonnull(bcd->hive->warning);
    ck_assert_int_eq(bcd_file(bcd, &file, &error), 0);
    ck_assert_ptr_ne(file, original);
    hive_rules_check(bytes_of(file), (size_t)file->size);
}
END_TEST

START_TEST(new_stores_are_what_bcdedit_creates)
{
    const struct file *file;
    struct bcd *bcd = bcd_create(pool);
    ck_assert_int_eq(bcd_file(bcd, &file, &error), 0);
    hive_rules_check(bytes_of(file), (size_t)file->size);
    struct hive_value *name = hive_find_value(hive_find(bcd->hive->root, "Description"), "KeyName");
    ck_assert_uint_eq(name->size, 24);
    ck_assert_str_eq(bcd_get_string(pool, name), "BCD00000001");
    ck_assert_uint_eq(bcd->objects->child_count, 0);
}
END_TEST

/* ---- not a store ---- */

START_TEST(what_is_no_store_is_named)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *text;
    } files[] = {
        {"", 0, "empty"},
        {"\x1f\x8b\x08\0\0\0\0\0\0\3", 10, "gzip"},
        {"<!DOCTYPE html>\n<html><head><title>404</title>", 46, "HTML"},
        {"<html><body>Not Found</body></html>", 35, "HTML"},
        {"MZ\x90\0", 4, "BCD"},
        {"404 not found\nsorry\n", 20, "but text: \"404 not found\""},
        {"\1\2\3\4\5\6\7\0\1\2\3", 11, "does not start with \"regf\""},
        {"regf", 4, "BCD"},
    };
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        struct bcd *bcd;
        struct file *file = memory_file(files[i].bytes, files[i].size);
        ck_assert_int_eq(bcd_open(pool, file, &bcd, &error), -1);
        ck_assert_msg(strstr(error.text, files[i].text) != NULL, "%s", error.text);
        ck_assert_msg(strncmp(error.text, "BCD: ", 5) == 0, "%s", error.text);
    }
}
END_TEST

START_TEST(cut_stores_say_how_much_is_missing)
{
    struct bcd *bcd;
    struct file *part;
    struct file *whole = sample_file("tests/data/bcd/BCD.winpe-bios");
    ck_assert_int_eq(file_slice(pool, whole, 0, whole->size - 100, &part, &error), 0);
    part = file_rename(pool, part, "BCD");
    ck_assert_int_eq(bcd_open(pool, part, &bcd, &error), -1);
    ck_assert_msg(strstr(error.text, "100 are missing") != NULL, "%s", error.text);
}
END_TEST

START_TEST(other_hives_are_no_stores)
{
    const void *bytes;
    size_t size;
    struct bcd *bcd;
    ck_assert_int_eq(hive_write(hive_create(pool, "SOFTWARE"), &bytes, &size, &error), 0);
    ck_assert_int_eq(bcd_open(pool, memory_file(bytes, size), &bcd, &error), -1);
    ck_assert_msg(strstr(error.text, "no key \"Objects\"") != NULL, "%s", error.text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bcd");
    TCase *tests = tcase_create("bcd");
    tcase_add_checked_fixture(tests, start, finish);
    tcase_add_test(tests, names_depend_on_the_sort_of_object);
    tcase_add_test(tests, elements_have_numbers);
    tcase_add_test(tests, every_name_is_found_by_its_number_and_back);
    tcase_add_test(tests, values_have_names);
    tcase_add_test(tests, guids_are_read_and_shown);
    tcase_add_test(tests, objects_are_found_by_alias_and_guid);
    tcase_add_test(tests, types_of_known_objects_need_no_description);
    tcase_add_test(tests, values_are_read_as_boot_managers_do);
    tcase_add_test(tests, values_that_boot_managers_refuse);
    tcase_add_test(tests, elements_are_walked_in_order);
    tcase_add_test(tests, lists_end_where_they_end);
    tcase_add_test(tests, values_are_written_with_their_registry_types);
    tcase_add_test(tests, inheritance_is_followed_and_bounded);
    tcase_add_test(tests, objects_are_copied_and_deleted);
    tcase_add_test(tests, untouched_stores_stay_the_file_they_were);
    tcase_add_test(tests, stores_that_boot_managers_refuse_are_rewritten);
    tcase_add_test(tests, new_stores_are_what_bcdedit_creates);
    tcase_add_test(tests, what_is_no_store_is_named);
    tcase_add_test(tests, cut_stores_say_how_much_is_missing);
    tcase_add_test(tests, other_hives_are_no_stores);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
