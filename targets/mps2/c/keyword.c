/*
 * From features to a keyword in C: the network of the example `keyword` on the features of the four clips of the
 * repository, beside a second model that takes turns with it in the same memory. The headers are made from
 * tests/data/models by `cargo xtask c`.
 */
#include "tinysolve.h"

#include "hello_world_int8.h"
#include "keyword_clips.h"
#include "kws_ref_model.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define ARENA MAX(KWS_REF_MODEL_ARENA, HELLO_WORLD_INT8_ARENA)

/* What a slot holds: a container in flash, and the object that knows which layer is next. */
typedef struct {
    const uint8_t *bytes;
    size_t len;
    ts_model_t model;
    ts_model_shape_t shape;
} slot_t;

static slot_t slots[2] = {
    {kws_ref_model_model, KWS_REF_MODEL_LEN, {{0}}, {0}},
    {hello_world_int8_model, HELLO_WORLD_INT8_LEN, {{0}}, {0}},
};

/* Both models work here, one after the other. */
static union {
    uint64_t align;
    int8_t bytes[ARENA];
} arena;

static uint32_t started, finished;

/* A board reads its clock here. */
static void hook(void *context, uint32_t layer, uint32_t done)
{
    (void)layer;
    *(uint32_t *)context += 1u;
    if (done != 0u) {
        finished++;
    } else {
        started++;
    }
}

static int prepare(slot_t *slot)
{
    return ts_model_shape(slot->bytes, slot->len, &slot->shape) == TS_OK &&
           ts_model_init(&slot->model, slot->bytes, slot->len) == TS_OK && slot->shape.arena_len <= ARENA;
}

/* Where the output is, or NULL. */
static const int8_t *infer(slot_t *slot, const int8_t *input)
{
    uint32_t calls = 0;
    const uint32_t before = started;

    if (ts_model_restart(&slot->model) != TS_OK) {
        return NULL;
    }
    memcpy(arena.bytes + slot->shape.input, input, slot->shape.input_len);
    if (ts_model_profile(&slot->model, slot->bytes, arena.bytes, ARENA, hook, &calls) != TS_STEP_CONVERGED) {
        return NULL;
    }
    if (calls != 2u * slot->shape.layers || started - before != slot->shape.layers || started != finished) {
        return NULL;
    }
    return arena.bytes + slot->shape.output;
}

static uint32_t largest(const int8_t *scores, uint32_t count)
{
    uint32_t k, best = 0;
    for (k = 1; k < count; k++) {
        best = scores[k] > scores[best] ? k : best;
    }
    return best;
}

int main(void)
{
    /* Inputs and outputs of the reference kernels. */
    static const int8_t waves[KEYWORD_CLIPS] = {-122, 99, 36, -108}, answers[KEYWORD_CLIPS] = {22, -77, -83, 60};
    static const char *const names[KEYWORD_CLIPS] = {"yes", "no", "silence", "noise"};
    uint32_t slot = 0, k;
    int failures = 0;

    if (!prepare(&slots[0]) || !prepare(&slots[1])) {
        return 1;
    }
    for (k = 0; k < KEYWORD_CLIPS; k++) {
        const int8_t *out = infer(&slots[slot], keyword_inputs[k]);
        uint32_t class, golden;

        if (out == NULL) {
            return 1;
        }
        class = largest(out, slots[slot].shape.output_len);
        golden = largest(keyword_outputs[k], KEYWORD_CLASSES);
        printf("%s: class %" PRIu32 ", %d, %s\n", names[k], class, out[class],
               memcmp(out, keyword_outputs[k], KEYWORD_CLASSES) == 0 ? "every score as in the golden file" : "DIFFERENT");
        failures += class != golden || memcmp(out, keyword_outputs[k], KEYWORD_CLASSES) != 0;
        /* The other model's turn in the same memory, then back. */
        failures += ts_model_swap(&slot) != TS_OK || slot != 1u;
        out = infer(&slots[slot], &waves[k]);
        failures += out == NULL || out[0] != answers[k];
        failures += ts_model_swap(&slot) != TS_OK || slot != 0u;
    }
    printf("%" PRIu32 " layers told of\n", finished);
    return failures;
}
