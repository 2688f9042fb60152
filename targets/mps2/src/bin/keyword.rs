//! From a second of sound to a keyword on the chip: the four clips of the repository, features and network.
//!
//! The host's twin is the example `keyword`; both include the same features.
#![cfg_attr(firmware, no_std, no_main)]
#![cfg_attr(roomy, allow(unsafe_code, reason = "an arena and tables, too large for the stack"))]
#![cfg_attr(
    roomy,
    allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "sounds become bytes"
    )
)]

#[cfg(not(firmware))]
fn main() {
    eprintln!("this is firmware: run it with `cargo xtask qemu m4f keyword`");
}

#[cfg(roomy)]
#[path = "../../../../examples/keyword/mfcc.rs"]
mod mfcc;

#[cfg(all(firmware, not(roomy)))]
#[cortex_m_rt::entry]
fn main() -> ! {
    mps2::println!("skip keyword needs more RAM than this board has");
    mps2::semihosting::exit(true)
}

#[cfg(roomy)]
mod data {
    /// Bytes at a multiple of 16.
    #[repr(C, align(16))]
    pub(crate) struct Aligned<T: ?Sized>(pub(crate) T);

    macro_rules! clip {
        ($name:literal) => {
            (
                concat!("keyword/", $name),
                include_bytes!(concat!("../../../../tests/data/models/", $name, "_1000ms.wav")),
            )
        };
    }

    pub(crate) static MODEL: &Aligned<[u8]> = &Aligned(*include_bytes!(concat!(env!("OUT_DIR"), "/kws_ref_model.ts")));
    pub(crate) const INPUTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/kws_ref_model.in"));
    pub(crate) const OUTPUTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/kws_ref_model.out"));
    /// In the order of the golden samples, from this one on.
    pub(crate) const FIRST: usize = 9;
    pub(crate) const CLIPS: [(&str, &[u8; 32_044]); 4] = [clip!("yes"), clip!("no"), clip!("silence"), clip!("noise")];
    /// Bytes before the samples.
    pub(crate) const HEADER: usize = 44;
}

#[cfg(roomy)]
#[cortex_m_rt::entry]
fn main() -> ! {
    use core::ptr;
    use mfcc::{CLIP, COEFFICIENTS, FRAMES, Mfcc};
    use mps2::meter::Printer;
    use mps2::{harness, println, semihosting};
    use tinysolve::net::{Arena, Inference, Model};
    use tinysolve_cases::{Hash, Meter, Row};

    /// At least that of the model, which is checked.
    const ARENA: usize = 20 << 10;
    static mut MEMORY: (Arena<ARENA>, [i16; CLIP]) = (Arena::new(), [0; CLIP]);
    // SAFETY: main runs once, and nothing else knows the static.
    let (arena, samples) = unsafe { &mut *ptr::addr_of_mut!(MEMORY) };
    let clock = harness::start();
    let mut printer = Printer::new(clock.as_ref());
    let Ok(model) = Model::new(&data::MODEL.0) else { semihosting::exit(false) };
    let Ok(mut inference) = Inference::new(&model, &mut arena.0) else { semihosting::exit(false) };
    let mfcc = Mfcc::new();
    let shape = *model.shape();
    let class = |scores: &mut dyn Iterator<Item = i8>| {
        scores.enumerate().fold((0, i8::MIN), |best, now| if now.1 > best.1 { now } else { best })
    };
    let mut passed = true;
    for (sample, (name, wav)) in data::CLIPS.iter().enumerate() {
        let (words, _) = wav.get(data::HEADER..).unwrap_or(&[]).as_chunks::<2>();
        samples.iter_mut().zip(words).for_each(|(sample, word)| *sample = i16::from_le_bytes(*word));
        inference.restart();
        let million = |kernel| Row::new("net", kernel, name).per(1_000_000, "million instructions");
        printer.count(&million("keyword, features"), &mut || {
            mfcc.features(samples, shape.input_scale, shape.input_zero, inference.input_mut());
        });
        let golden = data::INPUTS.chunks(FRAMES * COEFFICIENTS).nth(data::FIRST + sample).unwrap_or(&[]);
        let features = inference.input_mut();
        let near = |(got, want): (&i8, &u8)| got.abs_diff(want.cast_signed()) <= 1;
        let close = features.len() == golden.len() && features.iter().zip(golden).all(near);
        let mut hash = Hash::default();
        features.iter().for_each(|feature| {
            hash.bytes(&feature.to_le_bytes());
        });
        printer.count(&million("keyword, network"), &mut || {
            inference.run();
        });
        let (found, score) = class(&mut inference.output().iter().copied());
        let golden = data::OUTPUTS.chunks(12).nth(data::FIRST + sample).unwrap_or(&[]);
        let right = class(&mut golden.iter().map(|byte| byte.cast_signed())).0 == found;
        println!("{} {name} class {found}, {score}", if close && right { "pass" } else { "fail" });
        printer.result(name, hash.finish());
        passed &= close && right;
    }
    printer.value(&Row { unit: "bytes", ..Row::new("net", "keyword", "tables and arena") }, "ram", {
        size_of::<Mfcc>() + model.arena_len()
    });
    semihosting::exit(passed)
}
