/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 64-bit division for 32-bit code: the compiler calls these functions by name where a program
 * divides 64-bit integers, and expects a runtime library to have them.
 */
#include <stdint.h>

uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *remainder);
uint64_t __udivdi3(uint64_t dividend, uint64_t divisor);
uint64_t __umoddi3(uint64_t dividend, uint64_t divisor);
int64_t __divmoddi4(int64_t dividend, int64_t divisor, int64_t *remainder);
int64_t __divdi3(int64_t dividend, int64_t divisor);
int64_t __moddi3(int64_t dividend, int64_t divisor);

/* The one division the processor has: 64 by 32 bits, where the quotient fits 32 bits. */
static uint32_t divide(uint32_t high, uint32_t low, uint32_t divisor, uint32_t *remainder)
{
    uint32_t quotient;
    asm("divl %4" : "=a"(quotient), "=d"(*remainder) : "a"(low), "d"(high), "rm"(divisor) : "cc");
    return quotient;
}

uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *remainder)
{
    uint32_t divisor_high = (uint32_t)(divisor >> 32);
    uint32_t dividend_high = (uint32_t)(dividend >> 32);
    uint64_t quotient;
    uint32_t rest;
    if (divisor_high == 0) {
        /* Digit by digit in base 2^32. */
        uint32_t high = divide(0, dividend_high, (uint32_t)divisor, &rest);
        uint32_t low = divide(rest, (uint32_t)dividend, (uint32_t)divisor, &rest);
        *remainder = rest;
        return (uint64_t)high << 32 | low;
    }
    /* The quotient fits 32 bits. Estimate it from the highest 32 bits of the divisor: the estimate
     * is right or one too large. Halving the dividend keeps the division from overflowing. */
    unsigned shift = 31 - (unsigned)__builtin_clz(divisor_high);
    uint32_t top = (uint32_t)(divisor >> shift >> 1);

    quotient = divide(dividend_high >> 1, (uint32_t)(dividend >> 1), top, &rest) >> shift;
    if (quotient > 0) {
        quotient--; /* now right or one too small */
    }
    dividend -= quotient * divisor;
    if (dividend >= divisor) {
        dividend -= divisor;
        quotient++;
    }
    *remainder = dividend;
    return quotient;
}

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor)
{
    uint64_t remainder;
    return __udivmoddi4(dividend, divisor, &remainder);
}

uint64_t __umoddi3(uint64_t dividend, uint64_t divisor)
{
    uint64_t remainder;
    __udivmoddi4(dividend, divisor, &remainder);
    return remainder;
}

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

int64_t __divmoddi4(int64_t dividend, int64_t divisor, int64_t *remainder)
{
    uint64_t rest;
    uint64_t quotient = __udivmoddi4(magnitude(dividend), magnitude(divisor), &rest);
    *remainder = (int64_t)(dividend < 0 ? -rest : rest);
    return (int64_t)((dividend < 0) != (divisor < 0) ? -quotient : quotient);
}

int64_t __divdi3(int64_t dividend, int64_t divisor)
{
    int64_t remainder;
    return __divmoddi4(dividend, divisor, &remainder);
}

int64_t __moddi3(int64_t dividend, int64_t divisor)
{
    int64_t remainder;
    __divmoddi4(dividend, divisor, &remainder);
    return remainder;
}
