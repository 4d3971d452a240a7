/* SPDX-License-Identifier: BSD-2-Clause */
/* Run programs that were built for i386, which not every x86-64 kernel does. */
#ifndef TESTS_DECOMPRESS_I386_H
#define TESTS_DECOMPRESS_I386_H

#include <spawn.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>

#define I386_MISSING "this kernel runs no i386 programs: apt-get install qemu-user"

/** What stands before `program` in a command line: nothing, or an emulator where the kernel does
 * not run it. NULL if there is none. The program must end at once when it has no arguments. */
static inline const char *i386_runner(const char *program)
{
    char *arguments[] = {(char *)program, NULL}, *environment[] = {NULL};
    posix_spawn_file_actions_t silent;
    posix_spawn_file_actions_init(&silent);
    posix_spawn_file_actions_addclose(&silent, 2);
    pid_t process;
    int error = posix_spawn(&process, program, &silent, NULL, arguments, environment);
    posix_spawn_file_actions_destroy(&silent);
    if (error == 0) {
        waitpid(process, NULL, 0);
        return "";
    }
    return system("command -v qemu-i386 >/dev/null") == 0 ? "qemu-i386 " : NULL;
}

#endif
