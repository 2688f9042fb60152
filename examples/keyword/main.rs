//! From a recording to a keyword: features computed here, the MLPerf Tiny network, as on a microcontroller.
//!
//!     cargo run --release -p tinysolve-examples --example keyword -- tests/data/models/yes_1000ms.wav
//!
//! Without files, the four clips of the repository. The firmware of the same name does the same under QEMU:
//! `cargo xtask qemu m4f keyword`.
//!
//! The clip `no` comes out as `go`, with the reference's features too (a test holds features to a unit and classes to the
//! reference's). No better features were found: with the loudest sample of either sign as the unit, or the clip moved by 20,
//! 100 or 200 ms either way, it is still `go`; moved by 50 ms, it is `no` with less than 60 %.
#![allow(
    clippy::std_instead_of_core,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "an example"
)]

mod mfcc;

use clap::Parser;
use mfcc::{CLIP, COEFFICIENTS, FRAMES, Mfcc};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tinysolve::net::Inference;
use tinysolve_host::convert::{Aligned, arena, say, view};
use tinysolve_host::{Options, convert};

/// What the network tells apart.
const WORDS: [&str; 12] = ["down", "go", "left", "no", "off", "on", "right", "stop", "up", "yes", "silence", "unknown"];

/// Says which keyword is spoken in recordings of a second, 16 kHz, mono.
#[derive(Parser)]
struct Arguments {
    /// Recordings; without any, the four of the repository.
    files: Vec<PathBuf>,
    /// The network.
    #[arg(long, default_value_os_t = models().join("kws_ref_model.tflite"))]
    model: PathBuf,
}

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/models")
}

fn clips() -> [PathBuf; 4] {
    ["yes", "no", "silence", "noise"].map(|name| models().join(format!("{name}_1000ms.wav")))
}

/// The samples of a recording.
fn samples(path: &Path) -> Result<Vec<i16>, Box<dyn Error>> {
    let reader = hound::WavReader::open(path)?;
    let spec = reader.spec();
    if (spec.channels, spec.sample_rate, spec.bits_per_sample) != (1, 16_000, 16) {
        return Err(format!("{}: not 16 kHz, mono, 16 bits", path.display()).into());
    }
    let samples = reader.into_samples::<i16>().take(CLIP).collect::<Result<_, _>>()?;
    Ok(samples)
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let converted = convert(&std::fs::read(&arguments.model)?, &Options::default())?;
    let aligned = Aligned::new(&converted.container);
    let model = aligned.model()?;
    let shape = *model.shape();
    let mut memory = arena(&model);
    let mfcc = Mfcc::new();
    let files = if arguments.files.is_empty() { clips().to_vec() } else { arguments.files };
    for file in files {
        let clip = samples(&file)?;
        let mut inference = Inference::new(&model, view(&mut memory)).map_err(say)?;
        let start = Instant::now();
        mfcc.features(&clip, shape.input_scale, shape.input_zero, inference.input_mut());
        let features = start.elapsed();
        let scores = inference.run();
        let (class, score) =
            scores.iter().enumerate().max_by_key(|(_, score)| **score).ok_or("the network has no output")?;
        println!(
            "{}: {} ({:.0} %), features {features:.0?}, network {:.0?}",
            file.file_name().unwrap_or_default().to_string_lossy(),
            WORDS.get(class).copied().unwrap_or("?"),
            f32::from(score.wrapping_sub(shape.output_zero).cast_unsigned()) * shape.output_scale * 100.0,
            start.elapsed() - features,
        );
    }
    println!(
        "memory: arena {} bytes, tables {} bytes, {} bytes of flash for the network",
        model.arena_len(),
        size_of::<Mfcc>(),
        converted.container.len()
    );
    println!("`no` comes out as `go` with the reference's features as well");
    println!("what a clip makes: {FRAMES} frames of {COEFFICIENTS} coefficients");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reference's features to a unit, and its class, for all four clips: `no` comes out as `go` there, too.
    #[test]
    fn features_and_classes_are_the_references() -> Result<(), Box<dyn Error>> {
        const FIRST: usize = 9;
        let golden = |end: &str| std::fs::read(models().join(format!("golden/kws_ref_model.{end}.bin")));
        let (inputs, outputs) = (golden("in")?, golden("out")?);
        let converted = convert(&std::fs::read(models().join("kws_ref_model.tflite"))?, &Options::default())?;
        let aligned = Aligned::new(&converted.container);
        let model = aligned.model()?;
        let mut memory = arena(&model);
        let mfcc = Mfcc::new();
        let (mut most, mut words) = (0, Vec::new());
        let wanted = inputs.chunks(FRAMES * COEFFICIENTS).zip(outputs.chunks(12)).skip(FIRST);
        for (file, (input, output)) in clips().iter().zip(wanted) {
            let clip = samples(file)?;
            let mut inference = Inference::new(&model, view(&mut memory)).map_err(say)?;
            mfcc.features(&clip, model.shape().input_scale, model.shape().input_zero, inference.input_mut());
            for (got, want) in inference.input_mut().iter().zip(input) {
                most = most.max((i16::from(*got) - i16::from(want.cast_signed())).abs());
            }
            let class = |scores: &mut dyn Iterator<Item = i8>| {
                let scores: Vec<i8> = scores.collect();
                (0..12).max_by_key(|class| scores[*class])
            };
            let got = class(&mut inference.run().iter().copied());
            assert_eq!(got, class(&mut output.iter().map(|byte| byte.cast_signed())), "{}", file.display());
            words.extend(got.map(|class| WORDS[class]));
        }
        assert!(most <= 1, "features differ by {most}");
        assert_eq!(words[..2], ["yes", "go"]);
        Ok(())
    }
}
