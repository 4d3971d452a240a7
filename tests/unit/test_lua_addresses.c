/* SPDX-License-Identifier: BSD-2-Clause */
/* What a script can learn from the order of a table's keys is no address. */
#include "tests/unit/unit.h"

#include <string.h>

#include "host/host.h"
#include "lua/addresses.h"
#include "lua/state.h"

enum { NODES = 1024 }; /* a table of that many hashes modulo one less */

static void *address(uintptr_t number)
{
    return (void *)number;
}

/* Whether pairs() shows the key 0 before another one, in a table with room for many. */
static bool zero_is_first(lua_State *state, uintptr_t other)
{
    lua_createtable(state, 0, NODES);
    lua_pushboolean(state, true);
    lua_rawsetp(state, -2, address(0));
    lua_pushboolean(state, true);
    lua_rawsetp(state, -2, address(other));
    lua_pushnil(state);
    ck_assert(lua_next(state, -2));
    bool result = lua_touserdata(state, -2) == NULL;
    lua_pop(state, 3);
    return result;
}

/* The hash of address 0, modulo the size of the table, as a script finds it: the distance from
 * which on the other key comes first. */
static uint32_t hash_of_zero(lua_State *state)
{
    uint32_t distance = 1;
    while (distance < NODES - 1 && zero_is_first(state, distance)) {
        distance++;
    }
    return NODES - 1 - distance;
}

START_TEST(order_tells_no_address)
{
    uint32_t found[8];
    unsigned equal = 0;
    for (unsigned i = 0; i < 8; i++) {
        struct machine machine = {.seed = i, .command_line = ""};
        struct boot boot = {.pool = pool_create()};
        struct script script;
        host_set_machine(&machine);
        ck_assert(script_open(&script, &boot));
        found[i] = hash_of_zero(script.state);
        ck_assert_uint_eq(found[i], script_hash_pointer(NULL) % (NODES - 1));
        equal += found[i] == found[0];
        script_close(&script);
        pool_destroy(boot.pool);
    }
    ck_assert_uint_lt(equal, 4); /* without a secret, all are 0 */
}
END_TEST

/* Numbers that follow from one seed have nothing to do with each other. */
START_TEST(seeds_are_hashed)
{
    uint32_t seeds[100];
    for (unsigned i = 0; i < 100; i++) {
        seeds[i] = script_seed();
        for (unsigned j = 0; j < i; j++) {
            ck_assert_uint_ne(seeds[i], seeds[j]);
        }
    }
    /* A counter, a linear generator: differences repeat. */
    ck_assert_uint_ne(seeds[1] - seeds[0], seeds[2] - seeds[1]);
    ck_assert_uint_ne(seeds[1] ^ seeds[0], seeds[3] ^ seeds[2]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lua addresses");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, order_tells_no_address);
    tcase_add_test(tests, seeds_are_hashed);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
