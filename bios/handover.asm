; SPDX-License-Identifier: BSD-2-Clause
; The border to the boot manager: entering it, and being called back by it. Resident.

        bits 32
        section .resident.text.handover progbits alloc exec nowrite align=16

        global manager_enter, callback_interrupt_entry, callback_real_entry
        extern handover_stack_top, callback_interrupt, callback_real, manager_returned

; void manager_enter(uint32_t entry_point, const void *block)
;
; Enter the boot manager on a stack that nothing else uses: it goes on running on it.
manager_enter:
        mov eax, [esp + 4]
        mov ecx, [esp + 8]
        mov esp, handover_stack_top
        xor ebp, ebp
        push ecx
        call eax
        push eax
        call manager_returned           ; does not return

; void callback_interrupt_entry(struct registers *registers)
; void callback_real_entry(struct registers *registers)
;
; What the boot manager calls. Paging may be on, with tables that know nothing of our memory: it is
; off while we work.
callback_interrupt_entry:
        mov eax, callback_interrupt
        jmp callback
callback_real_entry:
        mov eax, callback_real
callback:
        push ebp
        mov ebp, esp
        pushfd
        cli
        cld
        mov ecx, cr0
        push ecx
        btr ecx, 31
        jnc .no_paging
        mov cr0, ecx
.no_paging:
        push dword [ebp + 8]
        call eax
        pop ecx
        pop ecx
        bt ecx, 31
        jnc .paging_was_off
        mov cr0, ecx
.paging_was_off:
        popfd
        pop ebp
        ret
