//! Cycles of one instruction.

/// Whose tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Core {
    M3,
    M4,
}

/// What an instruction takes when no jump follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Cost {
    pub(crate) cycles: u32,
    /// A single load: the next one is overlapped with it.
    pub(crate) load: bool,
}

/// What marks a stretch of code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mark {
    Start,
    End,
}

/// The hints that mark.
pub(crate) fn mark(code: &[u8]) -> Option<Mark> {
    match code {
        [0x40, 0xbf] => Some(Mark::Start),
        [0x10, 0xbf] => Some(Mark::End),
        _ => None,
    }
}

const fn plain(cycles: u32) -> Cost {
    Cost { cycles, load: false }
}

/// Cycles of the instruction with these bytes, two or four; `after_load` if a single load came just before.
pub(crate) fn cost(code: &[u8], after_load: bool, core: Core) -> Cost {
    let load = Cost { cycles: if after_load { 1 } else { 2 }, load: true };
    match *code {
        [a, b] => narrow(u16::from_le_bytes([a, b]), load),
        [a, b, c, d] => wide(u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]), load, core),
        _ => plain(1),
    }
}

fn narrow(code: u16, load: Cost) -> Cost {
    match code >> 11 {
        // From the literal pool.
        0b0_1001 => load,
        // Register offset: stores need the address a cycle earlier.
        0b0_1010 | 0b0_1011 => {
            if code >> 9 & 7 >= 3 {
                load
            } else {
                plain(2)
            }
        }
        // Immediate offset: words, bytes, halfwords, and from the stack.
        0b0_1101 | 0b0_1111 | 0b1_0001 | 0b1_0011 => load,
        // Several registers.
        0b1_1000 | 0b1_1001 => plain(1 + (code & 0xff).count_ones()),
        0b1_0110 | 0b1_0111 if code & 0x0600 == 0x0400 => plain(1 + (code & 0x1ff).count_ones()),
        _ => plain(1),
    }
}

fn wide(first: u16, second: u16, load: Cost, core: Core) -> Cost {
    match first >> 8 {
        0xe8 | 0xe9 => {
            if first & 0x0040 == 0 {
                // Several registers.
                plain(1 + second.count_ones())
            } else if first & 0xfff0 == 0xe8d0 && second & 0xf000 == 0xf000 {
                // A table of branches: two loads and a jump, which is counted by itself.
                plain(4)
            } else {
                // Two registers; exclusive ones.
                plain(3)
            }
        }
        0xf8 | 0xf9 => {
            let by_register = first & 0x0080 == 0 && second & 0x0800 == 0;
            match first & 0x0010 != 0 {
                true => load,
                false if by_register => plain(2),
                false => plain(1),
            }
        }
        0xfb => multiply(first, second, core),
        // A register of the FPU, or several.
        0xed => plain(2),
        0xec => plain(1 + u32::from(second & 0xff)),
        0xee => floating(first),
        _ => plain(1),
    }
}

fn multiply(first: u16, second: u16, core: Core) -> Cost {
    let operation = first >> 4 & 7;
    let long = first & 0x0080 != 0;
    match core {
        // From 2 to 12, by the operands.
        _ if long && matches!(operation, 1 | 3) && second & 0x00f0 == 0x00f0 => plain(7),
        Core::M4 => plain(1),
        // From 3 to 7, by the operands.
        Core::M3 if long => plain(5),
        // With an addend.
        Core::M3 if operation == 0 && second & 0xf000 != 0xf000 => plain(2),
        Core::M3 => plain(1),
    }
}

fn floating(first: u16) -> Cost {
    match first & 0x00b0 {
        // Multiply and add, fused or not.
        0x0000 | 0x00a0 => plain(3),
        // Divide; the square root is among the moves.
        0x0080 => plain(14),
        _ => plain(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn m4(code: u32, len: usize, after_load: bool) -> Cost {
        // Halfwords as the manual writes them, the first one on the left.
        let [a, b, c, d] = code.to_be_bytes();
        let bytes = [b, a, d, c];
        cost(if len == 4 { &bytes } else { &bytes[2..] }, after_load, Core::M4)
    }

    #[test]
    fn tables_of_the_manual() {
        let cases: [(&str, u32, usize, u32); 20] = [
            ("movs r0, #1", 0x2001, 2, 1),
            ("ldr r0, [r1]", 0x6808, 2, 2),
            ("ldr r0, [pc, #4]", 0x4801, 2, 2),
            ("ldrsb r0, [r1, r2]", 0x5688, 2, 2),
            ("str r0, [r1]", 0x6008, 2, 1),
            ("str r0, [r1, r2]", 0x5088, 2, 2),
            ("push {r4, r5, lr}", 0xb530, 2, 4),
            ("pop {r4, r5, pc}", 0xbd30, 2, 4),
            ("ldmia r0!, {r1, r2}", 0xc806, 2, 3),
            ("cbz r0, .", 0xb100, 2, 1),
            ("uxtb r0, r0", 0xb2c0, 2, 1),
            ("ldm r0!, {r8-r11}", 0xe8b0_0f00, 4, 5),
            ("ldrd r2, r3, [r0], #8", 0xe8f0_2302, 4, 3),
            ("strb r4, [r12], #1", 0xf80c_4b01, 4, 1),
            ("ldr.w r9, [r0], #4", 0xf850_9b04, 4, 2),
            ("smlad r4, r3, r8, r4", 0xfb23_4408, 4, 1),
            ("smull r0, r1, r2, r3", 0xfb82_0103, 4, 1),
            ("udiv r0, r1, r2", 0xfbb1_f0f2, 4, 7),
            ("vfma.f32 s0, s1, s2", 0xeea0_0a81, 4, 3),
            ("vdiv.f32 s0, s1, s2", 0xee80_0a81, 4, 14),
        ];
        for (text, code, len, cycles) in cases {
            assert_eq!(m4(code, len, false).cycles, cycles, "{text}");
        }
    }

    #[test]
    fn loads_overlap_and_an_m3_multiplies_slowly() {
        assert_eq!(m4(0x6808, 2, true), Cost { cycles: 1, load: true });
        assert!(!m4(0x6008, 2, true).load);
        let smull = [0x82, 0xfb, 0x03, 0x01];
        assert_eq!((cost(&smull, false, Core::M4).cycles, cost(&smull, false, Core::M3).cycles), (1, 5));
        let mla = [0x01, 0xfb, 0x02, 0x30];
        assert_eq!((cost(&mla, false, Core::M4).cycles, cost(&mla, false, Core::M3).cycles), (1, 2));
    }

    #[test]
    fn marks() {
        assert_eq!(mark(&[0x40, 0xbf]), Some(Mark::Start));
        assert_eq!(mark(&[0x10, 0xbf]), Some(Mark::End));
        assert_eq!(mark(&[0x00, 0xbf]), None);
    }
}
