; SPDX-License-Identifier: BSD-2-Clause
; The BIOS stand-in's entry, and the calls into the loader that it measures. C prototypes in bios.h.

bits 32

global _entry
global _read_cpu_state
global _call_back
global _empty_call
global _entry_time
global _entry_state
extern _bootmgr_main

section .text

; Where the loader jumps: a C call with one argument, the parameter block.
_entry:
        push    eax
        push    edx
        rdtsc
        mov     [_entry_time], eax
        mov     [_entry_time + 4], edx
        pop     edx
        pop     eax
        push    _entry_state
        call    _read_cpu_state
        add     esp, 4
        cld
        push    dword [esp + 4]
        call    _bootmgr_main
        add     esp, 4
        ret

; void read_cpu_state(struct cpu_state *state)
_read_cpu_state:
        pushfd
        push    edi
        mov     edi, [esp + 12]
        mov     eax, cr0
        mov     [edi], eax
        mov     eax, cr3
        mov     [edi + 4], eax
        mov     eax, cr4
        mov     [edi + 8], eax
        mov     eax, [esp + 4]          ; flags as they were on entry
        mov     [edi + 12], eax
        lea     eax, [esp + 12]         ; stack pointer of the caller
        mov     [edi + 16], eax
        mov     [edi + 20], cs
        mov     [edi + 22], ds
        mov     [edi + 24], es
        mov     [edi + 26], fs
        mov     [edi + 28], gs
        mov     [edi + 30], ss
        sgdt    [edi + 32]
        sidt    [edi + 38]
        pop     edi
        add     esp, 4                  ; the flags may have IF set: nothing is popped into them
        ret

; uint32_t call_back(uint32_t function, void *registers)
; Calls one of the loader's functions; 0 if it kept EBX, ESI, EDI, EBP and ESP.
_call_back:
        push    ebx
        push    esi
        push    edi
        push    ebp
        mov     eax, [esp + 20]
        mov     ecx, [esp + 24]
        mov     [saved_stack], esp
        mov     ebx, 0x0b0b0b0b
        mov     esi, 0x51515151
        mov     edi, 0xd1d1d1d1
        mov     ebp, 0xb9b9b9b9
        push    ecx
        call    eax
        add     esp, 4
        xor     eax, eax
        cmp     ebx, 0x0b0b0b0b
        setne   al
        xor     ecx, ecx
        cmp     esi, 0x51515151
        setne   cl
        lea     eax, [eax + ecx * 2]
        cmp     edi, 0xd1d1d1d1
        setne   cl
        lea     eax, [eax + ecx * 4]
        cmp     ebp, 0xb9b9b9b9
        setne   cl
        lea     eax, [eax + ecx * 8]
        cmp     esp, [saved_stack]
        je      .stack_good
        or      eax, 16
        mov     esp, [saved_stack]
.stack_good:
        pop     ebp
        pop     edi
        pop     esi
        pop     ebx
        ret

; void empty_call(void *registers)
; What the loader's functions are compared with.
_empty_call:
        ret

section .bss
        alignb  8
_entry_time:    resq 1
_entry_state:   resb 44
saved_stack:    resd 1
