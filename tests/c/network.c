/* A direction network through C, in both precisions: what it proposes, and what is refused. */
#include "check.h"

/* Two dimensions, 8 channels, no blocks: three convolutions. All weights are small numbers in bytes, all biases 0, written as
 * a container by hand. */
#define CHANNELS 8u
#define WEIGHTS (9u * CHANNELS + 2u * 9u * CHANNELS * CHANNELS + CHANNELS)
#define BIASES (3u * CHANNELS + 1u)

static union {
    uint64_t word[256];
    unsigned char byte[2048];
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

static uint32_t sealed(uint32_t total)
{
    put32(20, crc32(container.byte + 24, total - 24, crc32(container.byte, 20, 0)));
    return total;
}

/* Bytes of the container. */
static uint32_t write_container(void)
{
    const uint32_t lens[4] = {20, 4 * BIASES, WEIGHTS, 4 * BIASES};
    const uint32_t elements[4] = {5, 8, 2, 8};
    const float scale = 0.25f;
    uint32_t at[4];
    uint32_t end = 64 + 16 * 4;
    uint32_t bits;
    uint32_t k;
    memset(&container, 0, sizeof container);
    memcpy(container.byte, "TSLV", 4);
    put16(4, 1);
    put16(6, 64);
    put16(8, 6);
    put16(10, 1);
    put32(16, 4);
    for (k = 0; k < 4; k++) {
        at[k] = end;
        put32(64 + 16 * k, k + 1);
        put32(68 + 16 * k, end);
        put32(72 + 16 * k, lens[k]);
        put16(76 + 16 * k, elements[k]);
        end += (lens[k] + 15u) / 16u * 16u;
    }
    put32(12, end);
    put32(at[0], 2);
    put32(at[0] + 4, CHANNELS);
    for (k = 0; k < WEIGHTS; k++) {
        container.byte[at[2] + k] = (unsigned char)(k * 7u % 5u);
    }
    memcpy(&bits, &scale, sizeof bits);
    for (k = 0; k < BIASES; k++) {
        put32(at[3] + 4 * k, bits);
    }
    return sealed(end);
}

#define DOUBLE
#include "precision.h"
#include "network.h"
#undef DOUBLE
#define SINGLE
#include "precision.h"
#include "network.h"

int main(void)
{
    const uint32_t bytes = write_container();
    network_single(bytes);
    network_double(bytes);
    return 0;
}
