//! `tinysolve`: converts, inspects and runs quantised networks.
#![allow(clippy::std_instead_of_core, reason = "a host program")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::{Parser, Subcommand};
use tinysolve::net::Inference;
use tinysolve_host::convert::{Aligned, arena, say, view};
use tinysolve_host::prune::{Choice, prune};
use tinysolve_host::{Options, convert, include, report};

/// Networks for tinysolve.
#[derive(Parser)]
#[command(name = "tinysolve", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Make a container from a .tflite file of 8-bit integers.
    Convert {
        /// The file.
        model: PathBuf,
        /// The container.
        #[arg(short)]
        output: PathBuf,
        /// Also write OUTPUT.rs, for `include!`.
        #[arg(long)]
        rust: bool,
        /// Also write OUTPUT.h, for `#include`.
        #[arg(long)]
        c: bool,
        /// Keep channels whose value never changes.
        #[arg(long)]
        keep_channels: bool,
        /// Store all weights dense.
        #[arg(long)]
        dense: bool,
        /// Round once in operators of this name, such as FULLY_CONNECTED; may be given several times.
        #[arg(long, value_name = "OPERATOR")]
        single_rounding: Vec<String>,
        /// Random inputs of the self-test.
        #[arg(long, default_value_t = 2)]
        samples: usize,
    },
    /// Say what is in a container and what it costs.
    Inspect {
        /// The container.
        model: PathBuf,
    },
    /// Run a container on raw 8-bit inputs, one sample after the other.
    Run {
        /// The container.
        model: PathBuf,
        /// The inputs.
        #[arg(long)]
        input: PathBuf,
        /// The outputs.
        #[arg(long)]
        output: PathBuf,
    },
    /// Leave out blocks of a layer's weights: by second-order information from gradients, or by magnitude without any. All
    /// files are raw little-endian f32.
    Prune {
        /// The weights, rows of COLUMNS.
        weights: PathBuf,
        /// Gradients of the loss, of one sample or small batch each, one after the other.
        #[arg(long)]
        gradients: Option<PathBuf>,
        /// Columns of the weight matrix.
        #[arg(long)]
        columns: usize,
        /// Rows and columns of a block, such as 4x4 for a fully connected layer and 1x4 for a convolution.
        #[arg(long, default_value = "1x4", value_parser = block)]
        block: [usize; 2],
        /// Share of the blocks that is kept.
        #[arg(long)]
        keep: f64,
        /// Steps in which the rest is left out.
        #[arg(long, default_value_t = 8)]
        steps: usize,
        /// What is added to the curvature.
        #[arg(long, default_value_t = 1e-5)]
        damping: f64,
        /// The weights that are left.
        #[arg(short)]
        output: PathBuf,
    },
}

fn block(text: &str) -> Result<[usize; 2], String> {
    let (rows, columns) = text.split_once('x').ok_or("a block is written as ROWSxCOLUMNS")?;
    let side = |text: &str| text.parse().map_err(|_| format!("`{text}` is no number"));
    Ok([side(rows)?, side(columns)?])
}

fn reals(path: &Path) -> Result<Vec<f64>> {
    let bytes = read(path)?;
    let (words, rest) = bytes.as_chunks::<4>();
    ensure!(rest.is_empty(), "{} is no whole number of f32", path.display());
    Ok(words.iter().map(|word| f64::from(f32::from_le_bytes(*word))).collect())
}

fn main() -> ExitCode {
    match act(Arguments::parse().verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    println!("wrote {}", path.display());
    Ok(())
}

fn act(verb: Verb) -> Result<()> {
    match verb {
        Verb::Convert { model, output, rust, c, keep_channels, dense, single_rounding, samples } => {
            let bytes = read(&model)?;
            let options = Options { keep_channels, dense, single: single_rounding };
            let converted = convert(&bytes, &options).with_context(|| model.display().to_string())?;
            converted.self_test(samples)?;
            let aligned = Aligned::new(&converted.container);
            let checked = aligned.model()?;
            print!("{}", report::report(&checked, converted.container.len()));
            println!("{} channels left out; self-test passed on {samples} random inputs", converted.removed);
            write(&output, &converted.container)?;
            let name = model.file_name().unwrap_or_default().to_string_lossy();
            if rust {
                let text = include::rust(&converted.container, checked.arena_len(), &name);
                write(&output.with_extension("rs"), text.as_bytes())?;
            }
            if c {
                let stem = output.file_stem().unwrap_or_default().to_string_lossy();
                let stem: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
                let text = include::c(&converted.container, checked.arena_len(), &name, &stem);
                write(&output.with_extension("h"), text.as_bytes())?;
            }
            Ok(())
        }
        Verb::Inspect { model } => {
            let aligned = Aligned::new(&read(&model)?);
            print!("{}", report::report(&aligned.model()?, aligned.bytes().len()));
            Ok(())
        }
        Verb::Run { model, input, output } => {
            let aligned = Aligned::new(&read(&model)?);
            let model = aligned.model()?;
            let samples = read(&input)?;
            let len = model.shape().input_len as usize;
            ensure!(
                !samples.is_empty() && samples.len().is_multiple_of(len),
                "{} bytes are no whole number of inputs of {len}",
                samples.len()
            );
            let mut memory = arena(&model);
            let mut inference = Inference::new(&model, view(&mut memory)).map_err(say)?;
            let mut out = Vec::new();
            for sample in samples.chunks(len) {
                inference.restart();
                for (to, from) in inference.input_mut().iter_mut().zip(sample) {
                    *to = from.cast_signed();
                }
                out.extend(inference.run().iter().map(|byte| byte.cast_unsigned()));
            }
            write(&output, &out)
        }
        Verb::Prune { weights, gradients, columns, block, keep, steps, damping, output } => {
            let mut values = reals(&weights)?;
            let mut gradients = gradients.as_deref().map(reals).transpose()?.unwrap_or_default();
            let choice = Choice { columns, block, keep, steps, damping };
            let outcome = prune(&mut values, &mut gradients, &choice)?;
            println!(
                "{} of {} blocks kept, predicted rise of the loss {:e}",
                outcome.kept, outcome.blocks, outcome.rise
            );
            #[allow(clippy::cast_possible_truncation, reason = "rounded to what the file holds")]
            let bytes: Vec<u8> = values.iter().flat_map(|value| (*value as f32).to_le_bytes()).collect();
            write(&output, &bytes)
        }
    }
}
