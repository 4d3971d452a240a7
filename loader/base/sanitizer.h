/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether AddressSanitizer watches this build. It detects accesses outside an allocation, but
 * not between parts of one. So an allocator that cuts pieces off larger blocks then gives each
 * piece its own block; otherwise, overflows from one piece into the next would not be noticed.
 */
#ifndef LOADER_SANITIZER_H
#define LOADER_SANITIZER_H

#if defined(__SANITIZE_ADDRESS__) /* gcc */
enum { ADDRESS_SANITIZER = 1 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) /* clang */
enum { ADDRESS_SANITIZER = 1 };
#else
enum { ADDRESS_SANITIZER = 0 };
#endif
#else
enum { ADDRESS_SANITIZER = 0 };
#endif

#endif
