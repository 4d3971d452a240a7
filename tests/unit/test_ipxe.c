/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iPXE scripts: the interpreter with files in memory. That it does what iPXE does is tested in
 * tests/ipxe; here are its limits, what it notes, and what it does not understand.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/ipxe/ipxe.h"
#include "tests/unit/pool_fixture.h"

/* A server: pairs of path and text; the script is the first. */
static const char *const *served;

static int read_served(void *context, struct pool *owner, const char *path, size_t limit,
                       const char **data, size_t *size)
{
    for (const char *const *at = served; *at != NULL; at += 2) {
        if (strcmp(at[0], path) == 0) {
            *data = at[1];
            *size = strlen(at[1]) < limit ? strlen(at[1]) : limit;
            return 0;
        }
    }
    return -1;
}

static struct ipxe_result result;

static struct ipxe_start given;

/* Run the first of `files`, in /srv/boot/. */
static enum ipxe_end run(const char *const *files)
{
    served = files;
    given.path = files[0];
    given.root = "/srv";
    given.firmware = "efi";
    given.arch = "x86_64";
    given.files.read = read_served;
    ck_assert_msg(ipxe_run(pool, &given, &result, &error) == 0, "%s", error.text);
    return result.end;
}

/* Run one script with "wimboot" beside it. */
static enum ipxe_end run_text(const char *text)
{
    const char *const files[] = {
        "/srv/boot/boot.ipxe", text, "/srv/boot/wimboot", "MZ", "/srv/boot/a.txt", "a", NULL};
    return run(files);
}

static void check_reason(const char *text, enum ipxe_end end, const char *reason)
{
    memset(&given, 0, sizeof(given));
    ck_assert_msg(run_text(text) == end, "%s: %s", text, result.reason);
    ck_assert_msg(strstr(result.reason, reason) != NULL, "%s", result.reason);
}

START_TEST(disks_on_servers)
{
    const char *const files[] = {
        "/srv/boot/boot.ipxe",
        "#!ipxe\n"
        "sanhook --drive 0x80 http://10.0.0.1/missing.iso || echo none\n"
        "sanhook iscsi:10.0.0.1::::iqn.2026-01.test:disk\n"
        "sanhook --drive 0x81 --no-describe http://10.0.0.1/none http://10.0.0.1/win.iso\n"
        "kernel wimboot\n"
        "boot\n",
        "/srv/boot/wimboot",
        "MZ",
        "/srv/win.iso",
        "disc",
        NULL};
    memset(&given, 0, sizeof(given));
    ck_assert_msg(run(files) == IPXE_BOOTS, "%s", result.reason);
    ck_assert_uint_eq(result.disk_count, 1);
    ck_assert_str_eq(result.disks[0].uri, "http://10.0.0.1/win.iso");
    ck_assert_str_eq(result.disks[0].path, "/srv/win.iso");
    ck_assert_uint_eq(result.image_count, 0);
    ck_assert_uint_eq(result.note_count, 3);
    check_reason("#!ipxe\nsanhook nowhere.iso\n", IPXE_ENDS, "the command failed");
    ck_assert_int_eq(run_text("#!ipxe\nsanhook a.txt\nsanunhook\nkernel wimboot\nboot\n"),
                     IPXE_BOOTS);
    ck_assert_uint_eq(result.disk_count, 0);
}
END_TEST

START_TEST(images_and_names)
{
    const char *const files[] = {
        "/srv/boot/boot.ipxe",
        "#!ipxe\n"
        "dhcp || goto fail\n"
        "set base http://10.0.0.1/win\n"
        "kernel ${base}/wimboot script=boot.lua site=hq || shell\n"
        "initrd --name BCD ${base}/bcd BCD\n"
        "imgfetch -n boot.sdi /boot.sdi?x=1 boot.sdi\n"
        "module ${base}/boot%20it.wim\n"
        "boot\n"
        "initrd never.wim\n",
        "/srv/win/bcd",
        "regf",
        "/srv/boot.sdi",
        "$SDI",
        "/srv/win/boot it.wim",
        "MSWIM",
        NULL,
    };
    ck_assert_int_eq(run(files), IPXE_BOOTS);
    ck_assert_str_eq(result.command_line, "script=boot.lua site=hq");
    ck_assert_uint_eq(result.image_count, 3);
    ck_assert_str_eq(result.images[0].path, "/srv/win/bcd");
    ck_assert_str_eq(result.images[0].bios_name, "BCD");
    ck_assert_str_eq(result.images[0].efi_name, "BCD");
    ck_assert_uint_eq(result.images[0].line, 5);
    ck_assert_str_eq(result.images[0].script, "/srv/boot/boot.ipxe");
    ck_assert_str_eq(result.images[1].path, "/srv/boot.sdi");
    ck_assert_str_eq(result.images[1].efi_name, "boot.sdi");
    ck_assert_str_eq(result.images[2].path, "/srv/win/boot it.wim");
    ck_assert_ptr_null(result.images[2].bios_name);
    ck_assert_str_eq(result.images[2].efi_name, "boot it.wim");
    ck_assert_uint_eq(result.note_count, 3);
    ck_assert_str_eq(result.notes[0], "/srv/boot/boot.ipxe:2: dhcp: assumed to succeed");
    ck_assert_ptr_nonnull(strstr(result.notes[1], "/srv/win/wimboot is not there"));
    ck_assert_ptr_nonnull(strstr(result.notes[2], "boot.sdi?x=1: the file is used"));
}
END_TEST

/* A build of iPXE may lack the command, which then fails; what a server makes of parameters is not
 * known. */
START_TEST(what_depends_on_the_build)
{
    static const char *const commands[] = {"colour --rgb 0 1", "cpair 1", "params", "param mac x",
                                           "imgtrust --allow", "console", "ipstat", "nstat",
                                           "certstat"};
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        char text[100];
        snprintf(text, sizeof(text), "#!ipxe\n%s\nkernel wimboot\nboot\n", commands[i]);
        ck_assert_int_eq(run_text(text), IPXE_BOOTS);
        ck_assert_uint_eq(result.note_count, 1);
        ck_assert_ptr_nonnull(strstr(result.notes[0], "assumed to succeed"));
    }
    ck_assert_int_eq(run_text("#!ipxe\nkernel wimboot##params\nboot\n"), IPXE_BOOTS);
    ck_assert_uint_eq(result.note_count, 1);
    ck_assert_ptr_nonnull(strstr(result.notes[0], "wimboot##params: the file is used"));
    check_reason("#!ipxe\nchain boot.php##params=p\n", IPXE_UNCERTAIN,
                 "only the server knows what it answers");
}
END_TEST

START_TEST(facts_and_what_is_not_known)
{
    static const struct ipxe_fact facts[] = {
        {"net0/mac", "52:54:00:AB:cd:ef"},
        {"uuid", "00112233-4455-6677-8899-AABBCCDDEEFF"},
        {"product", "OptiPlex 7090"},
        {"net0.dhcp/next-server", "10.1.2.3"},
        {"asset", "T-1"},
    };
    given.facts = facts;
    given.fact_count = sizeof(facts) / sizeof(facts[0]);
    ck_assert_int_eq(
        run_text("#!ipxe\nkernel wimboot ${mac} ${net0/mac:hexhyp} ${netX/mac:hexraw} "
                 "${uuid} ${uuid:hexraw} ${product} ${smbios/asset} ${next-server} "
                 "${net0/next-server:hex} ${net1/mac}${proxydhcp/filename}${ip}\nboot\n"),
        IPXE_BOOTS);
    ck_assert_str_eq(result.command_line,
                     "52:54:00:ab:cd:ef 52-54-00-ab-cd-ef 525400abcdef "
                     "00112233-4455-6677-8899-aabbccddeeff 00112233445566778899aabbccddeeff "
                     "OptiPlex 7090 T-1 10.1.2.3 0a:01:02:03 ");
    ck_assert_uint_eq(result.note_count, 3);
    ck_assert_str_eq(result.notes[0],
                     "/srv/boot/boot.ipxe:2: ${net1/mac} is not known: assumed to be "
                     "empty. To give it: --ipxe-set net1/mac=VALUE");
    ck_assert_ptr_nonnull(strstr(result.notes[2], "--ipxe-set ip=VALUE"));
    /* What only shows on the screen is not noted, nor what no machine has. */
    ck_assert_int_eq(
        run_text("#!ipxe\necho ${ip} ${175.177}\nisset ${mine} || kernel wimboot\nboot\n"),
        IPXE_BOOTS);
    ck_assert_uint_eq(result.note_count, 0);
    ck_assert_int_eq(run_text("#!ipxe\nkernel wimboot ${175.177}${43.1:string}\nboot\n"),
                     IPXE_BOOTS);
    ck_assert_uint_eq(result.note_count, 2);
}
END_TEST

START_TEST(answers)
{
    static const char *const texts[] = {"two", "none", "x", "typed text", "me", "secret"};
    given.answers = texts;
    given.answer_count = sizeof(texts) / sizeof(texts[0]);
    ck_assert_int_eq(run_text("#!ipxe\nmenu\nitem one\nitem two\nchoose a\n"
                              "prompt --timeout 100 && set b yes || set b no\n"
                              "prompt -s c\nread d\nlogin\n"
                              "kernel wimboot ${a} ${b} ${c} ${d} ${username} ${password}\nboot\n"),
                     IPXE_BOOTS);
    ck_assert_str_eq(result.command_line, "two no 0x78 typed text me secret");
    ck_assert_uint_eq(result.note_count, 0);
    ck_assert_int_eq(run_text("#!ipxe\nmenu\nitem one\nitem three\nchoose a\n"), IPXE_UNCERTAIN);
    ck_assert_str_eq(result.reason, "/srv/boot/boot.ipxe:5: choose: --answer two is not in the "
                                    "menu: one, three");

    given.answer_count = 0;
    ck_assert_int_eq(run_text("#!ipxe\nset n:int8 0\n:menu\nmenu\nitem one\nitem two\nchoose a\n"
                              "kernel wimboot ${a}\nboot\n"),
                     IPXE_BOOTS);
    ck_assert_str_eq(result.command_line, "one");
    ck_assert_uint_eq(result.note_count, 1);
    ck_assert_ptr_nonnull(strstr(result.notes[0], "assumed to choose one of one, two"));
    check_reason("#!ipxe\n:menu\nmenu\nitem one\nchoose a && goto menu\n", IPXE_UNCERTAIN,
                 "boot.ipxe:5: choose: asks again; give the answers, in order, with --answer");
    check_reason("#!ipxe\nlogin\n", IPXE_UNCERTAIN, "boot.ipxe:2: login: asks for a name");
}
END_TEST

START_TEST(ends_that_do_not_boot)
{
    check_reason("#!ipxe\n", IPXE_ENDS, "boot.ipxe:1: the script ends here without booting");
    check_reason("#!ipxe\n\ninitrd nothing\nkernel wimboot\nboot\n", IPXE_ENDS,
                 "boot.ipxe:3: the script ends here without booting: the command failed");
    check_reason("#!ipxe\nshell\n", IPXE_ENDS, "boot.ipxe:2: iPXE's shell is started");
    check_reason("#!ipxe\nreboot\n", IPXE_ENDS, "boot.ipxe:2: reboot: the machine is restarted");
    check_reason("#!ipxe\nsanboot --drive 0x80\n", IPXE_ENDS, "a disk is booted, not the loader");
    const char *const other[] = {"/srv/boot/boot.ipxe", "#!ipxe\nchain a.efi\n", "/srv/boot/a.efi",
                                 "MZ", NULL};
    ck_assert_int_eq(run(other), IPXE_ENDS);
    ck_assert_ptr_nonnull(strstr(result.reason, "a.efi is started, which is not the loader"));
    /* UEFI starts programs only. */
    check_reason("#!ipxe\nchain a.txt\n", IPXE_ENDS, "without booting: the command failed");
    ck_assert_ptr_nonnull(strstr(result.notes[0], "a.txt: is no program: starting it fails"));
    check_reason("#!ipxe\nset x:uuid 1\n", IPXE_UNCERTAIN, "not every version of iPXE");
    check_reason("#!ipxe\nset x:uristring 1\n", IPXE_UNCERTAIN, "cannot set the type uristring");
}
END_TEST

START_TEST(what_is_not_understood)
{
    check_reason("#!ipxe\n\\\n\nfrobnicate || shell\n", IPXE_UNCERTAIN,
                 "boot.ipxe:4: frobnicate: this preview does not know the command");
    check_reason("#!ipxe\ninitrd --frob a.txt\n", IPXE_UNCERTAIN, "the option --frob");
    check_reason("#!ipxe\nitem -x a\n", IPXE_UNCERTAIN, "the option -x");
    check_reason("#!ipxe\nkernel wimboot ${ip:dotted}\n", IPXE_UNCERTAIN,
                 "${ip:dotted}: this preview does not know the type");
    check_reason("#!ipxe\nset ip:dotted 3\n", IPXE_UNCERTAIN, "does not know such a setting");
    check_reason("#!ipxe\nautoboot\n", IPXE_UNCERTAIN, "only the network knows");
    check_reason("#!ipxe\nchain menu.php?mac=${mac}\n", IPXE_UNCERTAIN, "only the server knows");
    check_reason("#!ipxe\nchain data:text,hello\n", IPXE_UNCERTAIN, "does not know where that is");
    check_reason("#!ipxe\ncpuid --ecx 5\n", IPXE_UNCERTAIN, "knows only --ext 29");
    check_reason("#!ipxe\nboot\n", IPXE_UNCERTAIN, "no image is selected");
    const char *const program[] = {"/srv/boot/boot.ipxe", "#!ipxe\nchain x.php\n",
                                   "/srv/boot/x.php", "<?php echo 1;", NULL};
    ck_assert_int_eq(run(program), IPXE_UNCERTAIN);
    ck_assert_ptr_nonnull(strstr(result.reason, "only the server knows what it answers"));
}
END_TEST

START_TEST(limits)
{
    check_reason("#!ipxe\n:loop\ngoto loop\n", IPXE_UNCERTAIN, "does not come to an end");
    check_reason("#!ipxe\n:retry\ninitrd a.txt || goto retry\ngoto retry\n", IPXE_UNCERTAIN,
                 "more than 4096 images");
    check_reason("#!ipxe\nset a 0123456789\n:more\nset a ${a}${a}\ngoto more\n", IPXE_UNCERTAIN,
                 "a word is longer than 65536 bytes");
    check_reason("#!ipxe\nset a:int32 0\n:more\ninc a\nset v${a} ${a}\ngoto more\n", IPXE_UNCERTAIN,
                 "more than 4096 settings");
    check_reason("#!ipxe\nset a:int32 0\n:more\ninc a\nkernel wimboot ${net${a}/mac}\nimgfree\n"
                 "goto more\n",
                 IPXE_UNCERTAIN, "more than 100 assumptions");
    const char *const itself[] = {"/srv/boot/boot.ipxe", "#!ipxe\nchain boot.ipxe\n", NULL};
    ck_assert_int_eq(run(itself), IPXE_UNCERTAIN);
    ck_assert_ptr_nonnull(strstr(result.reason, "more than 16 scripts that chain each other"));
    const char *const replaced[] = {"/srv/boot/boot.ipxe", "#!ipxe\nchain --replace boot.ipxe\n",
                                    NULL};
    ck_assert_int_eq(run(replaced), IPXE_UNCERTAIN);

    char *words = malloc(4096);
    memset(words, 'a', 4096);
    for (size_t i = 6; i < 4095; i += 2) {
        words[i] = ' ';
    }
    memcpy(words, "#!ipxe\necho ", 12);
    words[4095] = '\0';
    check_reason(words, IPXE_UNCERTAIN, "more than 1024 words");
    free(words);
    char *names = calloc(1, 1000);
    memset(names, 'n', 999);
    memcpy(names, "#!ipxe\nset ", 11);
    check_reason(names, IPXE_UNCERTAIN, "does not know such a setting");
    free(names);
}
END_TEST

START_TEST(the_script_itself)
{
    const char *const files[] = {"/srv/boot/boot.ipxe", "<html>404</html>", NULL};
    served = files;
    given.path = files[0];
    given.root = "/srv";
    given.firmware = given.arch = "";
    given.files.read = read_served;
    ck_assert_int_eq(ipxe_run(pool, &given, &result, &error), -1);
    ck_assert_str_eq(error.text, "/srv/boot/boot.ipxe: not an iPXE script: it does not start with "
                                 "#!ipxe");
    given.path = "/srv/other.ipxe";
    ck_assert_int_eq(ipxe_run(pool, &given, &result, &error), -1);
    ck_assert_str_eq(error.text, "/srv/other.ipxe: cannot be read");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ipxe");
    TCase *tests = tcase_create("ipxe");
    tcase_add_checked_fixture(tests, start, finish);
    tcase_add_test(tests, images_and_names);
    tcase_add_test(tests, disks_on_servers);
    tcase_add_test(tests, what_depends_on_the_build);
    tcase_add_test(tests, facts_and_what_is_not_known);
    tcase_add_test(tests, answers);
    tcase_add_test(tests, ends_that_do_not_boot);
    tcase_add_test(tests, what_is_not_understood);
    tcase_add_test(tests, limits);
    tcase_add_test(tests, the_script_itself);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
