/* SPDX-License-Identifier: BSD-2-Clause */
/* Rounding and the square root, of which the processor has an instruction each. */
#ifndef ARCH_ROUNDING_H
#define ARCH_ROUNDING_H

#define ARCH_ROUNDING(name, instruction)                                                           \
    static inline double name(double x)                                                            \
    {                                                                                              \
        double result;                                                                             \
        __asm__(instruction " %d0, %d1" : "=w"(result) : "w"(x));                                  \
        return result;                                                                             \
    }

ARCH_ROUNDING(arch_floor, "frintm")
ARCH_ROUNDING(arch_ceil, "frintp")
ARCH_ROUNDING(arch_trunc, "frintz")
ARCH_ROUNDING(arch_sqrt, "fsqrt")

#undef ARCH_ROUNDING

#endif
