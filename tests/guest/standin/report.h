/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a stand-in boot manager tells: one line a fact on the first serial port, each beginning with
 * "standin: ", so that tests can pick its words out of everybody else's.
 */
#ifndef STANDIN_REPORT_H
#define STANDIN_REPORT_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Report a fact. Knows %s, %c, %u, %x, %llu, %llx, with a width and '0' before it as printf() does.
 */
void report(const char *format, ...) __attribute__((format(__printf__, 1, 2)));

/**
 * Report whether something is as it must be: "standin: ok ..." or "standin: FAIL ...".
 *
 * @return the condition
 */
bool check(bool condition, const char *format, ...) __attribute__((format(__printf__, 2, 3)));

/** How many checks failed so far. */
unsigned report_failures(void);

/** Say "standin: done" with the number of failures, then end QEMU. */
_Noreturn void report_end(void);

#endif
