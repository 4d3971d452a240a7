/* SPDX-License-Identifier: BSD-2-Clause */
/* What a processor's instructions give in firmware, for test_generic_math.c: the host's libm. */
#ifndef ARCH_ROUNDING_H
#define ARCH_ROUNDING_H

double libm_floor(double x);
double libm_ceil(double x);
double libm_trunc(double x);
double libm_sqrt(double x);

#define arch_floor libm_floor
#define arch_ceil  libm_ceil
#define arch_trunc libm_trunc
#define arch_sqrt  libm_sqrt

#endif
