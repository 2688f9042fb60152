/* A quantised network: checked, run whole and step by step, profiled, swapped; what is wrong is refused. */
#include "check.h"
#include "hello_world.h"

#define HOOKS 8u

static int8_t memory[HELLO_WORLD_ARENA + 48];
static int8_t *arena;

static uint32_t calls[HOOKS];
static uint32_t count;

static void hook(void *context, uint32_t layer, uint32_t done)
{
    CHECK(context == (void *)&count && count < HOOKS);
    calls[count++] = 2u * layer + done;
}

static void runs(void)
{
    /* Inputs and outputs of the reference kernels. */
    static const int8_t in[4] = {-122, 99, 36, -108};
    static const int8_t out[4] = {22, -77, -83, 60};
    int8_t whole[4];
    ts_model_shape_t shape;
    ts_model_t model;
    uint32_t k, slot = 0;

    CHECK(ts_model_shape(hello_world_model, HELLO_WORLD_LEN, &shape) == TS_OK);
    CHECK(shape.arena_len == HELLO_WORLD_ARENA && shape.layers == 3u);
    CHECK(shape.input_len == 1u && shape.output_len == 1u && shape.input_scale > 0.0f);
    CHECK(ts_model_init(&model, hello_world_model, HELLO_WORLD_LEN) == TS_OK);
    for (k = 0; k < 4; k++) {
        CHECK(ts_model_restart(&model) == TS_OK);
        arena[shape.input] = in[k];
        CHECK(ts_model_run(&model, hello_world_model, arena, HELLO_WORLD_ARENA) == TS_STEP_CONVERGED);
        whole[k] = arena[shape.output];
        CHECK(whole[k] == out[k]);
    }
    for (k = 0; k < 4; k++) {
        CHECK(ts_model_restart(&model) == TS_OK);
        arena[shape.input] = in[k];
        CHECK(ts_model_step(&model, hello_world_model, arena, HELLO_WORLD_ARENA) == TS_STEP_RUNNING);
        CHECK(ts_model_step(&model, hello_world_model, arena, HELLO_WORLD_ARENA) == TS_STEP_RUNNING);
        CHECK(ts_model_step(&model, hello_world_model, arena, HELLO_WORLD_ARENA) == TS_STEP_CONVERGED);
        CHECK(ts_model_step(&model, hello_world_model, arena, HELLO_WORLD_ARENA) == TS_STEP_CONVERGED);
        CHECK(arena[shape.output] == whole[k]);
    }
    CHECK(ts_model_restart(&model) == TS_OK);
    CHECK(ts_model_profile(&model, hello_world_model, arena, HELLO_WORLD_ARENA, hook, &count) == TS_STEP_CONVERGED);
    CHECK(count == 6u);
    for (k = 0; k < 6; k++) {
        CHECK(calls[k] == k);
    }
    CHECK(ts_model_swap(&slot) == TS_OK && slot == 1u);
    CHECK(ts_model_swap(&slot) == TS_OK && slot == 0u);
    slot = 7;
    CHECK(REFUSED(ts_model_swap(&slot), TS_ERROR_OUT_OF_RANGE, TS_FIELD_OBJECT) && slot == 7u);
}

static void refusals(void)
{
    static uint64_t copy[HELLO_WORLD_LEN / 8u + 1u];
    ts_model_shape_t shape;
    ts_model_t model;
    uint8_t *bytes = (uint8_t *)copy;
    uint32_t k;

    memset(&model, 0, sizeof model);
    CHECK(REFUSED(ts_model_run(&model, hello_world_model, arena, HELLO_WORLD_ARENA), TS_ERROR_UNINITIALISED,
                  TS_FIELD_OBJECT));
    CHECK(REFUSED(ts_model_restart(&model), TS_ERROR_UNINITIALISED, TS_FIELD_OBJECT));
    CHECK(REFUSED(ts_model_shape(NULL, HELLO_WORLD_LEN, &shape), TS_ERROR_NULL, TS_FIELD_BYTES));
    CHECK(REFUSED(ts_model_shape(hello_world_model, HELLO_WORLD_LEN, NULL), TS_ERROR_NULL, TS_FIELD_OUTPUT));
    CHECK(REFUSED(ts_model_init(NULL, hello_world_model, HELLO_WORLD_LEN), TS_ERROR_NULL, TS_FIELD_OBJECT));
    CHECK(REFUSED(ts_model_init(&model, hello_world_model, 40), TS_ERROR_LENGTH, TS_FIELD_HEADER));
    CHECK(REFUSED(ts_model_init(&model, hello_world_model, HELLO_WORLD_LEN - 1u), TS_ERROR_LENGTH, TS_FIELD_BYTES));
    for (k = 0; k < HELLO_WORLD_LEN; k++) {
        memcpy(bytes, hello_world_model, HELLO_WORLD_LEN);
        bytes[k] = (uint8_t)(bytes[k] ^ 4u);
        CHECK(ts_model_init(&model, bytes, HELLO_WORLD_LEN) < 0);
    }
    CHECK(ts_model_init(&model, hello_world_model, HELLO_WORLD_LEN) == TS_OK);
    CHECK(REFUSED(ts_model_step(&model, hello_world_model, arena, HELLO_WORLD_ARENA - 1u), TS_ERROR_LENGTH,
                  TS_FIELD_ARENA));
    CHECK(REFUSED(ts_model_step(&model, hello_world_model, arena + 1, HELLO_WORLD_ARENA), TS_ERROR_MISALIGNED,
                  TS_FIELD_ARENA));
    CHECK(REFUSED(ts_model_step(&model, hello_world_model, NULL, HELLO_WORLD_ARENA), TS_ERROR_NULL, TS_FIELD_ARENA));
    CHECK(REFUSED(ts_model_step(&model, NULL, arena, HELLO_WORLD_ARENA), TS_ERROR_NULL, TS_FIELD_BYTES));
    /* Another container of the same length, sound or not. */
    memcpy(bytes, hello_world_model, HELLO_WORLD_LEN);
    bytes[20] = (uint8_t)(bytes[20] ^ 1u);
    CHECK(REFUSED(ts_model_run(&model, bytes, arena, HELLO_WORLD_ARENA), TS_ERROR_UNINITIALISED, TS_FIELD_BYTES));
    CHECK(REFUSED(ts_model_run(&model, (const uint8_t *)arena, arena, HELLO_WORLD_ARENA), TS_ERROR_OVERLAP,
                  TS_FIELD_ARENA));
    CHECK(REFUSED(ts_model_profile(&model, hello_world_model, arena, HELLO_WORLD_ARENA, NULL, NULL), TS_ERROR_NULL,
                  TS_FIELD_FUNCTION));
}

int main(void)
{
    uint32_t k;
    memset(memory, 0x3c, sizeof memory);
    arena = memory + 16u + (16u - (uintptr_t)memory % 16u) % 16u;
    runs();
    refusals();
    for (k = 0; memory + k < arena; k++) {
        CHECK(memory[k] == 0x3c);
    }
    for (k = 0; arena + HELLO_WORLD_ARENA + k < memory + sizeof memory; k++) {
        CHECK(arena[HELLO_WORLD_ARENA + k] == 0x3c);
    }
    return 0;
}
