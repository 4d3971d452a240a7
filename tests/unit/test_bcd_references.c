/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that BCD stores name: paths converted for the firmware, and the list of references. */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "tests/unit/bcd_samples.h"

/* ---- conversion ---- */

static char lower(uint8_t byte)
{
    return (char)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
}

/* What iPXE's loader does: ".exe" that ends a UTF-16 string anywhere becomes ".efi". */
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
    while (left != NULL && right != NULL) {
        ck_assert_str_eq(left->name, right->name);
        ck_assert_uint_eq(left->value_count, right->value_count);
        const struct hive_value *one = left->first_value, *other = right->first_value;
        for (; one != NULL; one = one->next, other = other->next) {
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
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
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

/* One line for each reference. */
static char *list_references(struct bcd *bcd, bool efi)
{
    static const char *const kinds[] = {"wim", "sdi", "vhd", "file", "application", "in wim"};
    struct bcd_reference *reference;
    char *text = pool_allocate(pool, 4096);
    size_t used = 0;
    int result = bcd_references(bcd, efi, &reference, &error);
    ck_assert_msg(result == 0, "%s", error.text);
    for (; reference != NULL; reference = reference->next) {
        used += (size_t)snprintf(
            text + used, 4096 - used, "%s %s|%s|%s|%s|%s%s%s%s\n", kinds[reference->kind],
            reference->path, reference->element, reference->place, reference->object,
            reference->description, reference->other_disk ? "|other disk" : "",
            reference->boots ? "|boots" : "", reference->optional ? "|optional" : "");
    }
    return text;
}

START_TEST(references_of_a_winpe_store)
{
    struct bcd *bcd = open_sample("tests/data/bcd/BCD.winpe-any");
    ck_assert_str_eq(
        list_references(bcd, true),
        "wim \\Boot\\boot.wim|device|boot|{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a01}|winpe boot "
        "image|boots\n"
        "sdi \\Boot\\boot.sdi|ramdisksdipath|boot|{ramdiskoptions}|winpe boot image|boots\n"
        "in wim \\Windows\\System32\\boot\\winload.efi|path|\\Boot\\boot.wim|"
        "{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a01}|winpe boot image|boots\n");
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
        "(rescue.wim)|boots\n"
        "sdi \\Boot\\rescue.sdi|ramdisksdipath|boot|{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7b02}|Second "
        "image (rescue.wim)|boots\n"
        "in wim \\windows\\system32\\boot\\winload.exe|path|\\Boot\\rescue.wim|"
        "{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a02}|Second image (rescue.wim)|boots\n"
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
    ck_assert_ptr_nonnull(strstr(list, "|other disk|boots\n"));
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
    ck_assert_ptr_nonnull(strstr(list, "|boots\n")); /* without a default, the first of the menu */
    /* A boot sequence starts once in place of the default entry, which then may lack something. */
    ck_assert_int_eq(bcd_set_string(bcd, bootmgr, BCD_DEFAULT, second, &error), 0);
    ck_assert_ptr_nonnull(strstr(list_references(bcd, false), "(rescue.wim)|boots\n"));
    ck_assert_int_eq(bcd_set_list(bcd, bootmgr, BCD_BOOT_SEQUENCE, &first, 1, &error), 0);
    list = list_references(bcd, false);
    ck_assert_ptr_nonnull(strstr(list, "(boot.wim)|boots\n"));
    ck_assert_ptr_nonnull(strstr(list, "(rescue.wim)\n"));
    bcd_remove_element(bcd, bootmgr, BCD_BOOT_SEQUENCE);
    bcd_remove_element(bcd, bootmgr, BCD_DEFAULT);
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
    char(*guids)[GUID_TEXT_SIZE] = calloc(COUNT, sizeof(*guids));
    const char **texts = calloc(COUNT, sizeof(*texts));
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
    for (; reference != NULL; reference = reference->next) {
        count++;
    }
    ck_assert_uint_eq(count, 256 * 3);
    free(guids);
    free(texts);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bcd_references");
    TCase *tests = tcase_create("bcd_references");
    tcase_add_checked_fixture(tests, start, finish);
    tcase_add_loop_test(tests, conversion_is_what_blind_patching_does_to_plain_stores, 0,
                        SAMPLE_COUNT);
    tcase_add_test(tests, conversion_leaves_what_only_looks_alike);
    tcase_add_test(tests, references_of_a_winpe_store);
    tcase_add_test(tests, references_of_a_menu);
    tcase_add_test(tests, references_without_sdi_and_on_other_disks);
    tcase_add_test(tests, only_what_can_be_reached_counts);
    tcase_add_test(tests, huge_menus_are_bounded);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
