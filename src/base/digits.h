/* digits.h - whole numbers as text, for what writes millions of them: printf takes ten times as
 * long. */
#ifndef MSP_BASE_DIGITS_H
#define MSP_BASE_DIGITS_H

#include <stddef.h>
#include <stdint.h>

#define DIGITS_OF_UINT64 20

/* Writes n with zeros before it up to `width` digits (at most 20), no NUL; returns where it ends.
 */
static inline char *msp__put_digits(char *out, uint64_t n, int width)
{
    char digits[DIGITS_OF_UINT64];
    int at = DIGITS_OF_UINT64;
    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0 || DIGITS_OF_UINT64 - at < width);
    while (at < DIGITS_OF_UINT64)
        *out++ = digits[at++];
    return out;
}

/* Ends the text that begins at `begin` and returns its length. */
static inline size_t msp__end_text(char *begin, char *end)
{
    *end = '\0';
    return (size_t)(end - begin);
}

#endif
