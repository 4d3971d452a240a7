/* SPDX-License-Identifier: BSD-2-Clause */
/* The preview tool's machine descriptions. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/machine.h"
#include "host/preview.h"

static struct error error;

START_TEST(machine_options)
{
    struct machine_plan plan;
    machine_start(&plan);
    ck_assert_int_eq(machine_set_arch(&plan, "arm64", &error), 0);
    ck_assert_int_eq(machine_finish(&plan, &error), 0);
    ck_assert_str_eq(plan.facts.arch, "arm64");
    ck_assert_int_eq(machine_set_arch(&plan, "mips", &error), -1);
    ck_assert_int_eq(machine_set_firmware(&plan, "bios", &error), 0);
    ck_assert_int_eq(machine_finish(&plan, &error), 0);
    ck_assert_str_eq(plan.facts.arch, "i386");
    ck_assert_int_eq(machine_set_memory(&plan, "6G", &error), 0);
    ck_assert_uint_eq(plan.memory, UINT64_C(6) << 30);
    ck_assert_int_eq(machine_set_memory(&plan, "512m", &error), 0);
    ck_assert_uint_eq(plan.memory, UINT64_C(512) << 20);
    ck_assert_int_eq(machine_add_mac(&plan, "52:54:00:12:34:aF", &error), 0);
    ck_assert_uint_eq(plan.facts.mac_count, 1);
    ck_assert_uint_eq(plan.facts.macs[0][5], 0xAF);

    ck_assert_int_eq(machine_set_firmware(&plan, "uboot", &error), -1);
    static const char *const sizes[] = {"", "G", "0", "-1", "4X", "4GB", "99999999999999999999T"};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        ck_assert_int_eq(machine_set_memory(&plan, sizes[i], &error), -1);
    }
    static const char *const macs[] = {"", "52:54:00:12:34", "52:54:00:12:34:5g",
                                       "52-54-00:12:34:567", "52.54.00.12.34.56"};
    for (size_t i = 0; i < sizeof(macs) / sizeof(macs[0]); i++) {
        ck_assert_int_eq(machine_add_mac(&plan, macs[i], &error), -1);
    }
    ck_assert_int_eq(machine_set_smbios(&plan, "colour=red", &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "manufacturer, product"));
}
END_TEST

/* Walk the table as DSP0134 says and find a string. */
static const char *smbios_string(const struct machine *facts, uint8_t type, uint8_t offset)
{
    const uint8_t *at = facts->smbios, *end = at + facts->smbios_size;
    while (at < end) {
        const char *text = (const char *)at + at[1];
        uint8_t number = at[0] == type ? at[offset] : 0;
        for (uint8_t i = 1; i < number; i++) {
            text += strlen(text) + 1;
        }
        if (number > 0) {
            return text;
        }
        const uint8_t *next = at + at[1];
        while (next[0] != 0 || next[1] != 0) {
            next++;
        }
        at = next + 2;
    }
    ck_assert_ptr_eq(at, end);
    return NULL;
}

START_TEST(smbios_table)
{
    struct machine_plan plan;
    machine_start(&plan);
    ck_assert_int_eq(machine_set_smbios(&plan, "product=OptiPlex 7090", &error), 0);
    ck_assert_int_eq(machine_set_smbios(&plan, "serial=ABC", &error), 0);
    ck_assert_int_eq(machine_set_smbios(&plan, "asset_tag=T-1", &error), 0);
    ck_assert_int_eq(machine_set_smbios(&plan, "uuid=00112233-4455-6677-8899-aabbccddeeff", &error),
                     0);
    ck_assert_int_eq(machine_finish(&plan, &error), 0);
    ck_assert_str_eq(smbios_string(&plan.facts, 1, 5), "OptiPlex 7090");
    ck_assert_str_eq(smbios_string(&plan.facts, 1, 7), "ABC");
    ck_assert_str_eq(smbios_string(&plan.facts, 3, 8), "T-1");
    ck_assert_ptr_null(smbios_string(&plan.facts, 0, 5));
    static const uint8_t uuid[16] = {0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66,
                                     0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF};
    const uint8_t *system = plan.facts.smbios;
    while (system[0] != 1) {
        system++;
    }
    ck_assert_mem_eq(system + 8, uuid, 16);

    ck_assert_int_eq(machine_set_smbios(&plan, "uuid=1234", &error), 0);
    ck_assert_int_eq(machine_finish(&plan, &error), -1);
}
END_TEST

static const char *write_file(const char *text)
{
    static char path[] = "/tmp/wimboot-test-XXXXXX";
    static const char template[] = "/tmp/wimboot-test-XXXXXX";
    memcpy(path, template, sizeof(template));
    int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    ck_assert_int_eq(write(descriptor, text, strlen(text)), (ssize_t)strlen(text));
    close(descriptor);
    return path;
}

START_TEST(machines_file)
{
    struct machine_plan machines[PREVIEW_MACHINES_MAX];
    struct preview preview = {.pool = pool_create(), .machines = machines};
    const char *path = write_file("return {\n"
                                  "  {name='a', firmware='bios', memory='2G', args='site=hq'},\n"
                                  "  {name='b', mac={'52:54:00:12:34:56'}, smbios={product='X'},\n"
                                  "   secure_boot=true},\n"
                                  "}\n");
    ck_assert_int_eq(preview_read_machines(&preview, path, &error), 0);
    ck_assert_uint_eq(preview.machine_count, 2);
    ck_assert_str_eq(machines[0].facts.firmware, "bios");
    ck_assert_str_eq(machines[0].facts.command_line, "site=hq");
    ck_assert_uint_eq(machines[1].facts.macs[0][0], 0x52);
    ck_assert(machines[1].facts.secure_boot);
    unlink(path);
    static const char *const wrong[] = {
        "return 3",           "return {memory='x'}", "return {colour='red'}",
        "return {mac={1,2}}", "syntax error here",   "return {{}, 5}",
        "os.exit()"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        path = write_file(wrong[i]);
        preview.machine_count = 0;
        ck_assert_int_eq(preview_read_machines(&preview, path, &error), -1);
        ck_assert_msg(strstr(error.text, path) != NULL, "%s", error.text);
        unlink(path);
    }
    pool_destroy(preview.pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("preview");
    TCase *tests = tcase_create("preview");
    tcase_add_test(tests, machine_options);
    tcase_add_test(tests, smbios_table);
    tcase_add_test(tests, machines_file);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
