//! Whole networks in flash: counts, and the hash of the outputs of all layers, which is the same on every core.
//!
//! The containers are made from `tests/data/models` when the firmware is built. An argument on the command line leaves only
//! the models whose name contains it.
#![cfg_attr(firmware, no_std, no_main)]
#![cfg_attr(firmware, allow(unsafe_code, reason = "one arena for all models, too large for the stack"))]

#[cfg(not(firmware))]
fn main() {
    eprintln!("this is firmware: run it with `cargo xtask qemu m4f models`");
}

#[cfg(firmware)]
mod data {
    /// Bytes at a multiple of 16.
    #[repr(C, align(16))]
    pub(crate) struct Aligned<const N: usize>(pub(crate) [u8; N]);

    include!(concat!(env!("OUT_DIR"), "/models.rs"));
}

#[cfg(firmware)]
#[cortex_m_rt::entry]
fn main() -> ! {
    use core::ptr;
    use mps2::meter::Printer;
    use mps2::{harness, println, semihosting};
    use tinysolve::net::{Arena, Inference, Model};
    use tinysolve_cases::{Hash, Meter, Row};

    static mut ARENA: Arena<{ data::ARENA }> = Arena::new();
    // SAFETY: main runs once, and nothing else knows the static.
    let arena = unsafe { &mut *ptr::addr_of_mut!(ARENA) };
    let clock = harness::start();
    let mut buffer = [0; 128];
    let filter = semihosting::arguments(&mut buffer);
    let mut printer = Printer::new(clock.as_ref());
    let mut passed = true;
    for (name, goal, container, inputs, outputs) in data::MODELS {
        if !name.contains(filter) {
            continue;
        }
        let Ok(model) = Model::new(container) else {
            println!("fail {name} is refused");
            semihosting::exit(false)
        };
        let Ok(mut inference) = Inference::new(&model, &mut arena.0) else { semihosting::exit(false) };
        let len = model.shape().input_len as usize;
        let mut hash = Hash::default();
        for (input, output) in inputs.chunks(len).zip(outputs.chunks(model.shape().output_len as usize)) {
            inference.restart();
            inference.input_mut().iter_mut().zip(input).for_each(|(to, from)| *to = from.cast_signed());
            for layer in 0..model.layer_count() {
                let _ = inference.step();
                inference.layer_output(layer).iter().for_each(|out| {
                    hash.bytes(&out.to_le_bytes());
                });
            }
            passed &= inference.output().iter().map(|out| out.cast_unsigned()).eq(output.iter().copied());
        }
        println!("{} {name}", if passed { "pass" } else { "fail" });
        inference.restart();
        let row = Row::new("net", "model", name).per(1_000_000, "million instructions").goal("m4f", goal);
        printer.count(&row, &mut || {
            inference.run();
        });
        printer.result(name, hash.finish());
    }
    semihosting::exit(passed)
}
