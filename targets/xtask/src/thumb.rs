//! Just enough of the Thumb instruction set to see how far a function moves the stack pointer and whether it calls
//! through a register. The compiler says the first itself for the code it makes; its own runtime, which comes compiled,
//! does not.

/// What one function's code shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Seen {
    /// Bytes pushed or reserved on the stack, all of them added up: no less than any path through it takes.
    pub(crate) stack: u64,
    /// A call or jump through a register, other than a return.
    pub(crate) indirect: bool,
}

/// Reads code, given as half-words.
pub(crate) fn scan(code: &[u16]) -> Seen {
    let mut seen = Seen::default();
    let mut words = code.iter().copied();
    while let Some(first) = words.next() {
        if first >> 11 >= 0b11101 {
            seen.stack += wide(first, words.next().unwrap_or_default());
        } else {
            seen.stack += narrow(first);
            seen.indirect |= through_register(first);
        }
    }
    seen
}

/// `blx Rm`, or `bx Rm` with Rm not the link register.
fn through_register(word: u16) -> bool {
    let register = (word >> 3) & 0xF;
    word & 0xFF87 == 0x4780 || (word & 0xFF87 == 0x4700 && register != 14)
}

fn narrow(word: u16) -> u64 {
    if word & 0xFE00 == 0xB400 {
        // push {registers}
        4 * u64::from((word & 0x1FF).count_ones())
    } else if word & 0xFF80 == 0xB080 {
        // sub sp, #imm7*4
        4 * u64::from(word & 0x7F)
    } else {
        0
    }
}

fn wide(first: u16, second: u16) -> u64 {
    let low = u64::from(second & 0xFF);
    match first {
        // push.w {registers}
        0xE92D => 4 * u64::from(second.count_ones()),
        // vpush {registers}
        0xED2D | 0xED6D => 4 * low,
        // str Rt, [sp, #-imm8]!
        0xF84D if second & 0x0F00 == 0x0D00 => low,
        // strd Rt, Rt2, [sp, #-imm8*4]!
        0xE96D => 4 * low,
        // sub.w sp, sp, #constant
        _ if first & 0xFBEF == 0xF1AD && second & 0x8F00 == 0x0D00 => expand(first, second),
        // subw sp, sp, #imm12
        _ if first & 0xFBFF == 0xF2AD && second & 0x8F00 == 0x0D00 => u64::from(immediate(first, second)),
        _ => 0,
    }
}

/// i:imm3:imm8
fn immediate(first: u16, second: u16) -> u32 {
    u32::from((first >> 10) & 1) << 11 | u32::from((second >> 12) & 7) << 8 | u32::from(second & 0xFF)
}

/// The architecture's modified immediate constant, in the forms a stack frame has.
fn expand(first: u16, second: u16) -> u64 {
    let immediate = immediate(first, second);
    let byte = immediate & 0xFF;
    let value = match immediate >> 8 {
        0 => byte,
        1 => byte << 16 | byte,
        2 => byte << 24 | byte << 8,
        3 => byte * 0x0101_0101,
        _ => (0x80 | (byte & 0x7F)).rotate_right(immediate >> 7),
    };
    u64::from(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(code: &[u16]) -> u64 {
        scan(code).stack
    }

    /// Encodings as an assembler makes them.
    #[test]
    fn frames() {
        assert_eq!(stack(&[0xB5F0]), 20, "push {{r4-r7, lr}}");
        assert_eq!(stack(&[0xB082]), 8, "sub sp, #8");
        assert_eq!(stack(&[0xE92D, 0x4FF0]), 36, "push.w {{r4-r11, lr}}");
        assert_eq!(stack(&[0xED2D, 0x8B10]), 64, "vpush {{d8-d15}}");
        assert_eq!(stack(&[0xF84D, 0xED04]), 4, "str lr, [sp, #-4]!");
        assert_eq!(stack(&[0xF5AD, 0x7D00]), 512, "sub.w sp, sp, #512");
        assert_eq!(stack(&[0xF6AD, 0x3D04]), 2820, "subw sp, sp, #2820");
        assert_eq!(stack(&[0xB5F0, 0xB082, 0x4770]), 28, "and a return");
    }

    #[test]
    fn indirect_calls() {
        assert!(scan(&[0x4790]).indirect, "blx r2");
        assert!(scan(&[0x4718]).indirect, "bx r3");
        assert!(!scan(&[0x4770]).indirect, "bx lr");
        assert!(!scan(&[0xF000, 0x4790]).indirect, "second half of a wide instruction");
    }
}
