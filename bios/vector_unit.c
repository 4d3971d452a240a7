/* SPDX-License-Identifier: BSD-2-Clause */
/* Switching SSE on and off (Intel SDM, volume 3, 13.1). See vector_unit.h. */
#include "bios/vector_unit.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    CPUID_FXSR = 1 << 24, /* EDX of leaf 1 */
    CPUID_SSE = 1 << 25,
    CR0_MONITOR = 1 << 1,
    CR0_EMULATION = 1 << 2,
    CR0_TASK_SWITCHED = 1 << 3,
    CR4_OSFXSR = 1 << 9,
    CR4_OSXMMEXCPT = 1 << 10,
};

static bool is_on;
static uint32_t old_cr0, old_cr4;

static void set(uint32_t cr0, uint32_t cr4)
{
    asm volatile("mov %0, %%cr0; mov %1, %%cr4" : : "r"(cr0), "r"(cr4) : "memory");
}

void vector_unit_on(void)
{
    uint32_t eax = 1, ebx, ecx, edx;
    asm("cpuid" : "+a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx));
    if ((edx & CPUID_FXSR) == 0 || (edx & CPUID_SSE) == 0) {
        return;
    }
    asm volatile("mov %%cr0, %0; mov %%cr4, %1" : "=r"(old_cr0), "=r"(old_cr4));
    is_on = true;
    set((old_cr0 & ~(uint32_t)(CR0_EMULATION | CR0_TASK_SWITCHED)) | CR0_MONITOR,
        old_cr4 | CR4_OSFXSR | CR4_OSXMMEXCPT);
}

void vector_unit_restore(void)
{
    if (is_on) {
        set(old_cr0, old_cr4);
        is_on = false;
    }
}
