/* SPDX-License-Identifier: BSD-2-Clause */
/* Exchanging datagrams by plugins that the test plays: which one is asked, and when the next. */
#include "transport/udp.h"

#include <string.h>

#include "tests/unit/unit.h"

static enum udp_outcome outcomes[2];
static bool can_serve[2];
static unsigned calls[2];

static enum udp_outcome play(size_t index, struct udp_answer *answer, struct error *error)
{
    calls[index]++;
    answer->length = index + 1;
    error_set(error, "fault %u", (unsigned)index);
    return outcomes[index];
}

static bool serves_first(void)
{
    return can_serve[0];
}

static bool serves_second(void)
{
    return can_serve[1];
}

static enum udp_outcome exchange_first(const struct udp_request *request, struct udp_answer *answer,
                                       struct error *error)
{
    return play(0, answer, error);
}

static enum udp_outcome exchange_second(const struct udp_request *request,
                                        struct udp_answer *answer, struct error *error)
{
    return play(1, answer, error);
}

/* Not in the order of their ranks; the host's own, of rank 100, sends nothing unless it is told to.
 */
PLUGIN(udp, a) = {"second", 2, serves_second, exchange_second};
PLUGIN(udp, b) = {"first", 1, serves_first, exchange_first};

/* ---- tests ---- */

static const struct udp_request request = {.bytes = "x", .length = 1};
static struct udp_answer answer;
static struct error error;

static void setup(void)
{
    memset(calls, 0, sizeof(calls));
    can_serve[0] = can_serve[1] = true;
}

START_TEST(first_is_enough)
{
    static const enum udp_outcome enough[] = {UDP_ANSWERED, UDP_SILENT};
    for (size_t i = 0; i < 2; i++) {
        outcomes[0] = enough[i];
        ck_assert_int_eq(udp_exchange(&request, &answer, &error), enough[i]);
    }
    ck_assert_uint_eq(answer.length, 1);
    ck_assert_uint_eq(calls[0], 2);
    ck_assert_uint_eq(calls[1], 0);
}
END_TEST

START_TEST(next_after_a_failure)
{
    outcomes[0] = UDP_FAILED;
    outcomes[1] = UDP_ANSWERED;
    ck_assert_int_eq(udp_exchange(&request, &answer, &error), UDP_ANSWERED);
    ck_assert_uint_eq(answer.length, 2);
    outcomes[1] = UDP_FAILED;
    ck_assert_int_eq(udp_exchange(&request, &answer, &error), UDP_FAILED);
    ck_assert_str_eq(error.text, "by second: fault 1");
    ck_assert_uint_eq(calls[0], 2);
    ck_assert_uint_eq(calls[1], 2);
}
END_TEST

START_TEST(who_serves)
{
    can_serve[0] = false;
    outcomes[1] = UDP_SILENT;
    ck_assert_int_eq(udp_exchange(&request, &answer, &error), UDP_SILENT);
    ck_assert_uint_eq(calls[0], 0);
    can_serve[1] = false;
    ck_assert_int_eq(udp_exchange(&request, &answer, &error), UDP_FAILED);
    ck_assert_str_eq(error.text, "this machine has no way to send datagrams here");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("udp");
    TCase *tests = tcase_create("udp");
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, first_is_enough);
    tcase_add_test(tests, next_after_a_failure);
    tcase_add_test(tests, who_serves);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
