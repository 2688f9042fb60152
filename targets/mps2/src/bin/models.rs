//! Whole networks in flash, on the golden inputs of the repository: the checksum of every layer, every byte of the outputs,
//! and what an inference costs.
//!
//! The containers are made from `tests/data/models` when the firmware is built. The large models run on some of their
//! samples; with the argument `all`, on all; with `count`, inferences are only counted. Any other argument leaves only the
//! models whose name contains it.
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

    /// A model and what it must answer.
    pub(crate) struct Entry {
        pub(crate) name: &'static str,
        pub(crate) goal: &'static str,
        pub(crate) arena_goal: &'static str,
        pub(crate) few: usize,
        pub(crate) folded: &'static [u8],
        /// The same with all its channels, where some were left out; its layers are those of the checksums.
        pub(crate) whole: &'static [u8],
        pub(crate) inputs: &'static [u8],
        pub(crate) outputs: &'static [u8],
        /// Of every layer, sample by sample; none where only outputs are known.
        pub(crate) checksums: &'static [u32],
    }

    include!(concat!(env!("OUT_DIR"), "/models.rs"));
}

#[cfg(firmware)]
mod check {
    use super::data::Entry;
    use mps2::meter::Printer;
    use mps2::println;
    use tinysolve::container::Crc32;
    use tinysolve::net::{Inference, Model};
    use tinysolve_cases::{Meter, Row};

    /// Answers nothing if the container is refused.
    fn start<'a>(container: &'static [u8], arena: &'a mut [i8]) -> Option<(Model<'static>, Inference<'static, 'a>)> {
        let model = Model::new(container).ok()?;
        Some((model, Inference::new(&model, arena).ok()?))
    }

    fn fill(inference: &mut Inference, input: &[u8]) {
        inference.restart();
        inference.input_mut().iter_mut().zip(input).for_each(|(to, from)| *to = from.cast_signed());
    }

    /// Whether the outputs are right on `samples` samples, and with checksums all layers too.
    fn outputs(entry: &Entry, container: &'static [u8], arena: &mut [i8], samples: usize, layers: bool) -> bool {
        let Some((model, mut inference)) = start(container, arena) else { return false };
        let inputs = entry.inputs.chunks(model.shape().input_len as usize);
        let outputs = entry.outputs.chunks(model.shape().output_len as usize);
        let count = model.layer_count();
        let right = inputs.zip(outputs).take(samples).enumerate().all(|(sample, (input, output))| {
            fill(&mut inference, input);
            for layer in 0..count {
                let _ = inference.step();
                if !layers || entry.checksums.is_empty() {
                    continue;
                }
                let checksum = entry.checksums.get(sample * count + layer).copied().unwrap_or(0);
                let bytes = inference.layer_output(layer).iter();
                let found = bytes.fold(Crc32::new(), |crc, byte| crc.update(&byte.to_le_bytes())).finish();
                if found != checksum {
                    println!("fail {} sample {sample}, layer {layer}: {found:08x}, not {checksum:08x}", entry.name);
                    return false;
                }
            }
            let right = inference.run().iter().map(|byte| byte.cast_unsigned()).eq(output.iter().copied());
            if !right {
                println!("fail {} sample {sample}: another output", entry.name);
            }
            right
        });
        let (inputs, checked) = (
            samples.min(entry.outputs.len() / model.shape().output_len as usize),
            layers && !entry.checksums.is_empty(),
        );
        println!(
            "note {}: {inputs} inputs, {} checksums of layers",
            entry.name,
            if checked { inputs * count } else { 0 }
        );
        right
    }

    pub(super) fn model(entry: &Entry, arena: &mut [i8], samples: usize, printer: &mut Printer) -> bool {
        let whole = if entry.whole.is_empty() { entry.folded } else { entry.whole };
        let right = outputs(entry, whole, arena, samples, true)
            && (entry.whole.is_empty() || outputs(entry, entry.folded, arena, samples, false));
        let Some((model, mut inference)) = start(entry.folded, arena) else { return false };
        fill(&mut inference, entry.inputs);
        let row = Row::new("net", "model", entry.name);
        let counted = row.per(1_000_000, "million instructions").goal("m4f", entry.goal);
        printer.count(&counted, &mut || {
            inference.run();
        });
        let arena = Row { goal: entry.arena_goal, unit: "bytes", ..row };
        printer.value(&arena, "arena", model.arena_len());
        printer.value(&Row { unit: "bytes", ..row }, "container", entry.folded.len());
        right
    }
}

#[cfg(firmware)]
#[cortex_m_rt::entry]
fn main() -> ! {
    use core::ptr;
    use mps2::meter::Printer;
    use mps2::{harness, println, semihosting};
    use tinysolve::net::Arena;

    static mut ARENA: Arena<{ data::ARENA }> = Arena::new();
    // SAFETY: main runs once, and nothing else knows the static.
    let arena = unsafe { &mut *ptr::addr_of_mut!(ARENA) };
    let clock = harness::start();
    let mut buffer = [0; 128];
    let argument = semihosting::arguments(&mut buffer);
    let (all, count) = (argument == "all", argument == "count");
    let mut printer = Printer::new(clock.as_ref());
    let (mut passed, mut ran) = (true, 0_u32);
    for entry in data::MODELS.iter().filter(|entry| all || count || entry.name.contains(argument)) {
        let samples = if all { usize::MAX } else { entry.few };
        let right = check::model(entry, &mut arena.0, if count { 0 } else { samples }, &mut printer);
        println!(
            "{} {}",
            if count {
                "counted"
            } else if right {
                "pass"
            } else {
                "fail"
            },
            entry.name
        );
        passed &= right;
        ran += 1;
    }
    for (name, arena, flash) in data::LEFT_OUT {
        println!("skip {name} needs {arena} bytes of RAM and {flash} of flash");
    }
    // A name that fits none has shown nothing.
    semihosting::exit(passed && ran > 0)
}
