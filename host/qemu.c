/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --qemu: boot the previewed files in QEMU with the real loader, handed over as a kernel and an
 * initrd (a newc CPIO archive), the same way in BIOS and UEFI.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/format.h"
#include "host/inputs.h"
#include "host/installed.h"
#include "host/preview.h"

static const char firmware_code[] = "/usr/share/OVMF/OVMF_CODE_4M.fd";
static const char firmware_variables[] = "/usr/share/OVMF/OVMF_VARS_4M.fd";

static const char *find_loader(const struct preview *preview)
{
    return preview->loader != NULL
               ? preview->loader
               : installed_find(preview->pool, "build/wimboot", "share/wimboot/wimboot");
}

static const char zeros[4] = {0};

/* The header of a member, padded to 4 bytes, as newc requires. */
static void write_header(FILE *archive, const char *name, unsigned mode, unsigned long size)
{
    size_t name_size = strlen(name) + 1;
    fprintf(archive, "070701%08X%08X%08X%08X%08X%08X%08lX%08X%08X%08X%08X%08zX%08X", 0, mode, 0, 0,
            1, 0, size, 0, 0, 0, 0, name_size, 0);
    fwrite(name, 1, name_size, archive);
    fwrite(zeros, 1, (4 - (110 + name_size) % 4) % 4, archive);
}

/* Append a file's bytes to the archive. */
static int append_member(FILE *archive, const char *name, const char *path, struct error *error)
{
    struct stat status;
    FILE *file = fopen(path, "rb");
    if (file == NULL || fstat(fileno(file), &status) != 0 || status.st_size > UINT32_MAX) {
        int reason = file == NULL ? errno : EFBIG;
        if (file != NULL) {
            fclose(file);
        }
        return error_set(error, "%s: %s", path, strerror(reason));
    }
    write_header(archive, name, 0100644, (unsigned long)status.st_size);
    char buffer[65536];
    size_t length;
    do {
        length = fread(buffer, 1, sizeof(buffer), file);
        fwrite(buffer, 1, length, archive);
    } while (length == sizeof(buffer));
    fwrite(zeros, 1, (4 - (size_t)status.st_size % 4) % 4, archive);
    bool failed = ferror(file) || ferror(archive);
    fclose(file);
    return failed ? error_set(error, "%s: cannot be copied for QEMU", path) : 0;
}

static int write_archive(const char *archive_path, const struct input *inputs, size_t input_count,
                         struct error *error)
{
    FILE *archive = fopen(archive_path, "wb");
    if (archive == NULL) {
        return error_set(error, "%s: %s", archive_path, strerror(errno));
    }
    int rc = 0;
    for (size_t i = 0; i < input_count && rc == 0; i++) {
        const char *slash = strrchr(inputs[i].path, '/');
        const char *name = inputs[i].name != NULL ? inputs[i].name
                           : slash != NULL        ? slash + 1
                                                  : inputs[i].path;
        rc = append_member(archive, name, inputs[i].path, error);
    }
    write_header(archive, "TRAILER!!!", 0, 0);
    if (fclose(archive) != 0 && rc == 0) {
        rc = error_set(error, "%s: %s", archive_path, strerror(errno));
    }
    return rc;
}

static int copy_file(const char *from, const char *to, struct error *error)
{
    char buffer[65536];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    bool done = in != NULL && out != NULL;
    size_t length = sizeof(buffer);
    while (done && length == sizeof(buffer)) {
        length = fread(buffer, 1, sizeof(buffer), in);
        fwrite(buffer, 1, length, out);
        done = !ferror(in) && !ferror(out);
    }
    if (in != NULL) {
        fclose(in);
    }
    if (out != NULL) {
        fclose(out);
    }
    return done ? 0 : error_set(error, "%s: cannot be copied to %s (install ovmf)", from, to);
}

static int run(char *const *arguments, struct error *error)
{
    pid_t child = fork();
    if (child == 0) {
        execvp(arguments[0], arguments);
        fprintf(stderr, "wimboot-preview: %s: %s (install qemu-system-x86)\n", arguments[0],
                strerror(errno));
        _exit(127);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        return error_set(error, "%s: %s", arguments[0], strerror(errno));
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int preview_qemu(const struct preview *preview, const struct machine_plan *plan,
                 struct error *error)
{
    size_t input_count;
    const struct input *inputs = inputs_get(&input_count);
    const char *loader = find_loader(preview);
    if (loader == NULL) {
        return error_set(error, "--qemu: no loader found: build it with make, or name it with "
                                "--loader");
    }
    char folder[] = "/tmp/wimboot-preview-XXXXXX";
    if (mkdtemp(folder) == NULL) {
        return error_set(error, "%s: %s", folder, strerror(errno));
    }
    char archive[64], variables[64], memory[32], code_drive[160], variables_drive[160];
    format_string(archive, sizeof(archive), "%s/files.cpio", folder);
    format_string(variables, sizeof(variables), "%s/variables.fd", folder);
    format_string(memory, sizeof(memory), "%u", (unsigned)(plan->memory / (1024 * 1024)));
    format_string(code_drive, sizeof(code_drive), "if=pflash,format=raw,readonly=on,file=%s",
                  firmware_code);
    format_string(variables_drive, sizeof(variables_drive), "if=pflash,format=raw,file=%s",
                  variables);
    bool efi = strcmp(plan->facts.firmware, "efi") == 0;
    const char *arguments[28] = {"qemu-system-x86_64",
                                 "-machine",
                                 "pc",
                                 "-accel",
                                 "kvm",
                                 "-accel",
                                 "tcg",
                                 "-m",
                                 memory,
                                 "-kernel",
                                 loader,
                                 "-initrd",
                                 archive,
                                 "-append",
                                 plan->facts.command_line,
                                 "-serial",
                                 "stdio",
                                 "-no-reboot"};
    size_t count = 18;
    if (plan->cpu != NULL) {
        arguments[count++] = "-cpu";
        arguments[count++] = plan->cpu;
    }
    if (efi) {
        arguments[count++] = "-drive";
        arguments[count++] = code_drive;
        arguments[count++] = "-drive";
        arguments[count++] = variables_drive;
    }
    int rc = write_archive(archive, inputs, input_count, error);
    if (rc == 0 && efi) {
        rc = copy_file(firmware_variables, variables, error);
    }
    if (rc == 0) {
        rc = run((char *const *)arguments, error);
    }
    unlink(archive);
    unlink(variables);
    rmdir(folder);
    return rc;
}
