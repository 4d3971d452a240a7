/* SPDX-License-Identifier: BSD-2-Clause */
/* The stub is asked first of the plugins that send datagrams. */
#include "tests/unit/unit.h"

#include "transport/udp.h"

START_TEST(echoes)
{
    struct udp_request request = {.bytes = "hello", .length = 5};
    struct udp_answer answer;
    struct error error;

    ck_assert_int_eq(udp_exchange(&request, &answer, &error), UDP_ANSWERED);
    ck_assert_uint_eq(answer.length, 5);
    ck_assert_mem_eq(answer.bytes, "hello", 5);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stub_udp");
    TCase *tests = tcase_create("all");

    tcase_add_test(tests, echoes);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
