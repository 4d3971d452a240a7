/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The functions of text, on any bytes. What they take must be the same when it is read again, and
 * when it is read in UTF-16.
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char script[] =
    "local data = files['data']\n"
    "local function same(a, b)\n"
    "    if type(a) ~= 'table' or type(b) ~= 'table' then\n"
    "        return a == b or a ~= a and b ~= b\n"
    "    end\n"
    "    for k, v in next, a do if not same(v, rawget(b, k)) then return false end end\n"
    "    for k in next, b do if rawget(a, k) == nil then return false end end\n"
    "    return true\n"
    "end\n"
    "local function by_key(d) return text.csv(d, { key = 'a' }) end\n"
    "local function fill(d) return text.fill(d, { x = '<', a = 1 }) end\n"
    "local function join(d)\n"
    "    local lines = {}\n"
    "    for line in text.lines(d) do lines[#lines + 1] = line end\n"
    "    return lines\n"
    "end\n"
    "local good, bytes = pcall(data.read, data)\n"
    "local wide = good and not bytes:find('[\\x80-\\xFF]') and bytes:byte(2) ~= 0\n"
    "    and '\\xFF\\xFE' .. bytes:gsub('.', '%0\\0')\n"
    "for name, read in pairs { json = text.json, ini = text.ini, csv = text.csv, by_key = by_key,\n"
    "    fill = fill, join = join } do\n"
    "    local taken, value = pcall(read, data)\n"
    "    local again, other = pcall(read, bytes)\n"
    "    if taken ~= again or taken and not same(value, other) then print('DIFFERENT ' .. name) "
    "end\n"
    "    if wide and taken then\n"
    "        local ok, third = pcall(read, wide)\n"
    "        if not ok or not same(value, third) then print('DIFFERENT wide ' .. name) end\n"
    "    end\n"
    "end\n"
    "error('done')\n";

static void add_file(struct boot *boot, const char *name, const void *bytes, size_t size)
{
    file_list_add(&boot->files, file_from_memory(boot->pool, name, bytes, size), NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct boot boot = {.pool = pool_create()};
    char *console = NULL;
    size_t console_size;
    FILE *stream = open_memstream(&console, &console_size);

    host_set_console(stream);
    host_set_keys("");
    boot.files.pool = boot.pool;
    options_parse(boot.pool, "script=text.lua", NULL);
    add_file(&boot, "data", data, size);
    add_file(&boot, "text.lua", script, sizeof(script) - 1);
    script_run(&boot, true, NULL);
    fclose(stream);
    if (strstr(console, "DIFFERENT") != NULL) {
        fprintf(stderr, "%s", console);
        abort();
    }
    free(console);
    pool_destroy(boot.pool);
    return 0;
}
