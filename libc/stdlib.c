/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rest of what Lua's libraries are linked with. No malloc(): Lua is given its own allocator
 * (lua/state.c), and luaL_newstate(), which would use realloc(), is not linked.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

int errno;

int abs(int value)
{
    return value < 0 ? -value : value;
}

/* Lua aborts when an error finds no protected call, which script_run() never lets happen. */
_Noreturn void abort(void)
{
    for (;;) {
        __builtin_trap();
    }
}

time_t time(time_t *result)
{
    return 0;
}
