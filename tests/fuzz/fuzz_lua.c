/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random programs against the whole Lua API. The input's bytes choose among fragments, which are
 * put together to statements: most are valid Lua that calls bindings with objects and values of the
 * wrong kind, huge and negative numbers, and odd strings. Whatever a script does, the loader must
 * end with an outcome, and the default script must run afterwards.
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

enum { PROGRAM_SIZE = 16384, INSTRUCTIONS = 200000 };

static const char *const values[] = {
    "nil",
    "true",
    "false",
    "0",
    "1",
    "-1",
    "2",
    "1.5",
    "0/0",
    "1/0",
    "1<<31",
    "1<<32",
    "1<<63",
    "math.maxinteger",
    "math.mininteger",
    "''",
    "'x'",
    "'\\0'",
    "'a\\0b'",
    "'boot.wim'",
    "'BCD'",
    "'hello.txt'",
    "'\\\\'",
    "'\\\\a\\\\b'",
    "'..\\\\x'",
    "'\\\\Windows\\\\System32\\\\image.txt'",
    "('x'):rep(300)",
    "('\\\\x'):rep(300)",
    "'{bootmgr}'",
    "'{default}'",
    "'sha1'",
    "'crc32'",
    "'\\xff\\xfe'",
    "{}",
    "{{}}",
    "{1,2,3}",
    "{'*.wim','\\\\D\\\\'}",
    "{{'*','\\\\D\\\\'}}",
    "function() end",
    "print",
    "a",
    "b",
    "c",
    "files",
    "boot",
    "disk",
    "on",
    "wim",
    "bcd",
    "console",
    "files['boot.wim']",
    "files['BCD']",
    "files['hello.txt']",
    "setmetatable({},{__index=a})",
    "setmetatable({},{__len=function() return 1<<40 end})",
    "coroutine.wrap(function() end)",
    "{wim='\\\\a.wim',sdi='\\\\b.sdi'}",
    "{'x',key='x'}",
    "{title='t',timeout=0,{'a'},{'b'}}",
    "w",
    "s",
    "o",
    "f",
    "'timeout'",
    "'description'",
    "'device'",
    "'ramdisk=[boot]\\\\x,{default}'",
};

static const char *const functions[] = {
    "f:read",
    "f:hash",
    "f:slice",
    "f:patch",
    "file.new",
    "f.read",
    "f.slice",
    "f.patch",
    "f.hash",
    "wim.open",
    "w:find",
    "w:list",
    "w:inject",
    "w:remove",
    "w:file",
    "w.find",
    "w.inject",
    "bcd.open",
    "bcd.new",
    "bcd.winpe",
    "s:create",
    "s:copy",
    "s:delete",
    "s:convert",
    "s:references",
    "s:dump",
    "s:file",
    "s.create",
    "disk:add",
    "disk:remove",
    "disk:find",
    "disk:list",
    "disk.add",
    "map",
    "menu",
    "verify",
    "require",
    "print",
    "log.info",
    "log.warn",
    "console.key",
    "console.size",
    "console.read_line",
    "console.progress",
    "console.write",
    "string.rep",
    "string.format",
    "string.find",
    "string.gsub",
    "string.pack",
    "table.concat",
    "table.insert",
    "table.move",
    "table.unpack",
    "table.sort",
    "setmetatable",
    "getmetatable",
    "rawset",
    "rawget",
    "next",
    "pairs",
    "tostring",
    "tonumber",
    "load",
    "pcall",
    "error",
    "select",
    "coroutine.create",
    "coroutine.resume",
    "utf8.char",
    "utf8.len",
    "math.random",
    "ipairs",
};

static const char *const fields[] = {
    "boot.index",
    "boot.pause",
    "boot.quiet",
    "boot.rawwim",
    "boot.rawbcd",
    "boot.manager",
    "boot.check",
    "boot.args",
    "boot.smbios",
    "boot.mac",
    "disk.label",
    "disk.signature",
    "f.name",
    "f.size",
    "w.boot_index",
    "w.images",
    "s.objects",
    "o.timeout",
    "o.description",
    "o.device",
    "o.displayorder",
    "o['0x26000010']",
    "s['{bootmgr}']",
    "on.files",
    "on.wim",
    "on.bcd",
    "on.map",
    "on.disk",
    "files['boot.wim']",
    "files['BCD']",
    "files['new']",
    "boot.nothing",
    "a.x",
    "b[1]",
};

/** The input, and the program that is made of it. */
struct maker {
    const uint8_t *bytes;
    size_t left;
    char program[PROGRAM_SIZE];
    size_t length;
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

static void put_call(struct maker *maker)
{
    unsigned count = take(maker) % 5;

    PUT_ONE_OF(maker, functions);
    put(maker, "(");
    for (unsigned i = 0; i < count; i++) {
        put(maker, i > 0 ? "," : "");
        PUT_ONE_OF(maker, values);
    }
    put(maker, ")");
}

static void put_statement(struct maker *maker)
{
    static const char *const targets[] = {"a", "b", "c", "f", "w", "s", "o"};
    uint8_t sort = take(maker) % 8;

    put(maker, "pcall(function() ");
    if (sort < 4) {
        PUT_ONE_OF(maker, targets);
        put(maker, "=");
        put_call(maker);
    } else if (sort == 4) {
        PUT_ONE_OF(maker, fields);
        put(maker, "=");
        PUT_ONE_OF(maker, values);
    } else if (sort == 5) {
        PUT_ONE_OF(maker, targets);
        put(maker, "=");
        PUT_ONE_OF(maker, fields);
    } else if (sort == 6) {
        put(maker, "for k,v in ");
        put_call(maker);
        put(maker, " do a=k b=v end");
    } else {
        PUT_ONE_OF(maker, fields);
        put(maker, "=function(x,y) a=x return ");
        PUT_ONE_OF(maker, values);
        put(maker, " end");
    }
    put(maker, " end)\n");
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
    static void *store, *image;
    static size_t store_size, image_size;
    static FILE *nowhere;
    struct maker maker = {.bytes = bytes, .left = size};
    struct boot boot = {.pool = pool_create()};

    if (nowhere == NULL) {
        nowhere = fopen("/dev/null", "w");
        store = read_whole("tests/data/bcd/BCD.winpe-any", &store_size);
        image = read_whole("build/test-script/boot.wim", &image_size);
    }
    script_instruction_limit = INSTRUCTIONS;
    host_set_console(nowhere);
    host_set_keys("x\r");
    put(&maker, "local a,b,c local f=files['hello.txt'] local w=wim.open(files['boot.wim'])\n"
                "local s=bcd.open(files['BCD']) local o=s['{bootmgr}']\n");
    while (maker.left > 0) {
        put_statement(&maker);
    }

    boot.files.pool = boot.pool;
    options_parse(boot.pool, "script=fuzz.lua site=hq", NULL);
    add_file(&boot, "hello.txt", "hello world", 11);
    add_file(&boot, "BCD", store, store_size);
    add_file(&boot, "boot.wim", image, image_size);
    add_file(&boot, "fuzz.lua", maker.program, maker.length);
    if (script_run(&boot, true, NULL) == SCRIPT_FAILED && image_size > 0 &&
        script_run(&boot, false, NULL) != SCRIPT_DONE) {
        abort(); /* the script spoiled something that is not its own */
    }
    pool_destroy(boot.pool);
    return 0;
}
