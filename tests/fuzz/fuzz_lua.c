/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random programs against the whole Lua API. The input's bytes choose among words
 * (fuzz_lua_words.h), which are put together to statements: most are valid Lua that calls bindings
 * with objects and values of the wrong kind, huge and negative numbers, odd strings, lists that are
 * none (fuzz_lua_prelude.lua), and functions and metamethods that act in the middle of it all.
 * Whatever a script does, the loader must end with an outcome, and the default script must run
 * afterwards.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot.h"
#include "files/source.h"
#include "host/host.h"
#include "lua/state.h"
#include "options.h"
#include "scripts.h"
#include "tests/fuzz/fuzz_lua_words.h"

enum { PROGRAM_SIZE = 16384, INSTRUCTIONS = 200000, DEPTH_MAX = 4 };

/* The input, and the program that is made of it. */
struct maker {
    const uint8_t *bytes;
    size_t left;
    char program[PROGRAM_SIZE];
    size_t length;
    unsigned depth; /* of statements in functions in values */
};

static uint8_t take(struct maker *maker)
{
    if (maker->left == 0) {
        return 0;
    }
    maker->left--;
    return *maker->bytes++;
}

static void put(struct maker *maker, const char *text)
{
    size_t length = strlen(text);
    if (length < sizeof(maker->program) - maker->length) {
        memcpy(maker->program + maker->length, text, length + 1);
        maker->length += length;
    }
}

#define PUT_ONE_OF(maker, list) put(maker, list[take(maker) % (sizeof(list) / sizeof(*list))])

static void put_number(struct maker *maker, unsigned number)
{
    char text[12];
    snprintf(text, sizeof(text), "%u", number);
    put(maker, text);
}

static void put_statement(struct maker *maker);
static void put_value(struct maker *maker);

static void put_function(struct maker *maker)
{
    put(maker, "function(x,y) ");
    put_statement(maker);
    put(maker, " return ");
    PUT_ONE_OF(maker, values);
    put(maker, " end");
}

/* A table of the prelude: a call of `name` with the numbers, an item, and perhaps an action. */
static void put_made(struct maker *maker, const char *name, unsigned numbers, bool has_action)
{
    put(maker, "p.");
    put(maker, name);
    put(maker, "(");
    for (unsigned i = 0; i < numbers; i++) {
        put_number(maker, take(maker) % 64);
        put(maker, ",");
    }
    PUT_ONE_OF(maker, values);
    if (has_action) {
        put(maker, ",");
        put_function(maker);
    }
    put(maker, ")");
}

static void put_list(struct maker *maker)
{
    switch (take(maker) % 8) {
    case 0:
        put_made(maker, "holes", 2, false);
        break;
    case 1:
        put_made(maker, "odd", 0, false);
        break;
    case 2:
        put(maker, "p.endless(");
        PUT_ONE_OF(maker, values);
        put(maker, ",");
        PUT_ONE_OF(maker, values);
        put(maker, ")");
        break;
    case 3:
        put_made(maker, "trap", 0, true);
        break;
    case 4:
        put(maker, "{");
        put_value(maker);
        put(maker, ",");
        put_value(maker);
        put(maker, "}");
        break;
    default:
        put_made(maker, "forged", 3, false);
    }
}

static void put_value(struct maker *maker)
{
    uint8_t sort = take(maker) % 16;
    if (sort >= 4 || maker->depth >= DEPTH_MAX) {
        PUT_ONE_OF(maker, values);
        return;
    }
    maker->depth++;
    if (sort == 0) {
        put_function(maker);
    } else if (sort == 1) {
        put(maker, "p.coroutine(");
        put_number(maker, take(maker) % 4);
        put(maker, ",");
        put_function(maker);
        put(maker, ")");
    } else {
        put_list(maker);
    }
    maker->depth--;
}

static void put_call(struct maker *maker)
{
    unsigned count = take(maker) % 5;
    PUT_ONE_OF(maker, functions);
    put(maker, "(");
    for (unsigned i = 0; i < count; i++) {
        put(maker, i > 0 ? "," : "");
        put_value(maker);
    }
    put(maker, ")");
}

static void put_use_of_list(struct maker *maker)
{
    size_t taker = take(maker) % (sizeof(list_takers) / sizeof(*list_takers));
    put(maker, list_takers[taker].before);
    put_list(maker);
    put(maker, list_takers[taker].after);
}

static void put_plain_statement(struct maker *maker)
{
    static const char *const targets[] = {"a", "b", "c", "f", "w", "s", "o"};
    switch (take(maker) % 12) {
    case 0:
        PUT_ONE_OF(maker, fields);
        put(maker, "=");
        put_value(maker);
        break;
    case 1:
        PUT_ONE_OF(maker, targets);
        put(maker, "=");
        PUT_ONE_OF(maker, fields);
        break;
    case 2:
        put(maker, "for k,v in ");
        put_call(maker);
        put(maker, " do a=k b=v end");
        break;
    case 3:
        PUT_ONE_OF(maker, fields);
        put(maker, "=");
        put_function(maker);
        break;
    case 4:
        PUT_ONE_OF(maker, targets);
        put(maker, "=");
        put_value(maker);
        break;
    case 5:
        put(maker, "local x <close> = ");
        put_made(maker, "trap", 0, true);
        break;
    case 6:
    case 7:
    case 8:
        put_use_of_list(maker);
        break;
    default:
        PUT_ONE_OF(maker, targets);
        put(maker, "=");
        put_call(maker);
    }
}

/* A statement, after whose failure the program goes on. */
static void put_statement(struct maker *maker)
{
    if (maker->depth >= DEPTH_MAX) {
        return;
    }
    maker->depth++;
    put(maker, "pcall(function() ");
    put_plain_statement(maker);
    put(maker, " end)\n");
    maker->depth--;
}

static void add_file(struct boot *boot, const char *name, const void *bytes, size_t size)
{
    file_list_add(&boot->files, file_from_memory(boot->pool, name, bytes, size), NULL);
}

static void *read_whole(const char *path, size_t *size)
{
    FILE *stream = fopen(path, "rb");
    void *bytes = malloc(1 << 20);
    *size = stream == NULL ? 0 : fread(bytes, 1, 1 << 20, stream);
    if (stream != NULL) {
        fclose(stream);
    }
    return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static void *store, *image, *prelude;
    static size_t store_size, image_size, prelude_size;
    static FILE *nowhere;
    struct maker maker = {.bytes = bytes, .left = size};
    struct boot boot = {.pool = pool_create()};
    if (nowhere == NULL) {
        nowhere = fopen("/dev/null", "w");
        store = read_whole("tests/data/bcd/BCD.winpe-any", &store_size);
        prelude = read_whole("tests/fuzz/fuzz_lua_prelude.lua", &prelude_size);
        image = read_whole("build/test-script/boot.wim", &image_size);
    }
    script_instruction_limit = INSTRUCTIONS;
    host_set_console(nowhere);
    host_set_keys("x\r");
    put(&maker, "local p=require 'prelude'\nlocal a,b,c local f=files['hello.txt'] local "
                "w=wim.open(files['boot.wim'])\n"
                "local s=bcd.open(files['BCD']) local o=s['{bootmgr}']\n"
                "local r=w:registry('\\\\Windows\\\\System32\\\\config\\\\SYSTEM')\n");
    while (maker.left > 0) {
        put_statement(&maker);
    }

    boot.files.pool = boot.pool;
    options_parse(boot.pool, "script=fuzz.lua site=hq", NULL);
    add_file(&boot, "hello.txt", "hello world", 11);
    add_file(&boot, "BCD", store, store_size);
    add_file(&boot, "boot.wim", image, image_size);
    add_file(&boot, "prelude.lua", prelude, prelude_size);
    add_file(&boot, "fuzz.lua", maker.program, maker.length);
    if (script_run(&boot, true, NULL) == SCRIPT_FAILED && image_size > 0 &&
        script_run(&boot, false, NULL) != SCRIPT_DONE) {
        abort(); /* the script spoiled something that is not its own */
    }
    pool_destroy(boot.pool);
    return 0;
}
