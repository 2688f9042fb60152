/* What happens before main() on any Cortex-M that QEMU simulates: vectors, FPU, memory, semihosting. */
#include <stdint.h>
#include <stdlib.h>

extern uint32_t stack_top[];
extern uint32_t data_load[], data_start[], data_end[], bss_start[], bss_end[];

extern void initialise_monitor_handles(void);
extern int main(void);

void reset_handler(void);
void fault_handler(void);

__attribute__((noreturn)) void fault_handler(void)
{
    abort();
}

__attribute__((noreturn, naked)) void reset_handler(void)
{
    /* Naked: no register of the FPU may be touched, not even saved, before it is switched on. */
    __asm volatile("bl start_c\n"
                   "b .\n");
}

__attribute__((noreturn, used)) static void start_memory(void)
{
    const uint32_t *from = data_load;
    for (uint32_t *to = data_start; to < data_end; ++to) {
        *to = *from++;
    }
    for (uint32_t *to = bss_start; to < bss_end; ++to) {
        *to = 0;
    }
    initialise_monitor_handles();
    exit(main());
}

__attribute__((noreturn, used)) void start_c(void);
__attribute__((noreturn, used)) void start_c(void)
{
#if defined(__ARM_FP)
    volatile uint32_t *const access = (volatile uint32_t *)0xE000ED88u;
    *access |= 0xFu << 20;
    __asm volatile("dsb\n isb" ::: "memory");
#endif
    start_memory();
}

__attribute__((section(".vectors"), used)) static void *const vectors[16] = {
    stack_top, (void *)reset_handler, (void *)fault_handler, (void *)fault_handler,
    (void *)fault_handler, (void *)fault_handler, (void *)fault_handler, 0, 0, 0, 0,
    (void *)fault_handler, (void *)fault_handler, 0, (void *)fault_handler, (void *)fault_handler,
};
