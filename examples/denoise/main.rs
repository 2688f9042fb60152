//! Four seconds of a real electrocardiogram (MIT-BIH record 208), disturbed by noise and outliers, and what total variation,
//! total variation with Huber's fidelity, and a learned proximal network make of it. The numbers are those of the firmware,
//! to the bit.

mod plot;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tinysolve_cases::denoise::{
    ROBUST_WEIGHT, SAMPLES, WEIGHT, by_network, by_robust_total_variation, by_total_variation, disturbed, recorded,
};

/// Denoises an electrocardiogram in three ways and draws them side by side.
#[derive(Parser)]
#[command(name = "denoise", version)]
struct Arguments {
    /// Weight of total variation, in mV.
    #[arg(long, default_value_t = WEIGHT, value_parser = weight)]
    weight: f32,
    /// Weight of total variation beside Huber's function.
    #[arg(long, default_value_t = ROBUST_WEIGHT, value_parser = weight)]
    robust_weight: f32,
    /// Where the plot goes.
    #[arg(long, value_name = "FILE", default_value = "denoise.svg")]
    plot: PathBuf,
}

fn weight(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(value) if value > 0.0 && value < 1e6 => Ok(value),
        _ => Err("a positive number is needed, such as 0.3".to_owned()),
    }
}

/// A signal with a name, and how far it is from the recorded one.
pub(crate) struct Answer {
    pub(crate) name: &'static str,
    pub(crate) signal: Vec<f32>,
    pub(crate) error: f64,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("denoise: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let clean = recorded();
    let results = denoise(&clean, arguments.weight, arguments.robust_weight)?;
    for Answer { name, error, .. } in &results {
        println!("{name:40} {error:.4} mV");
    }
    plot::draw(&clean, &results, &arguments.plot)?;
    println!("{}: the signals", arguments.plot.display());
    Ok(())
}

/// The disturbed signal and the three answers.
fn denoise(clean: &[f32; SAMPLES], weight: f32, robust_weight: f32) -> Result<Vec<Answer>, String> {
    let noisy = disturbed(clean);
    let (mut plain, mut robust, mut learned) = (noisy, noisy, noisy);
    by_total_variation(&mut plain, weight);
    let mut memory = [0.0; 3 * SAMPLES];
    let fault = |error: tinysolve::Error| format!("{error:?}");
    let report = by_robust_total_variation(&noisy, robust_weight, &mut robust, &mut memory).map_err(fault)?;
    println!("Huber and total variation: {:?} after {} iterations of ADMM", report.step, report.iterations);
    by_network(&mut learned).map_err(fault)?;
    let named = |name, signal: [f32; SAMPLES]| Answer { name, error: error(&signal, clean), signal: signal.to_vec() };
    Ok(vec![
        named("disturbed", noisy),
        named("total variation", plain),
        named("Huber and total variation", robust),
        named("learned proximal network", learned),
    ])
}

/// Root of the mean square of the difference.
fn error(signal: &[f32; SAMPLES], clean: &[f32; SAMPLES]) -> f64 {
    let squares: f64 = signal.iter().zip(clean).map(|(x, y)| f64::from(x - y).powi(2)).sum();
    (squares / f64::from(u16::try_from(SAMPLES).unwrap_or(u16::MAX))).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_takes_most_of_the_disturbance() -> Result<(), String> {
        let answers = denoise(&recorded(), WEIGHT, ROBUST_WEIGHT)?;
        let [noisy, answers @ ..] = answers.as_slice() else { return Err("nothing".to_owned()) };
        assert!(answers.iter().all(|answer| answer.error < 0.5 * noisy.error));
        Ok(())
    }
}
