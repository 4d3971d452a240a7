/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run_chunks for arm64 under Linux, or an emulator of that: linked with the very objects that
 * wimboot.arm64 has, and with no other C library than the loader's.
 *
 *   run_chunks <FILE   print a hash of what the decompressors do with each chunk: outputs and
 * failures
 */
#include <string.h>

#include "tests/decompress/chunk_run.h"

/* Linux's system calls (include/uapi/asm-generic/unistd.h). */
enum {
    CALL_READ = 63,
    CALL_WRITE = 64,
    CALL_EXIT = 93,
    CALL_MMAP = 222,
    READABLE_WRITABLE = 3,
    PRIVATE_ANONYMOUS = 0x22,
    INPUT = 0,
    OUTPUT = 1,
    ERRORS = 2,
    INPUT_MAX = 1 << 30, /* address space: pages come when they are written */
    HASH_DIGITS = 16,
};

_Noreturn void start(void);

static long call(long number, long a, long b, long c, long d)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = -1; /* mmap(): no file */
    register long x5 __asm__("x5") = 0;
    __asm__ volatile("svc #0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
}

static void put(long file, const char *text, size_t length)
{
    call(CALL_WRITE, file, (long)text, (long)length, 0);
}

_Noreturn static void end(long status)
{
    for (;;) {
        call(CALL_EXIT, status, 0, 0, 0);
    }
}

_Noreturn static void die(const char *what)
{
    put(ERRORS, what, strlen(what));
    put(ERRORS, "\n", 1);
    end(1);
}

static void *allocate(size_t size)
{
    long address = call(CALL_MMAP, 0, (long)size, READABLE_WRITABLE, PRIVATE_ANONYMOUS);
    if (address < 0 && address > -4096) { /* an error's number */
        die("run_chunks: no memory");
    }
    return (void *)address;
}

_Noreturn void start(void)
{
    uint8_t *chunks = allocate(INPUT_MAX);
    size_t size = 0;
    long got;
    while ((got = call(CALL_READ, INPUT, (long)(chunks + size), (long)(INPUT_MAX - size), 0)) > 0) {
        size += (size_t)got;
    }
    if (got < 0 || size == INPUT_MAX) {
        die("run_chunks: cannot read the chunks");
    }
    struct run run = chunks_run(chunks, size, true, allocate);
    if (run.problem != NULL) {
        die(run.problem);
    }
    char line[HASH_DIGITS + 1];
    for (unsigned i = 0; i < HASH_DIGITS; i++) {
        line[i] = "0123456789abcdef"[run.hash >> (60 - 4 * i) & 15];
    }
    line[HASH_DIGITS] = '\n';
    put(OUTPUT, line, sizeof(line));
    end(0);
}
