/* A learned proximal network through C, in both precisions. */
#include "check.h"

/* One input, one hidden unit, one layer: psi(x) = 2 s(3 x - 1) + x² / 4 with the Huberised ReLU of width 1, written as a
 * container by hand. */
static union {
    uint64_t word[64];
    unsigned char byte[512];
} container;

static uint32_t crc32(const unsigned char *bytes, size_t len, uint32_t crc)
{
    size_t k;
    int bit;
    crc = ~crc;
    for (k = 0; k < len; k++) {
        crc ^= bytes[k];
        for (bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1u) != 0u ? 0xEDB88320u : 0u);
        }
    }
    return ~crc;
}

static void put16(size_t at, uint32_t value)
{
    container.byte[at] = (unsigned char)(value & 0xFFu);
    container.byte[at + 1] = (unsigned char)((value >> 8) & 0xFFu);
}

static void put32(size_t at, uint32_t value)
{
    put16(at, value & 0xFFFFu);
    put16(at + 2, value >> 16);
}

static void put_float(size_t at, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    put32(at, bits);
}

/* Bytes of the container. */
static uint32_t write_container(void)
{
    const uint32_t tags[3] = {1, 2, 3};
    const uint32_t lens[3] = {16, 12, 8};
    const uint32_t elements[3] = {5, 8, 8};
    const uint32_t preamble = 64 + 16 * 3;
    const uint32_t total = preamble + 3 * 16;
    uint32_t k;
    uint32_t crc;
    memset(&container, 0, sizeof container);
    memcpy(container.byte, "TSLV", 4);
    put16(4, 1);
    put16(6, 64);
    put16(8, 7);
    put16(10, 1);
    put32(12, total);
    put32(16, 3);
    for (k = 0; k < 3; k++) {
        put32(64 + 16 * k, tags[k]);
        put32(68 + 16 * k, preamble + 16 * k);
        put32(72 + 16 * k, lens[k]);
        put16(76 + 16 * k, elements[k]);
    }
    put32(preamble, 1);
    put32(preamble + 4, 1);
    put32(preamble + 8, 1);
    put32(preamble + 12, 1);
    put_float(preamble + 16, 1.0f);
    put_float(preamble + 20, 0.5f);
    put_float(preamble + 24, -1.0f);
    put_float(preamble + 32, 3.0f);
    put_float(preamble + 36, 2.0f);
    crc = crc32(container.byte, 20, 0);
    crc = crc32(container.byte + 24, total - 24, crc);
    put32(20, crc);
    return total;
}

#define DOUBLE
#include "precision.h"
#include "lpn.h"
#undef DOUBLE
#define SINGLE
#include "precision.h"
#include "lpn.h"

int main(void)
{
    const uint32_t bytes = write_container();
    network_single(bytes);
    network_double(bytes);
    prior_single(bytes);
    prior_double(bytes);
    plug_single(bytes);
    plug_double(bytes);
    return 0;
}
