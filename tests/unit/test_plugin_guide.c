/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests that the example in docs/plugins.md is what plugins/lznt1 has. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

enum { TEXT_MAX = 64 << 10 };

static char *read_text(const char *path)
{
    char *text = calloc(1, TEXT_MAX);
    FILE *file = fopen(path, "r");
    ck_assert_msg(text != NULL && file != NULL, "%s cannot be read", path);
    ck_assert_uint_lt(fread(text, 1, TEXT_MAX, file), TEXT_MAX);
    fclose(file);
    return text;
}

START_TEST(shows_the_plugin_as_it_is)
{
    static const char *const sources[] = {"plugins/lznt1/lznt1.c", "plugins/lznt1/test_lznt1.c",
                                          "plugins/lznt1/fuzz_lznt1.c"};
    enum { SOURCES = sizeof(sources) / sizeof(sources[0]) };
    static const char start[] = "\n```c\n", end[] = "\n```\n";
    char *guide = read_text("docs/plugins.md"), *texts[SOURCES];
    for (unsigned i = 0; i < SOURCES; i++) {
        texts[i] = read_text(sources[i]);
    }

    unsigned blocks = 0;
    for (char *block = guide; (block = strstr(block, start)) != NULL; blocks++) {
        block += strlen(start);
        char *block_end = strstr(block, end);
        ck_assert_ptr_nonnull(block_end);
        *block_end = '\0';
        unsigned found = 0;
        for (unsigned i = 0; i < SOURCES; i++) {
            found += strstr(texts[i], block) != NULL;
        }
        ck_assert_msg(found == 1, "docs/plugins.md shows what plugins/lznt1 has not:\n%s", block);
        block = block_end + 1;
    }
    ck_assert_uint_ge(blocks, 8);
    for (unsigned i = 0; i < SOURCES; i++) {
        free(texts[i]);
    }
    free(guide);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("plugin guide");
    TCase *cases = tcase_create("plugin guide");
    tcase_add_test(cases, shows_the_plugin_as_it_is);
    suite_add_tcase(suite, cases);
    return unit_run(suite);
}
