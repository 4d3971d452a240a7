/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether AddressSanitizer watches this build. It sees where an access leaves an allocation, and
 * nothing of what is inside one. So an allocator that cuts pieces off larger blocks gives each
 * piece a block of its own here, or overflows from one piece to the next would go unseen.
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
