/* SPDX-License-Identifier: BSD-2-Clause */
/* Character classes of the C locale: ASCII. */
#include <ctype.h>

int isdigit(int character)
{
    return character >= '0' && character <= '9';
}

int islower(int character)
{
    return character >= 'a' && character <= 'z';
}

int isupper(int character)
{
    return character >= 'A' && character <= 'Z';
}

int isalpha(int character)
{
    return islower(character) || isupper(character);
}

int isalnum(int character)
{
    return isalpha(character) || isdigit(character);
}

int isxdigit(int character)
{
    return isdigit(character) || (character >= 'a' && character <= 'f') ||
           (character >= 'A' && character <= 'F');
}

int isspace(int character)
{
    return character == ' ' || (character >= '\t' && character <= '\r');
}

int isprint(int character)
{
    return character >= 0x20 && character <= 0x7e;
}

int isgraph(int character)
{
    return character > 0x20 && character <= 0x7e;
}

int ispunct(int character)
{
    return isgraph(character) && !isalnum(character);
}

int iscntrl(int character)
{
    return (character >= 0 && character < 0x20) || character == 0x7f;
}

int tolower(int character)
{
    return isupper(character) ? character + ('a' - 'A') : character;
}

int toupper(int character)
{
    return islower(character) ? character - ('a' - 'A') : character;
}
