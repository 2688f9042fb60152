//! Runs every case: prints the hash of its result bits and, under `-icount`, what it costs.
//!
//! An argument on the command line leaves only the cases whose name contains it.
#![cfg_attr(firmware, no_std, no_main)]

#[cfg(not(firmware))]
fn main() {
    eprintln!("this is firmware: run it with `cargo xtask qemu m4f cases`");
}

#[cfg(firmware)]
#[cortex_m_rt::entry]
fn main() -> ! {
    use mps2::meter::Printer;
    use mps2::{harness, println, semihosting, stack};
    use tinysolve_cases::{CASES, Case, fitting};

    /// The microbit has 16 KiB, and 256 KiB of flash, which not everything would fit.
    static LIST: [Case; CASES.len()] = fitting(if cfg!(roomy) { usize::MAX } else { 16 << 10 });

    /// What this program's own frames and a printed line take.
    const PRINTING: usize = 2048;

    let clock = harness::start();
    if clock.is_none() {
        println!("note no instruction counts: QEMU runs without -icount shift=7");
    }
    let mut buffer = [0; 128];
    let filter = semihosting::arguments(&mut buffer);
    let mut printer = Printer::new(clock.as_ref());
    for case in LIST.iter().filter(|case| case.name.contains(filter)) {
        if case.ram + PRINTING > stack::free() {
            println!("skip {} needs {} bytes of RAM, {} are free", case.name, case.ram, stack::free());
            continue;
        }
        (case.run)(&mut printer);
    }
    semihosting::exit(true)
}
