/* A test is a program that ends with 0, or says where it did not hold. */
#ifndef CHECK_H
#define CHECK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tinysolve.h"

#define CHECK(condition) ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, #condition))

static inline void check_failed(const char *file, int line, const char *condition)
{
    (void)fprintf(stderr, "%s:%d: %s\n", file, line, condition);
    exit(1);
}

/* Whether the status refuses this field for this reason. */
#define REFUSED(status, kind, field) refused((status), (kind), (field), __FILE__, __LINE__)

static inline int refused(int32_t status, uint32_t kind, uint32_t field, const char *file, int line)
{
    const int32_t expected = -(int32_t)((kind << 24) | (field << 16));
    /* Any index will do: it is tested where it is known. */
    if (status < 0 && TS_ERROR_KIND(status) == kind && TS_ERROR_FIELD(status) == field) {
        return 1;
    }
    (void)fprintf(stderr, "%s:%d: status %ld, %ld expected (kind %lu, field %lu)\n", file, line, (long)status,
                  (long)expected, (unsigned long)kind, (unsigned long)field);
    return 0;
}

/* FNV-1a over bytes. */
static inline uint64_t hash_of(const void *bytes, size_t len)
{
    const unsigned char *byte = (const unsigned char *)bytes;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    size_t k;
    for (k = 0; k < len; k++) {
        hash = (hash ^ byte[k]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

/* A small generator for scrambling. */
static inline uint32_t scramble_next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

#endif
