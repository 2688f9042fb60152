/* Deep conjugate directions and the pressure on cells, in both precisions: what they solve, what they refuse. */
#include "check.h"

#define SIDE 24u
#define CELLS (SIDE * SIDE)

#define SINGLE
#include "precision.h"
#include "grid.h"
#include "pressure.h"
#undef SINGLE
#define DOUBLE
#include "precision.h"
#include "grid.h"
#include "pressure.h"

int main(void)
{
    static const uint8_t nothing[16] = {0};
    uint8_t cells[9] = {1, 0, 1, 0, 0, 0, 1, 1, 1};
    uint16_t queue[9];
    ts_gates_t gates;
    uint32_t sealed = 99;
    CHECK(ts_seal_pockets(3, 3, cells, TS_OPEN_BELOW, queue, 8, &sealed) < 0 && sealed == 99u && cells[6] == 1u);
    CHECK(ts_seal_pockets(3, 3, cells, 16u, queue, 9, &sealed) < 0);
    CHECK(ts_seal_pockets(3, 3, cells, TS_OPEN_BELOW, queue, 9, &sealed) == TS_OK && sealed == 3u);
    CHECK(cells[0] == TS_CELL_FLUID && cells[6] == TS_CELL_SOLID && cells[8] == TS_CELL_SOLID);
    CHECK(ts_gates_read(nothing, sizeof nothing, &gates) < 0);
    CHECK(ts_gates_read(NULL, 4, &gates) < 0);
    pressures_single(1e-4);
    pressures_double(1e-9);
    return 0;
}
