/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Recognising files by their content, and finding their end: real files from independent tools,
 * with something after them that does not belong to them.
 */
#include "files/sniff.h"

#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

static struct pool *pool;
static uint64_t length;

static void setup(void)
{
    pool = pool_create();
}

static void teardown(void)
{
    pool_destroy(pool);
}

static enum content sniff_bytes(const void *bytes, size_t size)
{
    return sniff(file_from_memory(pool, "test", bytes, size), &length);
}

static enum content sniff_string(const char *text)
{
    return sniff_bytes(text, strlen(text));
}

/* The file that a command writes to its standard output, and zeros after it. */
static const uint8_t *output_of(const char *command, size_t *size)
{
    enum { CAPACITY = 8 << 20 };
    uint8_t *bytes = pool_allocate(pool, CAPACITY + 4096);
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    *size = fread(bytes, 1, CAPACITY, pipe);
    ck_assert_msg(pclose(pipe) == 0 && *size > 0, "%s", command);
    return bytes;
}

static void check_output(const char *command, enum content expected)
{
    size_t size;
    const uint8_t *bytes = output_of(command, &size);
    enum content content = sniff_bytes(bytes, size + 4096);
    ck_assert_msg(content == expected, "%s: %s", command, content_name(content));
    ck_assert_msg(length == size, "%s: %zu bytes, not %llu", command, size,
                  (unsigned long long)length);
    /* What was cut says what it should have. */
    if (expected != CONTENT_LUA) {
        ck_assert_int_eq(sniff_bytes(bytes, size - 1), expected);
        ck_assert_uint_eq(length, size);
    }
}

START_TEST(wims)
{
    static const char format[] =
        "d=$(mktemp -d) && mkdir $d/in && head -c 50000 Makefile >$d/in/a && "
        "wimlib-imagex capture $d/in $d/w %s >/dev/null 2>&1 && cat $d/w; s=$?; rm -r $d; exit $s";
    static const char *const arguments[] = {"--compress=none", "--compress=LZX",
                                            "--compress=XPRESS --check", "--compress=LZMS --solid"};
    for (size_t i = 0; i < 4; i++) {
        char command[400];
        snprintf(command, sizeof(command), format, arguments[i]);
        check_output(command, CONTENT_WIM);
    }
    size_t size;
    char command[400];
    snprintf(command, sizeof(command), format, "--pipable");
    const uint8_t *bytes = output_of(command, &size);
    ck_assert_int_eq(sniff_bytes(bytes, size), CONTENT_WIM);
    ck_assert_uint_eq(length, 0);
}
END_TEST

START_TEST(discs)
{
    check_output("genisoimage -quiet -udf -J Makefile 2>/dev/null", CONTENT_ISO);
    check_output("genisoimage -quiet Makefile 2>/dev/null", CONTENT_ISO);
    check_output("xorriso -as mkisofs -quiet -J Makefile 2>/dev/null", CONTENT_ISO);
    check_output("d=$(mktemp -d) && mkdir $d/in && cp Makefile $d/in && "
                 "tests/container/udf_image.py $d/image $d/in && cat $d/image; s=$?; rm -r $d; "
                 "exit $s",
                 CONTENT_ISO);
}
END_TEST

START_TEST(programs)
{
    static const char with_symbols[] =
        "d=$(mktemp -d) && echo 'int a_long_global_name; int main(void) { return 0; }' >$d/x.c && "
        "i686-w64-mingw32-gcc -g $d/x.c -o $d/x.exe && cat $d/x.exe; s=$?; rm -r $d; exit $s";
    static const char boot[] =
        "d=$(mktemp -d) && echo 'int start(void) { return 0; }' >$d/x.c && "
        "i686-w64-mingw32-gcc -nostdlib -Wl,--subsystem,16,-e,_start -s $d/x.c -o $d/x.exe && "
        "cat $d/x.exe; s=$?; rm -r $d; exit $s";
    static const char signed_efi[] =
        "d=$(mktemp -d) && cd $d && "
        "openssl req -new -x509 -newkey rsa:2048 -nodes -subj /CN=t/ -keyout k -out c 2>/dev/null "
        "&& "
        "sbsign --key k --cert c --output s $(ls /usr/lib/grub/x86_64-efi/monolithic/gcdx64.efi) "
        ">/dev/null 2>&1 && cat s; s=$?; rm -r $d; exit $s";
    check_output(with_symbols, CONTENT_PE);
    check_output(boot, CONTENT_PE);
    check_output(signed_efi, CONTENT_PE);
}
END_TEST

START_TEST(signed_data)
{
    check_output(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "
        "/dev/null -subj /CN=test 2>/dev/null | "
        "openssl crl2pkcs7 -nocrl -certfile /dev/stdin -outform DER",
        CONTENT_SIGNED);
    /* Other DER is not: a certificate. */
    size_t size;
    const uint8_t *bytes =
        output_of("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
                  "-keyout /dev/null -subj /CN=test -outform DER 2>/dev/null",
                  &size);
    ck_assert_int_eq(sniff_bytes(bytes, size), CONTENT_UNKNOWN);
}
END_TEST

START_TEST(signatures)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum content content;
    } samples[] = {
        {"", 0, CONTENT_UNKNOWN},
        {"\x1F\x8B\x08", 3, CONTENT_GZIP},
        {"070701", 6, CONTENT_CPIO},
        {"070702", 6, CONTENT_CPIO},
        {"\x1BLua", 4, CONTENT_UNKNOWN},
        {"\0\0\0\0", 4, CONTENT_UNKNOWN},
        {"\xFF\xFE[\0", 4, CONTENT_UNKNOWN},
        {"MZ but nothing else", 19, CONTENT_TEXT},
    };
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        enum content content = sniff_bytes(samples[i].bytes, samples[i].size);
        ck_assert_msg(content == samples[i].content, "%zu: %s", i, content_name(content));
        ck_assert_ptr_nonnull(content_name(content));
    }
    static uint8_t hive[4096] = "regf";
    hive[0x29] = 0x30;
    ck_assert_int_eq(sniff_bytes(hive, sizeof(hive)), CONTENT_HIVE);
    ck_assert_uint_eq(length, 4096 + 0x3000);
}
END_TEST

START_TEST(text)
{
    ck_assert_int_eq(sniff_string("#!ipxe\nboot\n"), CONTENT_IPXE);
    ck_assert_int_eq(sniff_string("<!DOCTYPE HTML PUBLIC>\n"), CONTENT_HTML);
    ck_assert_int_eq(sniff_string("\r\n <HTML><head>"), CONTENT_HTML);
    ck_assert_int_eq(sniff_string("<?xml version=\"1.0\"?><unattend/>"), CONTENT_TEXT);
    /* Text ends at the first zero. */
    ck_assert_int_eq(sniff_bytes("print(1)\n\0\0\xFF\xFE", 13), CONTENT_LUA);
    ck_assert_uint_eq(length, 9);
    /* Longer than what is read at once. */
    char *many = pool_allocate(pool, 5001);
    memset(many, '\n', 5000);
    memcpy(many, "return 1", 8);
    ck_assert_int_eq(sniff_bytes(many, 5000), CONTENT_LUA);
    ck_assert_uint_eq(length, 5000);
    many[4000] = 1;
    ck_assert_int_eq(sniff_bytes(many, 5000), CONTENT_UNKNOWN);
}
END_TEST

START_TEST(lua_or_not)
{
    static const char *const lua[] = {
        "boot.index = 3",
        "print 'hello'",
        "print\"hello\"",
        "map{ { \"*.wim\", \"\\\\Deploy\\\\\" } }",
        "local x <const> = 1",
        "function on.files(files) end",
        "-- nothing but a comment",
        "--[[ a\nlong ]] --[==[ one ]] ]==]\n on.wim = f",
        "#!/usr/bin/lua\nreturn 1",
        "\xEF\xBB\xBFif boot.args.site then end",
        "for name, file in pairs(files) do end",
        "(f or g)()",
        "a, b = 1, 2",
        "files['x'] = nil",
        "files:each(print)",
        ";;; do end",
    };
    static const char *const other[] = {
        "@echo off\r\n",
        "wpeinit",
        "wpeinit\r\nnet use z: \\\\server\\share\r\n",
        "wpeutil.exe InitializeNetwork",
        "for %%i in (*) do echo %%i",
        "for /f x",
        ":: a comment",
        "rem x",
        "set a=b",
        "[LaunchApps]\r\nx",
        "{ \"json\": 1 }",
        "# A title\n\nSome text about it.",
        "#include <stdio.h>\nint main(void) {}",
        "Windows Registry Editor Version 5.00",
        "key: value",
        "return=1",
        "\n\n",
        "%x%",
    };
    for (size_t i = 0; i < sizeof(lua) / sizeof(lua[0]); i++) {
        ck_assert_msg(is_lua(lua[i], strlen(lua[i])), "not Lua: %s", lua[i]);
    }
    for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
        ck_assert_msg(!is_lua(other[i], strlen(other[i])), "Lua: %s", other[i]);
        ck_assert_int_eq(sniff_string(other[i]), CONTENT_TEXT);
    }
}
END_TEST

START_TEST(our_own_scripts)
{
    glob_t found;
    ck_assert_int_eq(glob("scripts/*.lua", 0, NULL, &found), 0);
    glob("scripts/examples/*.lua", GLOB_APPEND, NULL, &found);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char command[300];
        snprintf(command, sizeof(command), "cat '%s'", found.gl_pathv[i]);
        check_output(command, CONTENT_LUA);
    }
    ck_assert_uint_ge(found.gl_pathc, 1);
    globfree(&found);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sniff");
    TCase *tests = tcase_create("sniff");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, wims);
    tcase_add_test(tests, discs);
    tcase_add_test(tests, programs);
    tcase_add_test(tests, signed_data);
    tcase_add_test(tests, signatures);
    tcase_add_test(tests, text);
    tcase_add_test(tests, lua_or_not);
    tcase_add_test(tests, our_own_scripts);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
