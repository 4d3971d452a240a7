/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A deployment server that answers with any bytes: the module wds and what it reads answers with.
 * Of the input, each answer has a length in two bytes; where the first bytes are, the number of the
 * request is put, so that answers are taken. The loader must end with an outcome, and everything
 * that the script gets be a string or a number.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot.h"
#include "host/host.h"
#include "lua/state.h"
#include "options.h"
#include "scripts.h"
#include "transport/udp.h"

enum { INSTRUCTIONS = 2000000, TRANSACTION = 4, TRANSACTION_SIZE = 4 };

static const char program[] =
    "for _, name in ipairs { 'ask', 'boot' } do\n"
    "    local came, answer = pcall(require('wds')[name], '10.0.0.5')\n"
    "    if came and answer then\n"
    "        local text = answer.server .. answer.id .. (answer.bcd or '') .. (answer.file or '')\n"
    "            .. (answer.message or '')\n"
    "        for number, bytes in pairs(answer.options) do\n"
    "            text = text .. number .. bytes\n"
    "        end\n"
    "    end\n"
    "end\n"
    "boot.exit()\n";

static const uint8_t *input;
static size_t input_size;

static bool serves(void)
{
    return true;
}

static enum udp_outcome exchange(const struct udp_request *request, struct udp_answer *answer,
                                 struct error *error)
{
    if (input_size < 2) {
        return UDP_SILENT;
    }
    size_t length = (size_t)(input[0] << 8 | input[1]) % (UDP_SIZE_MAX + 1);
    input += 2;
    input_size -= 2;
    answer->length = length < input_size ? length : input_size;
    memcpy(answer->bytes, input, answer->length);
    input += answer->length;
    input_size -= answer->length;
    if (answer->length >= TRANSACTION + TRANSACTION_SIZE) {
        memcpy(answer->bytes + TRANSACTION, (const uint8_t *)request->bytes + TRANSACTION,
               TRANSACTION_SIZE);
    }
    return UDP_ANSWERED;
}

PLUGIN(udp, fuzz) = {.name = "the fuzzer", .rank = 1, .serves = serves, .exchange = exchange};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static FILE *nowhere;
    static const struct machine machine = {
        .firmware = "efi",
        .arch = "x86_64",
        .memory = UINT64_C(1) << 30,
        .mac_count = 1,
        .command_line = "",
    };
    struct boot boot = {.pool = pool_create()};
    if (nowhere == NULL) {
        nowhere = fopen("/dev/null", "w");
    }
    input = bytes;
    input_size = size;
    script_instruction_limit = INSTRUCTIONS;
    host_set_machine(&machine);
    host_set_console(nowhere);
    boot.files.pool = boot.pool;
    options_parse(boot.pool, "script=fuzz.lua", NULL);
    file_list_add(&boot.files,
                  file_from_memory(boot.pool, "fuzz.lua", program, sizeof(program) - 1), NULL);
    struct error error;
    if (script_run(&boot, true, &error) != SCRIPT_LEAVES &&
        strstr(error.text, "million instructions") == NULL) {
        abort(); /* something was no text */
    }
    pool_destroy(boot.pool);
    return 0;
}
