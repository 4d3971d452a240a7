/* BCD stores: names, values, devices, conversion for the firmware, references, and what a file is
 * that is not a store. */
#include "unit.h"

#include <stdio.h>

#include "bcd.h"
#include "hive_rules.h"
#include "hive_samples.h"

static struct pool *pool;
static struct error error;

static void start(void)
{
    pool = pool_create();
}

static void finish(void)
{
    pool_destroy(pool);
}

static struct file *memory_file(const void *bytes, size_t size)
{
    void *copy = pool_allocate(pool, size + 1);
    memcpy(copy, bytes, size);
    return file_from_memory(pool, "BCD", copy, size);
}

static struct file *sample_file(const char *name)
{
    size_t size;
    uint8_t *bytes = sample_load(name, &size);
    struct file *file = memory_file(bytes, size);
    free(bytes);
    return file;
}

static struct bcd *open_store(const struct file *file)
{
    struct bcd *bcd = NULL;
    int result = bcd_open(pool, file, &bcd, &error);
    ck_assert_msg(result == 0, "%s", error.text);
    return bcd;
}

static struct bcd *open_sample(const char *name)
{
    return open_store(sample_file(name));
}

static struct hive_key *object(struct bcd *bcd, const char *id)
{
    struct hive_key *key = bcd_find_object(bcd, id);
    ck_assert_msg(key != NULL, "no object %s", id);
    return key;
}

static const char *string_of(const struct hive_key *key, uint32_t element)
{
    const struct hive_value *value = bcd_find_element(key, element);
    return value ? bcd_get_string(pool, value) : NULL;
}

static const uint8_t *bytes_of(const struct file *file)
{
    return file_load(pool, file, &error);
}

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
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
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
    for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
        for (uint32_t class = 1; class <= 3; class ++) {
            for (uint32_t format = 1; format <= 8; format++) {
                for (uint32_t subtype = 0; subtype < 0x180; subtype++) {
                    uint32_t element = class << 28 | format << 24 | subtype;
                    const struct bcd_name *name = bcd_element_name(types[t], element);
                    if (!name) {
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
    for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++) {
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
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        uint8_t *exact = malloc(strings[i].size + !strings[i].size);
        memcpy(exact, strings[i].data, strings[i].size);
        struct hive_value value = {.data = exact, .size = (uint32_t)strings[i].size};
        ck_assert_str_eq(bcd_get_string(pool, &value), strings[i].text);
        free(exact);
    }
}
END_TEST

START_TEST(lists_end_where_they_end)
{
    static const char with_end[] = "a\0\0\0b\0c\0\0\0\0", without_end[] = "a\0\0\0b\0c";
    const struct hive_value lists[] = {
        {.data = (const uint8_t *)with_end, .size = sizeof with_end},
        {.data = (const uint8_t *)without_end, .size = sizeof without_end}};
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
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
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

/* ---- devices ---- */

static uint8_t *bytes_from_hex(const char *hex, size_t *size)
{
    uint8_t *bytes = pool_allocate(pool, strlen(hex) / 2 + 1);
    for (*size = 0; hex[0] && hex[1]; hex += 2) {
        unsigned byte;
        ck_assert_int_eq(sscanf(hex, "%2x", &byte), 1);
        bytes[(*size)++] = (uint8_t)byte;
    }
    return bytes;
}

#define ZEROS_16 "00000000000000000000000000000000"
#define ZEROS_56 ZEROS_16 ZEROS_16 ZEROS_16 "0000000000000000"
#define BOOT     "05000000000000004800000000000000" ZEROS_56
#define LOCATE_TEST_VHD                                                                            \
    "08000000000000003000000000000000"                                                             \
    "010000000000000000000000"                                                                     \
    "5C0074006500730074002E007600680064000000"

/* As found in stores that bcdedit made. */
static const struct {
    uint32_t element;
    const char *text, *hex;
} devices[] = {
    {BCD_DEVICE, "boot", ZEROS_16 BOOT},
    {BCD_DEVICE, "partition=mbr:C0FFEEEE:65536",
     ZEROS_16 "06000000000000004800000000000000"
              "00000100000000000000000000000000"
              "0000000001000000EEEEFFC000000000" ZEROS_16 "0000000000000000"},
    {BCD_OS_DEVICE,
     "partition=gpt:{984c884b-4218-4f07-aa93-5ede4c7c5384}:{76cc3abd-2782-4839-af5c-5fc8e6659147}",
     ZEROS_16 "06000000000000004800000000000000"
              "bd3acc7682273948af5c5fc8e6659147"
              "0000000000000000"
              "4b884c981842074faa935ede4c7c5384" ZEROS_16},
    {BCD_DEVICE, "ramdisk=[boot]\\Boot\\boot.wim,{ramdiskoptions}",
     "E03455AE24A96C46B836758539A3EE3A"
     "00000000010000009A00000000000000"
     "03000000000000000000000000000000"
     "00000000000000000100000072000000"
     "05000000" BOOT "5C0042006F006F0074005C0062006F006F0074002E00770069006D000000"},
    {BCD_DEVICE, "file=[boot]\\d.vhd",
     ZEROS_16 "00000000000000007600000000000000"
              "05000000"
              "010000006200000005000000" BOOT "5C0064002E007600680064000000"},
    {BCD_DEVICE, "locate=custom:12000002",
     ZEROS_16 "08000000000000001E00000000000000"
              "00000000020000120000000000"
              "00"},
    {BCD_DEVICE, "locate=\\test.vhd", ZEROS_16 LOCATE_TEST_VHD},
    {BCD_DEVICE, "vhd=[locate]\\test.vhd",
     ZEROS_16 "0800000000000000AA00000000000000"
              "00000000020000121E0000000000"
              "00000000000000008C00000000000000"
              "06000000"
              "0000000000000000000000000000000000000000"
              "00000000000000006400000000000000"
              "05000000"
              "010000005000000005000000" LOCATE_TEST_VHD
              "5C0074006500730074002E007600680064000000"},
    {BCD_OS_DEVICE, "vhd=[locate]\\test.vhd",
     ZEROS_16 "0800000000000000AA00000000000000"
              "00000000020000221E0000000000"
              "00000000000000008C00000000000000"
              "06000000"
              "0000000000000000000000000000000000000000"
              "00000000000000006400000000000000"
              "05000000"
              "010000005000000005000000" LOCATE_TEST_VHD
              "5C0074006500730074002E007600680064000000"},
};

START_TEST(devices_have_one_form_each)
{
    size_t size, parsed_size;
    uint8_t *parsed;
    uint8_t *bytes = bytes_from_hex(devices[_i].hex, &size);
    ck_assert_int_eq(bcd_device_parse(pool, devices[_i].element, devices[_i].text, &parsed,
                                      &parsed_size, &error),
                     0);
    ck_assert_uint_eq(parsed_size, size);
    ck_assert_mem_eq(parsed, bytes, size);
    ck_assert_str_eq(bcd_device_format(pool, devices[_i].element, bytes, size), devices[_i].text);
}
END_TEST

START_TEST(devices_survive_as_text)
{
    static const char *const texts[] = {
        "ramdisk=[locate]\\a.wim,{00000001-0002-0003-0405-060708090a0b}",
        "ramdisk=[partition=mbr:00000001:18446744073709551615]\\Images\\\xC3\xA9t\xC3\xA9.wim",
        "vhd=[partition=gpt:{984c884b-4218-4f07-aa93-5ede4c7c5384}:{76cc3abd-2782-4839-af5c-"
        "5fc8e6659147}]\\d, {1}.vhdx,{ramdiskoptions}",
        "boot,{ramdiskoptions}",
        "locate=\\Windows\\System32\\winload.exe",
        "file=[locate=custom:22000002]\\x",
        "hex:",
        "hex:00112233",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        uint8_t *bytes;
        size_t size;
        int result = bcd_device_parse(pool, BCD_DEVICE, texts[i], &bytes, &size, &error);
        ck_assert_msg(result == 0, "%s", error.text);
        ck_assert_str_eq(bcd_device_format(pool, BCD_DEVICE, bytes, size), texts[i]);
    }
}
END_TEST

START_TEST(slashes_in_devices_are_turned)
{
    uint8_t *bytes;
    size_t size;
    ck_assert_int_eq(
        bcd_device_parse(pool, BCD_DEVICE, "ramdisk=[boot]/a/b.wim", &bytes, &size, &error), 0);
    ck_assert_str_eq(bcd_device_format(pool, BCD_DEVICE, bytes, size), "ramdisk=[boot]\\a\\b.wim");
}
END_TEST

START_TEST(devices_that_make_no_sense_are_refused)
{
    static const char *const texts[] = {"",
                                        "boots",
                                        "C:",
                                        "ramdisk=",
                                        "ramdisk=[boot]",
                                        "ramdisk=boot\\x.wim",
                                        "ramdisk=[boot\\x.wim",
                                        "ramdisk=[C:]\\x.wim",
                                        "partition=mbr:C0FFEEEE",
                                        "partition=mbr:1C0FFEEEE:0",
                                        "partition=mbr:C0FFEEEE:",
                                        "partition=mbr:x:1",
                                        "partition=mbr:1:99999999999999999999",
                                        "partition=gpt:{1}:{2}",
                                        "locate=custom:",
                                        "hex:0",
                                        "hex:0g"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        uint8_t *bytes;
        size_t size;
        ck_assert_msg(bcd_device_parse(pool, BCD_DEVICE, texts[i], &bytes, &size, &error) == -1,
                      "\"%s\" was accepted", texts[i]);
    }
}
END_TEST

START_TEST(odd_devices_are_kept_as_bytes)
{
    size_t size, again_size;
    uint8_t *again, *bytes = bytes_from_hex(devices[3].hex, &size);
    struct bcd_device device;
    bytes[16 + 0x1C] = 0x8C; /* an image size, as in Ventoy's store: understood, but not ours */
    char *text = bcd_device_format(pool, BCD_DEVICE, bytes, size);
    ck_assert(strncmp(text, "hex:e03455ae", 12) == 0);
    ck_assert_int_eq(bcd_device_parse(pool, BCD_DEVICE, text, &again, &again_size, &error), 0);
    ck_assert_uint_eq(again_size, size);
    ck_assert_mem_eq(again, bytes, size);
    ck_assert(bcd_device_decode(pool, bytes, size, &device));
    ck_assert_str_eq(device.path, "\\Boot\\boot.wim");
}
END_TEST

START_TEST(damaged_devices_are_not_understood)
{
    for (size_t d = 0; d < sizeof devices / sizeof devices[0]; d++) {
        size_t size;
        struct bcd_device device;
        uint8_t *bytes = bytes_from_hex(devices[d].hex, &size);
        for (size_t cut = 0; cut < size; cut++) {
            uint8_t *exact = malloc(cut + !cut);
            memcpy(exact, bytes, cut);
            ck_assert(!bcd_device_decode(pool, exact, cut, &device));
            free(exact);
        }
        for (size_t i = 0; i < size; i++) { /* any change: understood or not, but unharmed */
            uint8_t *exact = malloc(size);
            memcpy(exact, bytes, size);
            for (unsigned value = 1; value < 256; value *= 2) {
                exact[i] = bytes[i] ^ (uint8_t)value;
                const char *text = bcd_device_format(pool, BCD_DEVICE, exact, size);
                uint8_t *again;
                size_t again_size;
                ck_assert_int_eq(
                    bcd_device_parse(pool, BCD_DEVICE, text, &again, &again_size, &error), 0);
                ck_assert_uint_eq(again_size, size);
                ck_assert_mem_eq(again, exact, size);
            }
            free(exact);
        }
    }
}
END_TEST

START_TEST(devices_of_the_samples_have_a_text)
{
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        struct bcd *bcd = open_sample(sample_names[i]);
        for (struct hive_key *key = bcd->objects->first_child; key; key = key->next) {
            static const uint32_t elements[] = {BCD_DEVICE, BCD_OS_DEVICE, BCD_SDI_DEVICE};
            for (size_t e = 0; e < 3; e++) {
                const struct hive_value *value = bcd_find_element(key, elements[e]);
                if (value) {
                    ck_assert_ptr_null(strstr(
                        bcd_device_format(pool, elements[e], value->data, value->size), "hex:"));
                }
            }
        }
    }
}
END_TEST

/* ---- conversion ---- */

static char lower(uint8_t byte)
{
    return (char)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
}

/** What iPXE's loader does: ".exe" that ends a UTF-16 string anywhere becomes ".efi". */
static void patch_blindly(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i + 10 <= size; i++) {
        bool match = bytes[i + 8] == 0 && bytes[i + 9] == 0;
        for (int k = 0; k < 4; k++) {
            match = match && lower(bytes[i + 2 * k]) == ".exe"[k] && bytes[i + 2 * k + 1] == 0;
        }
        if (match) {
            bytes[i + 4] = 'f';
            bytes[i + 6] = 'i';
        }
    }
}

static void check_same(const struct hive_key *left, const struct hive_key *right)
{
    const struct hive_key *left_top = left, *right_top = right;
    while (left && right) {
        ck_assert_str_eq(left->name, right->name);
        ck_assert_uint_eq(left->value_count, right->value_count);
        const struct hive_value *one = left->first_value, *other = right->first_value;
        for (; one; one = one->next, other = other->next) {
            ck_assert_str_eq(one->name, other->name);
            ck_assert_uint_eq(one->type, other->type);
            ck_assert_uint_eq(one->size, other->size);
            ck_assert_mem_eq(one->data, other->data, one->size);
        }
        left = hive_next(left_top, left);
        right = hive_next(right_top, right);
    }
    ck_assert_ptr_eq(left, right);
}

START_TEST(conversion_is_what_blind_patching_does_to_plain_stores)
{
    struct file *blind = sample_file(sample_names[_i]);
    struct bcd *ours = open_sample(sample_names[_i]);
    struct bcd *untouched = open_sample(sample_names[_i]);
    patch_blindly((uint8_t *)bytes_of(blind), (size_t)blind->size);
    int changed = bcd_convert(ours, true, &error);
    static const int expected[] = {1, 0, 0, 4, 0};
    ck_assert_int_eq(changed, expected[_i]);
    check_same(open_store(blind)->hive->root, ours->hive->root);
    /* And nothing but those paths differs; the way back undoes it. */
    if (_i != 1) {
        ck_assert_int_eq(bcd_convert(ours, false, &error), changed);
        check_same(untouched->hive->root, ours->hive->root);
    }
}
END_TEST

START_TEST(conversion_leaves_what_only_looks_alike)
{
    static const struct {
        uint32_t type, element;
        const char *text, *converted;
    } cases[] = {
        {BCD_LOADER, BCD_PATH, "\\a\\WINLOAD.EXE", "\\a\\WINLOAD.efi"},
        {0x1020000A, BCD_PATH, "\\x.eXe", "\\x.efi"},
        {BCD_LOADER, BCD_PATH, ".exe", ".efi"},
        {BCD_LOADER, BCD_PATH, "exe", "exe"},
        {BCD_LOADER, BCD_PATH, "", ""},
        {BCD_LOADER, BCD_PATH, "\\a.exe.bak", "\\a.exe.bak"},
        {BCD_LOADER, BCD_PATH, "\\aexe", "\\aexe"},
        {BCD_LOADER, BCD_DESCRIPTION, "start setup.exe", "start setup.exe"},
        {BCD_LOADER, 0x12000030, "/run a.exe", "/run a.exe"},
        {0x10300006, BCD_PATH, "\\ntldr.exe", "\\ntldr.exe"},
        {0x10400009, BCD_PATH, "\\start.exe", "\\start.exe"},
        {0x101FFFFF, BCD_PATH, "\\shell.exe", "\\shell.exe"},
        {BCD_BOOTMGR, BCD_PATH, "\\bootmgr.exe", "\\bootmgr.exe"},
        {0x20200003, BCD_PATH, "\\inherited.exe", "\\inherited.exe"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bcd *bcd = bcd_create(pool);
        struct hive_key *key;
        char guid[GUID_TEXT_SIZE];
        bcd_make_guid(bcd, guid);
        ck_assert_int_eq(bcd_create_object(bcd, guid, cases[i].type, &key, &error), 0);
        ck_assert_int_eq(bcd_set_string(bcd, key, cases[i].element, cases[i].text, &error), 0);
        int changed = bcd_convert(bcd, true, &error);
        ck_assert_str_eq(string_of(key, cases[i].element), cases[i].converted);
        ck_assert_int_eq(changed, strcmp(cases[i].text, cases[i].converted) != 0);
    }
}
END_TEST

/* ---- references ---- */

/** One line for each reference. */
static char *list_references(struct bcd *bcd, bool efi)
{
    static const char *const kinds[] = {"wim", "sdi", "vhd", "file", "application", "in wim"};
    struct bcd_reference *reference;
    char *text = pool_allocate(pool, 4096);
    size_t used = 0;
    int result = bcd_references(bcd, efi, &reference, &error);
    ck_assert_msg(result == 0, "%s", error.text);
    for (; reference; reference = reference->next) {
        used += (size_t)snprintf(text + used, 4096 - used, "%s %s|%s|%s|%s|%s%s%s\n",
                                 kinds[reference->kind], reference->path, reference->element,
                                 reference->place, reference->object, reference->description,
                                 reference->other_disk ? "|other disk" : "",
                                 reference->optional ? "|optional" : "");
    }
    return text;
}

START_TEST(references_of_a_winpe_store)
{
    struct bcd *bcd = open_sample("tests/data/bcd/BCD.winpe-any");
    ck_assert_str_eq(
        list_references(bcd, true),
        "wim \\Boot\\boot.wim|device|boot|{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a01}|winpe boot image\n"
        "sdi \\Boot\\boot.sdi|ramdisksdipath|boot|{ramdiskoptions}|winpe boot image\n"
        "in wim \\Windows\\System32\\boot\\winload.efi|path|\\Boot\\boot.wim|"
        "{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a01}|winpe boot image\n");
    ck_assert_ptr_nonnull(strstr(list_references(bcd, false), "boot\\winload.exe"));
    ck_assert(bcd_remove_element(bcd, object(bcd, "{default}"), BCD_WINPE));
    ck_assert_ptr_nonnull(strstr(list_references(bcd, false), "System32\\winload.exe"));
}
END_TEST

START_TEST(references_of_a_menu)
{
    struct bcd *bcd = open_sample("tests/data/bcd/BCD.menu");
    ck_assert_str_eq(
        list_references(bcd, false),
        "wim \\Boot\\rescue.wim|device|boot|{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a02}|Second image "
        "(rescue.wim)\n"
        "sdi \\Boot\\rescue.sdi|ramdisksdipath|boot|{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7b02}|Second "
        "image (rescue.wim)\n"
        "in wim \\windows\\system32\\boot\\winload.exe|path|\\Boot\\rescue.wim|"
        "{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a02}|Second image (rescue.wim)\n"
        "wim \\Boot\\boot.wim|device|boot|{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a01}|First image "
        "(boot.wim)\n"
        "sdi \\Boot\\boot.sdi|ramdisksdipath|boot|{ramdiskoptions}|First image (boot.wim)\n"
        "in wim \\windows\\system32\\boot\\winload.exe|path|\\Boot\\boot.wim|"
        "{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a01}|First image (boot.wim)\n"
        "vhd \\disk.vhd|device|locate=\\disk.vhd|{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a03}|VHD on any "
        "volume\n"
        "application \\Boot\\memtest.exe|path|boot|{memdiag}|Windows Memory Diagnostic|optional\n");
}
END_TEST

START_TEST(references_without_sdi_and_on_other_disks)
{
    uint8_t *bytes;
    size_t size;
    struct bcd *bcd = open_sample("tests/data/bcd/BCD.winpe-any");
    struct hive_key *entry = object(bcd, "{default}");
    ck_assert(bcd_remove_element(bcd, object(bcd, "{ramdiskoptions}"), BCD_SDI_PATH));
    ck_assert_ptr_nonnull(
        strstr(list_references(bcd, true), "sdi |ramdisksdipath|boot|{ramdiskoptions}|"));
    ck_assert_int_eq(bcd_device_parse(pool, BCD_DEVICE, "ramdisk=[partition=mbr:00000007:1]\\x.wim",
                                      &bytes, &size, &error),
                     0);
    ck_assert_int_eq(bcd_set_element(bcd, entry, BCD_DEVICE, bytes, size, &error), 0);
    const char *list = list_references(bcd, true);
    ck_assert_ptr_nonnull(strstr(list, "wim \\x.wim|device|partition=mbr:00000007:1|"));
    ck_assert_ptr_nonnull(strstr(list, "|other disk\n"));
    ck_assert_ptr_nonnull(strstr(list, "sdi |device|boot|"));
    ck_assert_ptr_nonnull(strstr(list, "wim \\Boot\\boot.wim|osdevice|"));
}
END_TEST

START_TEST(only_what_can_be_reached_counts)
{
    struct bcd *bcd = open_sample("tests/data/bcd/BCD.menu");
    struct hive_key *bootmgr = object(bcd, "{bootmgr}");
    const char *first = "{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a01}",
               *second = "{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a02}",
               *nobody = "{11111111-6d7c-4f6e-9a51-0d5f3c2e7a02}";
    bcd_remove_element(bcd, bootmgr, BCD_TOOLS_ORDER);
    bcd_remove_element(bcd, bootmgr, BCD_DEFAULT);
    ck_assert_int_eq(bcd_set_list(bcd, bootmgr, BCD_DISPLAY_ORDER,
                                  (const char *const[]){nobody, first, first}, 3, &error),
                     0);
    const char *list = list_references(bcd, false);
    ck_assert_ptr_nonnull(strstr(list, "boot.wim"));
    ck_assert_ptr_null(strstr(list, "rescue.wim"));
    ck_assert_ptr_null(strstr(list, "disk.vhd"));
    ck_assert_ptr_null(strstr(list, "memtest"));
    ck_assert_ptr_eq(strstr(list, "wim \\Boot"), list);
    ck_assert_ptr_null(strstr(list + 5, "\nwim \\Boot"));
    ck_assert_int_eq(
        bcd_set_list(bcd, object(bcd, first), BCD_RECOVERY_SEQUENCE, &second, 1, &error), 0);
    ck_assert_ptr_nonnull(strstr(list_references(bcd, false), "(rescue.wim)|optional"));
    hive_remove_key(bootmgr);
    struct bcd_reference *reference;
    ck_assert_int_eq(bcd_references(bcd, false, &reference, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "{bootmgr}"));
}
END_TEST

START_TEST(huge_menus_are_bounded)
{
    enum { COUNT = 2000 };
    struct bcd *bcd = open_sample("tests/data/bcd/BCD.menu");
    struct hive_key *first = object(bcd, "{default}"), *copy;
    char(*guids)[GUID_TEXT_SIZE] = calloc(COUNT, sizeof *guids);
    const char **texts = calloc(COUNT, sizeof *texts);
    for (int i = 0; i < COUNT; i++) {
        bcd_make_guid(bcd, guids[i]);
        texts[i] = guids[i];
        ck_assert_int_eq(bcd_copy_object(bcd, first, guids[i], &copy, &error), 0);
        ck_assert_int_eq(bcd_set_list(bcd, copy, BCD_RECOVERY_SEQUENCE, texts, (size_t)i, &error),
                         0);
    }
    ck_assert_int_eq(
        bcd_set_list(bcd, object(bcd, "{bootmgr}"), BCD_DISPLAY_ORDER, texts, COUNT, &error), 0);
    struct bcd_reference *reference;
    ck_assert_int_eq(bcd_references(bcd, false, &reference, &error), 0);
    size_t count = 0;
    for (; reference; reference = reference->next) {
        count++;
    }
    ck_assert_uint_eq(count, 256 * 3);
    free(guids);
    free(texts);
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
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
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
    tcase_add_test(tests, lists_end_where_they_end);
    tcase_add_test(tests, values_are_written_with_their_registry_types);
    tcase_add_test(tests, inheritance_is_followed_and_bounded);
    tcase_add_test(tests, objects_are_copied_and_deleted);
    tcase_add_test(tests, untouched_stores_stay_the_file_they_were);
    tcase_add_test(tests, stores_that_boot_managers_refuse_are_rewritten);
    tcase_add_test(tests, new_stores_are_what_bcdedit_creates);
    tcase_add_loop_test(tests, devices_have_one_form_each, 0, sizeof devices / sizeof devices[0]);
    tcase_add_test(tests, devices_survive_as_text);
    tcase_add_test(tests, slashes_in_devices_are_turned);
    tcase_add_test(tests, devices_that_make_no_sense_are_refused);
    tcase_add_test(tests, odd_devices_are_kept_as_bytes);
    tcase_add_test(tests, damaged_devices_are_not_understood);
    tcase_add_test(tests, devices_of_the_samples_have_a_text);
    tcase_add_loop_test(tests, conversion_is_what_blind_patching_does_to_plain_stores, 0,
                        SAMPLE_COUNT);
    tcase_add_test(tests, conversion_leaves_what_only_looks_alike);
    tcase_add_test(tests, references_of_a_winpe_store);
    tcase_add_test(tests, references_of_a_menu);
    tcase_add_test(tests, references_without_sdi_and_on_other_disks);
    tcase_add_test(tests, only_what_can_be_reached_counts);
    tcase_add_test(tests, huge_menus_are_bounded);
    tcase_add_test(tests, what_is_no_store_is_named);
    tcase_add_test(tests, cut_stores_say_how_much_is_missing);
    tcase_add_test(tests, other_hives_are_no_stores);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
