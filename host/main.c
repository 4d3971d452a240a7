/* SPDX-License-Identifier: BSD-2-Clause */
/* wimboot-preview: shows what the loader would do on a machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/arguments.h"
#include "host/driver_index.h"

/* One machine in its own process, so that none sees traces of another. @return its status */
static int run_apart(const struct preview *preview, struct machine_plan *plan)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        exit(preview_close_output(preview_run(preview, plan)));
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        perror("wimboot-preview");
        return PREVIEW_FAILS;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : PREVIEW_FAILS;
}

static void print_summary(const struct preview *preview, const int *statuses)
{
    printf("==== summary\n");
    for (size_t i = 0; i < preview->machine_count; i++) {
        const struct machine_plan *plan = &preview->machines[i];
        printf("%-30s %-5s %s\n", plan->name, plan->facts.firmware,
               statuses[i] == PREVIEW_BOOTS       ? "would boot"
               : statuses[i] == PREVIEW_UNCERTAIN ? "cannot tell"
                                                  : "would NOT boot");
    }
}

/* Several machines: reports with a summary, or, as JSON, one array. */
static int run_all(const struct preview *preview)
{
    int worst = PREVIEW_BOOTS;
    int statuses[PREVIEW_MACHINES_MAX];
    for (size_t i = 0; i < preview->machine_count; i++) {
        if (preview->json) {
            fputs(i == 0 ? "[\n" : ",\n", stdout);
        } else {
            printf("==== %s\n", preview->machines[i].name);
        }
        statuses[i] = run_apart(preview, &preview->machines[i]);
        worst = statuses[i] > worst ? statuses[i] : worst;
    }
    if (preview->json) {
        puts("]");
    } else {
        print_summary(preview, statuses);
    }
    return worst;
}

int main(int argc, char **argv)
{
    static struct arguments arguments;
    if (argc > 1 && strcmp(argv[1], "drivers") == 0) {
        return preview_close_output(driver_index_run(argc - 1, argv + 1));
    }
    arguments_parse(&arguments, argc, argv);
    int status = arguments.preview.machine_count == 1
                     ? preview_run(&arguments.preview, &arguments.machines[0])
                     : run_all(&arguments.preview);
    pool_destroy(arguments.preview.pool);
    return preview_close_output(status);
}
