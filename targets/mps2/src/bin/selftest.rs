//! Holds the harness to what is known: loops of known length, a stack of known depth.
#![cfg_attr(firmware, no_std, no_main)]

// What the archives copy and fill with; here the whole firmware does.
#[cfg(firmware)]
#[allow(unsafe_code, reason = "assembly")]
#[path = "../../../../ffi/src/memory.rs"]
mod memory;

#[cfg(not(firmware))]
fn main() {
    eprintln!("this is firmware: run it with `cargo xtask qemu m4f selftest`");
}

#[cfg(firmware)]
#[cortex_m_rt::entry]
fn main() -> ! {
    use mps2::{clock, harness, println, semihosting, stack};

    let Some(clock) = harness::start() else {
        println!("fail no clock: QEMU runs without -icount, or with an instruction shorter than a tick");
        semihosting::exit(false)
    };
    println!("note icount shift={}", clock.shift());
    let mut passed = true;
    for (expected, counted) in clock::self_test(&clock) {
        println!("count {counted} of {expected}");
        passed &= expected == counted;
    }
    for (bytes, eat) in [(64, eat::<16> as fn()), (1024, eat::<256>), (4096, eat::<1024>)] {
        let used = stack::used(&mut || eat());
        let fits = used >= bytes && used <= bytes + 128;
        println!("note stack used {used}");
        println!("{} a frame of {bytes} bytes", if fits { "pass" } else { "fail" });
        passed &= fits;
    }
    let agrees = copies_and_fills_agree();
    println!("{} copies and fills", if agrees { "pass" } else { "fail" });
    semihosting::exit(passed && agrees)
}

/// Every routine, at every alignment and length up to a few words, against a loop over bytes.
#[cfg(firmware)]
#[allow(clippy::cast_possible_truncation, reason = "patterns of bytes")]
fn copies_and_fills_agree() -> bool {
    const ROOM: usize = 48;
    let pattern: [u8; ROOM] = core::array::from_fn(|k| (k * 37 + 11) as u8);
    let mut agrees = true;
    for from in 0..8 {
        for to in 0..8 {
            for len in 0..ROOM - 8 {
                let mut wanted = [0xa5_u8; ROOM];
                wanted.iter_mut().skip(to).zip(pattern.iter().skip(from)).take(len).for_each(|(to, from)| *to = *from);
                let mut copied = [0xa5_u8; ROOM];
                copied[to..to + len].copy_from_slice(&pattern[from..from + len]);
                let mut moved = pattern;
                moved.copy_within(from..from + len, to);
                let mut shifted = pattern;
                shifted[to..to + len].copy_from_slice(&pattern[from..from + len]);
                let mut filled = [0xa5_u8; ROOM];
                filled[to..to + len].fill(core::hint::black_box(from as u8));
                let fits = |(k, byte): (usize, &u8)| *byte == if k >= to && k < to + len { from as u8 } else { 0xa5 };
                agrees &= copied == wanted && moved == shifted && filled.iter().enumerate().all(fits);
            }
        }
    }
    for len in 0..12 {
        let (from, mut to) = ([0x1234_5678_u32; 12], [7_u32; 12]);
        to[..len].copy_from_slice(core::hint::black_box(&from[..len]));
        agrees &= to.iter().enumerate().all(|(k, word)| *word == if k < len { 0x1234_5678 } else { 7 });
        to[..core::hint::black_box(len)].fill(0);
        agrees &= to.iter().enumerate().all(|(k, word)| *word == if k < len { 0 } else { 7 });
    }
    agrees
}

/// Uses the stack for `WORDS` words and a little more.
#[cfg(firmware)]
#[inline(never)]
fn eat<const WORDS: usize>() {
    let mut room = [0_u32; WORDS];
    core::hint::black_box(&mut room);
}
