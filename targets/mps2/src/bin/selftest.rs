//! Holds the harness to what is known: loops of known length, a stack of known depth.
#![cfg_attr(firmware, no_std, no_main)]

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
    semihosting::exit(passed)
}

/// Uses the stack for `WORDS` words and a little more.
#[cfg(firmware)]
#[inline(never)]
fn eat<const WORDS: usize>() {
    let mut room = [0_u32; WORDS];
    core::hint::black_box(&mut room);
}
