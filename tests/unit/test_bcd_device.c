/* SPDX-License-Identifier: BSD-2-Clause */
/* Devices of BCD stores: as bytes, as text, and damaged. */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "tests/unit/bcd_samples.h"

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
        ("vhd=[partition=gpt:{984c884b-4218-4f07-aa93-5ede4c7c5384}:{76cc3abd-2782-4839-af5c-"
         "5fc8e6659147}]\\d, {1}.vhdx,{ramdiskoptions}"),
        "boot,{ramdiskoptions}",
        "locate=\\Windows\\System32\\winload.exe",
        "file=[locate=custom:22000002]\\x",
        "hex:",
        "hex:00112233",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
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
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        uint8_t *bytes;
        size_t size;
        ck_assert_msg(bcd_device_parse(pool, BCD_DEVICE, texts[i], &bytes, &size, &error) == -1,
                      "\"%s\" was accepted", texts[i]);
    }
}
END_TEST

START_TEST(bytes_that_nobody_looks_at_do_not_count)
{
    static const struct {
        size_t device, offset; /* in the descriptor */
        uint8_t value;
    } stale[] = {
        {0, 0x30, 0x77},       /* boot */
        {1, 0x18, 0x01},       /* partition: above its start */
        {3, 0x1C, 0x8C},       /* RAM disk: an image size, as in Ventoy's store */
        {3, 0x34 + 0x20, 0x5A} /* RAM disk: in the volume's descriptor */
    };
    for (size_t i = 0; i < sizeof(stale) / sizeof(stale[0]); i++) {
        size_t size;
        const char *text = devices[stale[i].device].text;
        uint8_t *bytes = bytes_from_hex(devices[stale[i].device].hex, &size);
        bytes[16 + stale[i].offset] = stale[i].value;
        ck_assert_str_eq(bcd_device_format(pool, BCD_DEVICE, bytes, size), text);
    }
}
END_TEST

START_TEST(odd_devices_are_kept_as_bytes)
{
    size_t size, again_size;
    uint8_t *again, *bytes = bytes_from_hex(devices[3].hex, &size);
    struct bcd_device device;
    bytes[16 + 0x04] = 2; /* a flag that boot managers look at */
    char *text = bcd_device_format(pool, BCD_DEVICE, bytes, size);
    ck_assert(strncmp(text, "hex:e03455ae", 12) == 0);
    ck_assert_int_eq(bcd_device_parse(pool, BCD_DEVICE, text, &again, &again_size, &error), 0);
    ck_assert_uint_eq(again_size, size);
    ck_assert_mem_eq(again, bytes, size);
    ck_assert_int_eq(bcd_device_decode(pool, bytes, size, &device), 1);
    ck_assert_str_eq(device.path, "\\Boot\\boot.wim");
}
END_TEST

START_TEST(damaged_devices_are_not_understood)
{
    for (size_t d = 0; d < sizeof(devices) / sizeof(devices[0]); d++) {
        size_t size;
        struct bcd_device device;
        uint8_t *bytes = bytes_from_hex(devices[d].hex, &size);
        for (size_t cut = 0; cut < size; cut++) {
            uint8_t *exact = malloc(cut + !cut);
            memcpy(exact, bytes, cut);
            ck_assert_int_eq(bcd_device_decode(pool, exact, cut, &device), 0);
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
                if (strncmp(text, "hex:", 4) == 0) {
                    ck_assert_mem_eq(again, exact, size);
                } else if (strchr(text, '/') == NULL) { /* but for bytes that nobody looks at */
                    ck_assert_str_eq(bcd_device_format(pool, BCD_DEVICE, again, size), text);
                }
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
        for (struct hive_key *key = hive_first_child(bcd->objects); key != NULL; key = key->next) {
            static const uint32_t elements[] = {BCD_DEVICE, BCD_OS_DEVICE, BCD_SDI_DEVICE};
            for (size_t e = 0; e < 3; e++) {
                const struct hive_value *value = bcd_find_element(key, elements[e]);
                if (value != NULL) {
                    ck_assert_ptr_null(strstr(
                        bcd_device_format(pool, elements[e], value->data, value->size), "hex:"));
                }
            }
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bcd_device");
    TCase *tests = tcase_create("bcd_device");
    tcase_add_checked_fixture(tests, start, finish);
    tcase_add_loop_test(tests, devices_have_one_form_each, 0, sizeof(devices) / sizeof(devices[0]));
    tcase_add_test(tests, devices_survive_as_text);
    tcase_add_test(tests, slashes_in_devices_are_turned);
    tcase_add_test(tests, devices_that_make_no_sense_are_refused);
    tcase_add_test(tests, bytes_that_nobody_looks_at_do_not_count);
    tcase_add_test(tests, odd_devices_are_kept_as_bytes);
    tcase_add_test(tests, damaged_devices_are_not_understood);
    tcase_add_test(tests, devices_of_the_samples_have_a_text);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
