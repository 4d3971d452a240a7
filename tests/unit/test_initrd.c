/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Initrds as boot loaders lay them out: iPXE's images with CPIO headers, archives made by cpio(1),
 * GRUB's names without NUL, archives one after the other; and what is damaged. Images without a
 * name: test_initrd_unnamed.c.
 */
#include "tests/unit/initrd_fixture.h"

START_TEST(ipxe_with_names)
{
    put_ipxe("boot.lua", "print(1)\n", 9);
    put_ipxe("BCD", "1234", 4);
    put_ipxe("empty", "", 0);
    put_ipxe("twelve.chars", "x", 1);
    put_ipxe("last", "unpadded", 8);
    read_well();
    ck_assert_uint_eq(list.count, 5);
    check_text(0, "boot.lua", "print(1)\n");
    check_text(1, "BCD", "1234");
    check_text(2, "empty", "");
    check_text(3, "twelve.chars", "x");
    check_text(4, "last", "unpadded");
    /* The bytes are not copied. */
    ck_assert_ptr_eq(file_view(list.files[4], 0, 8), initrd + size - 8);
}
END_TEST

START_TEST(hidden_images_leave_zeros)
{
    put_ipxe("a", "1", 1);
    pad_to(4096);
    size += 8192;
    put_ipxe("b", "2", 1);
    size += 4095;
    read_well();
    ck_assert_uint_eq(list.count, 2);
    check_text(1, "b", "2");
}
END_TEST

START_TEST(nothing_at_all)
{
    size = 5000;
    read_well();
    ck_assert_uint_eq(list.count, 0);
}
END_TEST

START_TEST(paths_and_directories)
{
    put_ipxe("boot/bcd", "1", 1);
    put_ipxe("\\EFI\\Microsoft/Boot\\BCD", "2", 1);
    put_ipxe("./plain", "3", 1);
    put_ipxe("/x//y", "4", 1);
    pad_to(4096);
    put_header(0040755, 1, 0, 5);
    put("boot\0", 6); /* padded */
    put_ipxe("tail", "5", 1);
    read_well();
    ck_assert_uint_eq(list.count, 5);
    check_file(0, "bcd", "boot\\bcd", "1", 1);
    check_file(1, "BCD", "EFI\\Microsoft\\Boot\\BCD", "2", 1);
    check_file(2, "plain", NULL, "3", 1);
    check_file(3, "y", "x\\y", "4", 1);
    check_file(4, "tail", NULL, "5", 1);
}
END_TEST

START_TEST(grub_names_without_nul)
{
    /* 110 + 10 is a multiple of 4: no NUL anywhere. Its trailer has none either. */
    put_header(0100777, 1, 4, 10);
    put("bootmgr.ex", 10);
    put("MZ!!", 4);
    put_header(0100777, 1, 3, 8);
    put("boot.wim\0\0", 10);
    put("abc\0", 4);
    put_header(0, 1, 0, 10);
    put("TRAILER!!!", 10);
    put_header(0100777, 1, 1, 2);
    put("b2", 2);
    pad_to(4);
    put("z", 1);
    read_well();
    ck_assert_uint_eq(list.count, 3);
    check_text(0, "bootmgr.ex", "MZ!!");
    check_text(1, "boot.wim", "abc");
    check_text(2, "b2", "z");
}
END_TEST

/* Append what a command prints. */
static void put_output(const char *command)
{
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    size_t length = fread(initrd + size, 1, SIZE_MAX_HERE - size, pipe);
    ck_assert_int_eq(pclose(pipe), 0);
    ck_assert_uint_gt(length, 0);
    size += length;
}

START_TEST(archives_of_cpio)
{
    static const char command[] =
        "d=$(mktemp -d) && cd $d && mkdir -p dir/sub && printf %s >a && printf '' >empty && "
        "printf deep >dir/sub/file && ln -s a link && ln a hard && "
        "find . | LC_ALL=C sort | cpio --quiet -o -H %s; rm -r $d"; /* content, format */
    char line[400];
    snprintf(line, sizeof(line), command, "first", "newc");
    put_output(line);
    ck_assert_uint_eq(size % 512, 0);
    while (initrd[size - 1] == 0) {
        size--; /* so that the next starts unaligned */
    }
    size += 1;
    snprintf(line, sizeof(line), command, "second", "crc");
    put_output(line);
    put_ipxe("unaligned", "x", 1);
    read_well();
    /* The second archive's files replace those of the first. cpio(1) writes the content of hard
     * links with the last name only. */
    ck_assert_uint_eq(list.count, 4);
    ck_assert_ptr_null(file_list_find(&list, "link"));
    ck_assert_ptr_null(file_list_find(&list, "a"));
    check_file(0, "file", "dir\\sub\\file", "deep", 4);
    check_text(1, "empty", "");
    check_text(2, "hard", "second");
    check_text(3, "unaligned", "x");
}
END_TEST

/* iPXE puts a header before an image with a name: an image's content can begin with one as well. */
START_TEST(names_in_a_joined_initrd_are_doubtful)
{
    kind = INITRD_JOINED;
    put_ipxe("wimboot.lua", "print(1)\n", 9);
    put_ipxe("BCD", "1234", 4);
    read_well();
    ck_assert_uint_eq(list.count, 2);
    ck_assert(list.files[0]->name_is_doubtful && list.files[1]->name_is_doubtful);
    teardown();
    setup();
    put_ipxe("wimboot.lua", "print(1)\n", 9);
    read_well();
    ck_assert(!list.files[0]->name_is_doubtful);
}
END_TEST

static void expect_two_scripts(const char *name)
{
    ck_assert_int_eq(read_initrd(), -1);
    ck_assert_msg(strstr(error.text, name) != NULL, "%s", error.text);
    teardown();
    setup();
}

/* What somebody meant as an archive, but is none that we open: the message says what would be. */
START_TEST(wrapped_archives_are_named)
{
    static const struct {
        const char *command, *says;
    } cases[] = {
        {"echo README.md | cpio -o -H odc 2>/dev/null", "make it with 'cpio -o -H newc'"},
        {"gzip -c README.md", "gzip data; boot loaders hand it over as it is"},
        {"bzip2 -c README.md", "bzip2 data; "},
        {"xz -c README.md", "xz data; "},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *output;
        size_t output_size, used = 0;
        uint8_t *bytes = calloc(1, 65536);
        FILE *stream = popen(cases[i].command, "r");
        while (!feof(stream)) {
            used += fread(bytes + used, 1, 65536 - used, stream);
        }
        ck_assert_int_eq(pclose(stream), 0);
        ck_assert_uint_gt(used, 0);
        stream = open_memstream(&output, &output_size);
        host_set_console(stream);
        int rc = initrd_add_files(&list, bytes, used, INITRD_JOINED, &error);
        host_set_console(NULL);
        fclose(stream);
        ck_assert_int_eq(rc, 0);
        ck_assert_uint_eq(list.count, 0);
        ck_assert_msg(strstr(output, cases[i].says) != NULL, "%s: %s", cases[i].command, output);
        free(output);
        free(bytes);
    }
}
END_TEST

START_TEST(a_script_must_be_the_only_one_of_its_name)
{
    put_ipxe("boot.lua", "print(1)\n", 9);
    put_ipxe("x/BOOT.LUA", "print(2)\n", 9);
    expect_two_scripts("BOOT.LUA");
    list.script_name = "start";
    put_ipxe("start", "print(1)\n", 9);
    put_ipxe("start", "print(2)\n", 9);
    expect_two_scripts("start");
    list.script_name = "start.lua";
    put_ipxe("start.lua", "print(1)\n", 9);
    put_ipxe(NULL, "print(2)\n", 9);
    expect_two_scripts("start.lua");
    list.script_name = "start.lua";
    put_ipxe(NULL, "print(1)\n", 9);
    put_ipxe(NULL, "print(2)\n", 9);
    expect_two_scripts("start.lua");
    put_ipxe("BCD", "1", 1);
    put_ipxe("BCD", "2", 1);
    read_well(); /* other files are replaced */
    check_text(0, "BCD", "2");
}
END_TEST

/* Bytes of an archive with these files, as cpio(1) would make it; returns their number. */
static size_t make_archive(const char *name, const char *text, uint8_t bytes[1024])
{
    uint8_t *whole = initrd;
    size_t whole_size = size;
    initrd = bytes;
    size = 0;
    put_header(0100644, 1, strlen(text), strlen(name) + 1);
    put(name, strlen(name) + 1);
    while ((size - 110) % 4 != 2) {
        initrd[size++] = 0;
    }
    put(text, strlen(text));
    pad_to(4);
    put_header(0, 1, 0, 11);
    put("TRAILER!!!\0\0\0", 13);
    size_t length = size;
    initrd = whole;
    size = whole_size;
    return length;
}

START_TEST(an_archive_opens_by_its_name)
{
    static uint8_t inner[1024], outer[1024];
    put_ipxe("Drivers.CPIO", inner, make_archive("net/e1000.inf", "driver", inner));
    put_ipxe("archive", inner, make_archive("e1000.inf", "driver", inner));
    put_ipxe("none.cpio", "plain", 5);
    read_well();
    ck_assert_uint_eq(list.count, 3);
    check_file(0, "e1000.inf", "net\\e1000.inf", "driver", 6);
    ck_assert(list.files[0]->name_is_doubtful);
    ck_assert_str_eq(list.files[1]->name, "archive");
    ck_assert(!list.files[1]->name_is_doubtful);
    check_text(2, "none.cpio", "plain");

    /* Not one in another, and nothing but what has a header. */
    teardown();
    setup();
    size_t inner_size = make_archive("wimboot.lua", "x", inner);
    memcpy(outer, inner, inner_size);
    put_ipxe("a.cpio", outer, inner_size);
    read_well();
    ck_assert(list.files[0]->name_is_doubtful);
    teardown();
    setup();
    put_ipxe("a.cpio", outer, make_archive("b.cpio", "07070100000000", outer));
    read_well();
    check_text(0, "b.cpio", "07070100000000");
    teardown();
    setup();
    inner_size = make_archive("a", "x", inner);
    memcpy(inner + inner_size, "print(1)", 9);
    put_ipxe("a.cpio", inner, inner_size + 9);
    ck_assert_int_eq(read_initrd(), -1);
    ck_assert_msg(strncmp(error.text, "a.cpio: ", 8) == 0, "%s", error.text);
}
END_TEST

/* A name may have as many bytes as its header says, also in messages. */
START_TEST(names_without_measure)
{
    put_header(0100644, 1, 5, 900001);
    memset(initrd + size, 'n', 900000);
    size += 900002;
    put("12345", 4); /* one too few */
    ck_assert_int_eq(read_initrd(), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "nnnnn"));
}
END_TEST

START_TEST(a_script_gets_the_name_that_is_asked_for)
{
    list.script_name = "deploy.lua";
    put_ipxe(NULL, "print 'hello'\n", 14);
    read_well();
    ck_assert_uint_eq(list.count, 1);
    check_text(0, "deploy.lua", "print 'hello'\n");
}
END_TEST

START_TEST(cut_short)
{
    /* Wherever it is cut, it is an error, and says where; but for cuts between the files. */
    uint8_t whole[2 * 4096 + 200];
    put_ipxe("first", "0123456789", 10);
    put_ipxe("second", "content", 7);
    size_t full = size;
    ck_assert_uint_le(full, sizeof(whole));
    memcpy(whole, initrd, full);
    for (size_t cut = 0; cut <= full; cut++) {
        teardown();
        setup();
        put(whole, cut);
        int status = read_initrd();
        size_t header = cut < 4096 ? 0 : 4096;
        bool between = (cut >= 126 && cut <= 4096) || cut == full || cut == 0;
        if (cut - header < 6 && cut != header) {
            continue; /* not a CPIO header yet, but some text */
        }
        ck_assert_msg((status == 0) == between, "cut at %zu: %d %s", cut, status, error.text);
        if (status < 0) {
            char offset[20];
            snprintf(offset, sizeof(offset), "offset 0x%zx", header);
            ck_assert_msg(strstr(error.text, offset) != NULL, "%s", error.text);
        }
    }
}
END_TEST

START_TEST(damaged_headers)
{
    put_ipxe("name", "content", 7);
    initrd[50] = 'x';
    ck_assert_int_eq(read_initrd(), 0); /* a field that nobody needs */
    teardown();
    setup();
    put_ipxe("name", "content", 7);
    initrd[57] = 'x';
    ck_assert_int_eq(read_initrd(), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "hexadecimal"));
    teardown();
    setup();
    put_header(0100644, 1, 0xFFFFFFFF, 5);
    put("huge\0\0", 6);
    ck_assert_int_eq(read_initrd(), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "huge"));
    teardown();
    setup();
    put_header(0100644, 1, 0, 0xFFFFFFFF);
    ck_assert_int_eq(read_initrd(), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "a name of 4294967295 bytes"));
}
END_TEST

START_TEST(thousands_of_files)
{
    char name[40];
    for (unsigned i = 0; i < 4096; i++) {
        snprintf(name, sizeof(name), "driver package %u.cab", i);
        put_header(0100644, 1, 2, strlen(name) + 1);
        put(name, strlen(name) + 1);
        pad_to(4);
        put(&i, 2);
        pad_to(4);
    }
    read_well();
    ck_assert_uint_eq(list.count, 4096);
    const struct file *file = file_list_find(&list, "DRIVER Package 4000.cab");
    ck_assert_ptr_eq(file, list.files[4000]);
}
END_TEST

START_TEST(the_list_itself)
{
    const struct file *plain = file_from_memory(pool, "BCD", "1", 1);
    struct file with_path = *plain, other_path = *plain;
    with_path.path = "boot\\BCD";
    other_path.path = "efi\\BCD";
    ck_assert_ptr_null(file_list_find(&list, "bcd"));
    ck_assert(!file_list_remove(&list, "bcd"));
    ck_assert_int_eq(file_list_add(&list, &with_path, &error), 0);
    ck_assert_int_eq(file_list_add(&list, &other_path, &error), 0);
    ck_assert_ptr_eq(file_list_find(&list, "bcd"), &with_path);
    ck_assert_int_eq(file_list_add(&list, plain, &error), 0);
    ck_assert_ptr_eq(file_list_find(&list, "bcd"), plain);
    ck_assert_ptr_eq(file_list_find(&list, "EFI/bcd"), &other_path);
    ck_assert_ptr_null(file_list_find(&list, "x/bcd"));
    ck_assert(file_list_remove(&list, "bcd"));
    ck_assert_ptr_eq(file_list_find(&list, "bcd"), &with_path);
    ck_assert(file_list_remove(&list, "boot\\bcd"));
    ck_assert_ptr_eq(file_list_find(&list, "bcd"), &other_path);
    ck_assert_uint_eq(list.count, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("initrd");
    TCase *tests = tcase_create("initrd");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, ipxe_with_names);
    tcase_add_test(tests, hidden_images_leave_zeros);
    tcase_add_test(tests, nothing_at_all);
    tcase_add_test(tests, paths_and_directories);
    tcase_add_test(tests, grub_names_without_nul);
    tcase_add_test(tests, archives_of_cpio);
    tcase_add_test(tests, names_in_a_joined_initrd_are_doubtful);
    tcase_add_test(tests, wrapped_archives_are_named);
    tcase_add_test(tests, a_script_must_be_the_only_one_of_its_name);
    tcase_add_test(tests, an_archive_opens_by_its_name);
    tcase_add_test(tests, names_without_measure);
    tcase_add_test(tests, a_script_gets_the_name_that_is_asked_for);
    tcase_add_test(tests, cut_short);
    tcase_add_test(tests, damaged_headers);
    tcase_add_test(tests, thousands_of_files);
    tcase_add_test(tests, the_list_itself);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
