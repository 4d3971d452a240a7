; SPDX-License-Identifier: BSD-2-Clause
; Unpacked (unpack.asm), with the address of the boot parameters in ESI: makes a C environment, puts the
; resident part where it belongs, and goes on in C.

        bits 32
        section .start progbits alloc exec nowrite align=16

        extern boot_parameters_save, bios_main
        extern transient_bss_start, transient_bss_end, transient_stack_top
        extern resident_start, resident_code_end, resident_load
        extern resident_data_start, resident_data_end, resident_data_load
        extern resident_bss_start, resident_bss_end
        extern gdt_pointer, idt_pointer

        mov edi, transient_bss_start
        mov ecx, transient_bss_end
        call clear
        ; Now, because the command line may lie where the resident part goes: QEMU puts it at 0x20000.
        push esi
        call boot_parameters_save
        mov esi, resident_load
        mov edi, resident_start
        mov ecx, resident_code_end
        call copy
        mov esi, resident_data_load
        mov edi, resident_data_start
        mov ecx, resident_data_end
        call copy
        mov edi, resident_bss_start
        mov ecx, resident_bss_end
        call clear
        lgdt [gdt_pointer]
        lidt [idt_pointer]
        jmp 0x20:.own_segments
.own_segments:
        mov eax, 0x30
        mov ds, eax
        mov es, eax
        mov fs, eax
        mov gs, eax
        mov ss, eax
        mov esp, transient_stack_top
        fninit                          ; Lua's numbers
        xor ebp, ebp
        call bios_main                  ; does not return

; Copy what is at ESI to EDI and up to ECX, all multiples of 4.
copy:
        sub ecx, edi
        shr ecx, 2
        rep movsd
        ret

; Clear from EDI up to ECX, both multiples of 4.
clear:
        sub ecx, edi
        shr ecx, 2
        xor eax, eax
        rep stosd
        ret
