/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits of one run of the scripts. See limits.h. */
#include "lua/limits.h"

#include "base/format.h"
#include "base/machine.h"
#include "base/memory.h"

enum {
    MIB = 1 << 20,
    CALL_STEPS = 10,      /* for calling a binding */
    BYTES_PER_STEP = 64,  /* moved in the time of an instruction */
    READ_MIN = 64 * MIB,  /* bytes of files that may be read: this, */
    READ_FACTOR = 8,      /* plus this many times the given files */
    PRINTED_MAX = 131072, /* bytes of text without a key being pressed */
    COMPUTED_MS_MAX = 30 * 1000,
    CLOCK_PERIOD = 10 * SCRIPT_HOOK_PERIOD, /* instructions between two checks of the clock */
    KEPT_MIN = 128 * MIB,                   /* of the pool: a quarter of the machine's memory, */
    KEPT_MAX = 1024 * MIB,                  /* but not less and not more than these */
    KEPT_DIVISOR = 4,
};

int64_t script_instruction_limit = 20 * 1000 * 1000;

/* Let long work end where the steps do. */
static void limit_work(const struct script_limits *limits)
{
    uint64_t steps = limits->steps_left > 0 ? (uint64_t)limits->steps_left : 0;
    uint64_t most = UINT64_MAX - work_done.moved;
    work_limit = work_done.moved + (steps < most / BYTES_PER_STEP ? steps * BYTES_PER_STEP : most);
}

/* Bytes of all given files. */
static uint64_t given_bytes(const struct boot *boot)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < boot->files.count; i++) {
        uint64_t size = boot->files.files[i]->size;
        bytes = size > FILE_SIZE_MAX - bytes ? FILE_SIZE_MAX : bytes + size;
    }
    return bytes;
}

void script_limits_start(struct script *script)
{
    struct script_limits *limits = &script->limits;
    uint64_t given = given_bytes(script->boot), kept = platform_machine()->memory / KEPT_DIVISOR;
    *limits = (struct script_limits){
        .steps_left = script_instruction_limit,
        .match_cost = 1,
        .counted = work_done,
        .read_limit = given > (FILE_SIZE_MAX - READ_MIN) / READ_FACTOR
                          ? FILE_SIZE_MAX
                          : READ_MIN + READ_FACTOR * given,
        .kept_limit = kept < KEPT_MIN   ? KEPT_MIN
                      : kept > KEPT_MAX ? KEPT_MAX
                                        : (size_t)kept,
        .clock_ms = platform_milliseconds(),
    };
    pool_limit(script->boot->pool, limits->kept_limit);
    limit_work(limits);
}

void script_limits_end(struct script *script)
{
    pool_unlimit(script->boot->pool);
    work_limit = UINT64_MAX;
}

void script_limits_lift(lua_State *state)
{
    struct script *script = script_of(state);

    script->limits.steps_left = INT64_MAX / 2;
    script->limits.read_limit = UINT64_MAX;
    script->limits.computed_ms = 0;
    script_limits_end(script);
}

/* ---- exceeded ---- */

static void exceed(struct script_limits *limits, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    format_string_list(limits->exceeded, sizeof(limits->exceeded), format, arguments);
    va_end(arguments);
}

static void raise(lua_State *state)
{
    lua_sethook(state, script_count_instructions, LUA_MASKCOUNT, 1);
    luaL_error(state, "%s", script_of(state)->limits.exceeded);
}

int script_leave(lua_State *state, enum way_out way_out, const char *text)
{
    struct script *script = script_of(state);

    script->boot->way_out = way_out;
    exceed(&script->limits, "%s", text);
    raise(state);
    return 0;
}

static void exceed_printing(struct script_limits *limits)
{
    exceed(limits, "the script printed more than %d characters without a key being pressed",
           PRINTED_MAX);
}

static void exceed_reading(struct script_limits *limits)
{
    exceed(
        limits,
        "the script read more than %u MiB of files: 8 times the size of the given files, plus 64",
        (unsigned)(limits->read_limit / MIB));
}

/* Count what was done since the last call, and check all limits. */
static void settle(struct script_limits *limits)
{
    uint64_t moved = work_done.moved - limits->counted.moved;
    limits->counted.moved += moved - moved % BYTES_PER_STEP;
    limits->steps_left -= (int64_t)(moved / BYTES_PER_STEP);
    limit_work(limits);
    if (limits->exceeded[0] != '\0') {
        return;
    }
    if (limits->steps_left < 0) {
        exceed(limits, "the script ran for %u million instructions: an endless loop?",
               (unsigned)(script_instruction_limit / 1000000));
    } else if (work_done.read - limits->counted.read > limits->read_limit) {
        exceed_reading(limits);
    } else if (work_done.printed - limits->counted.printed > PRINTED_MAX) {
        exceed_printing(limits);
    } else if (limits->computed_ms > COMPUTED_MS_MAX) {
        exceed(limits, "the script computed for more than %d seconds: an endless loop?",
               COMPUTED_MS_MAX / 1000);
    }
}

/* ---- counting ---- */

/* The clock of a run that is in a binding. An error ends the binding without script_end_call(): the
 * clock then starts again when the script's next instructions are counted. */
#define CLOCK_STOPPED UINT64_MAX

static void count_time(struct script_limits *limits)
{
    uint64_t now = platform_milliseconds();
    limits->computed_ms += limits->clock_ms == CLOCK_STOPPED ? 0 : now - limits->clock_ms;
    limits->clock_ms = now;
}

void script_charge(lua_State *state, uint64_t steps)
{
    struct script_limits *limits = &script_of(state)->limits;
    if (steps > INT64_MAX / 2) {
        steps = INT64_MAX / 2;
    }
    if (limits->steps_left >= 0) {
        limits->steps_left -= (int64_t)steps;
    }
    settle(limits);
    if (limits->exceeded[0] != '\0') {
        raise(state);
    }
}

void script_expect_reading(lua_State *state, uint64_t bytes)
{
    struct script_limits *limits = &script_of(state)->limits;
    uint64_t done = work_done.read - limits->counted.read;
    if (done > limits->read_limit || bytes > limits->read_limit - done) {
        exceed_reading(limits);
        raise(state);
    }
}

void script_expect_printing(lua_State *state, uint64_t bytes)
{
    struct script_limits *limits = &script_of(state)->limits;
    uint64_t printed = work_done.printed - limits->counted.printed;

    if (printed > PRINTED_MAX || bytes > PRINTED_MAX - printed) {
        exceed_printing(limits);
        raise(state);
    }
}

void script_count_fetching(lua_State *state, uint64_t bytes, uint64_t file_size)
{
    struct script_limits *limits = &script_of(state)->limits;
    uint64_t more =
        file_size > FILE_SIZE_MAX / READ_FACTOR ? FILE_SIZE_MAX : READ_FACTOR * file_size;

    limits->read_limit =
        more > FILE_SIZE_MAX - limits->read_limit ? FILE_SIZE_MAX : limits->read_limit + more;
    limits->counted.moved += bytes;
}

void script_begin_call(lua_State *state)
{
    count_time(&script_of(state)->limits);
    script_of(state)->limits.clock_ms = CLOCK_STOPPED;
}

void script_end_call(lua_State *state)
{
    script_of(state)->limits.clock_ms = platform_milliseconds();
    script_charge(state, CALL_STEPS);
}

void script_key_was_pressed(lua_State *state)
{
    script_of(state)->limits.counted.printed = work_done.printed;
}

void script_push_pool_limit(lua_State *state)
{
    const struct script *script = script_of(state);
    if (pool_limit_was_met(script->boot->pool)) {
        lua_pushfstring(
            state, "the script keeps more than %d MiB in files, WIMs and boot configurations: ",
            (int)(script->limits.kept_limit / MIB));
    } else {
        lua_pushliteral(state, "");
    }
}

void script_count_instructions(lua_State *state, lua_Debug *event)
{
    struct script_limits *limits = &script_of(state)->limits;
    if (limits->exceeded[0] == '\0') {
        limits->steps_left -= SCRIPT_HOOK_PERIOD;
        limits->instructions += SCRIPT_HOOK_PERIOD;
        if (limits->instructions % CLOCK_PERIOD == 0) {
            count_time(limits);
        }
        settle(limits);
    }
    if (limits->exceeded[0] != '\0') {
        raise(state);
    }
}
