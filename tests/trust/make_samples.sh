#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Make signed programs and the certificates that vouch for them, with independent tools:
# openssl, sbsign, windres, lld-link.
#
#   make_samples.sh FOLDER
set -euo pipefail

folder=$1
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"

authority() { # authority NAME "COMMON NAME"
    openssl req -new -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/O=Test/CN=$2" -keyout "$1.key" -out "$1.pem"
    openssl x509 -in "$1.pem" -outform DER -out "$1.der"
}
signer() { # signer NAME "COMMON NAME" AUTHORITY
    openssl req -new -newkey rsa:2048 -nodes -subj "/O=Test/CN=$2" -keyout "$1.key" -out "$1.csr"
    printf 'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\nbasicConstraints=%s\n' "$4" > "$1.ext"
    openssl x509 -req -in "$1.csr" -CA "$3.pem" -CAkey "$3.key" -CAcreateserial -days 3650 -extfile "$1.ext" -out "$1.pem"
    openssl x509 -in "$1.pem" -outform DER -out "$1.der"
}
{
    authority old "Test Production PCA 2011"
    authority new "Test UEFI CA 2023"
    signer middle "Test Intermediate" new CA:TRUE
    signer leaf-old "Test Windows" old CA:FALSE
    signer leaf-new "Test Windows 2023" middle CA:FALSE
} 2> /dev/null

cat > program.c <<'EOF'
int efi_main(void *image, void *system) { (void)image; (void)system; return 0; }
EOF
version() { # version NAME MAJOR MINOR: a program with that security version, of build 28000 of Windows
    printf 'BOOTMGRSECURITYVERSIONNUMBER RCDATA { %d, %d }\nOTHER RCDATA { 1L }\n1 24 { "manifest" }\n' "$3" "$2" > "$1.rc"
    printf '1 VERSIONINFO\nFILEVERSION 10,0,28000,342\nBEGIN\nEND\n' >> "$1.rc"
    i686-w64-mingw32-windres -F pe-x86-64 -O coff "$1.rc" "$1.res.o" 2> /dev/null ||
        i686-w64-mingw32-windres -O res "$1.rc" "$1.res.o"
    lld-link /subsystem:efi_application /entry:efi_main /nodefaultlib /timestamp:0 /out:"$1.efi" program.obj "$1.res.o"
}
clang --target=x86_64-pc-windows-msvc -c -o program.obj program.c
lld-link /subsystem:efi_application /entry:efi_main /nodefaultlib /timestamp:0 /out:plain.efi program.obj
version seven 7 0
version eleven 11 3

sign() { # sign NAME SIGNER INPUT [OPTION...]
    sbsign --key "$2.key" --cert "$2.pem" --output "$1.efi" "${@:4}" "$3.efi" 2> /dev/null
}
sign signed-old leaf-old plain
sign signed-new leaf-new plain --addcert middle.pem
sign signed-both leaf-new signed-old --addcert middle.pem
sign signed-seven leaf-old seven
touch ready
