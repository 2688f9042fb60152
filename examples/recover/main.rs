//! Fifty temperature sensors, five of them stuck or spiking: the field is recovered from its low rank, and the broken sensors
//! are named. The same is then done to sixty years of sea temperatures with gross errors added. The first run is that of the
//! firmware case `recovery/sensors`, bit for bit.

mod plot;
mod sea;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use tinysolve::recovery::{Entries, Masked};
use tinysolve::solve::{Report, Solver, Step};
use tinysolve_cases::Hash;
use tinysolve_cases::sensors::{self, Fault, RANK_MAX, SENSORS, TIMES};

/// Recovers temperatures from sensors of which some are broken, and names those.
#[derive(Parser)]
#[command(name = "recover", version)]
struct Arguments {
    /// Where the plot of truth, readings and recovered field goes.
    #[arg(long, value_name = "FILE", default_value = "recover.svg")]
    plot: PathBuf,
    /// Sea temperatures, years by months.
    #[arg(long, value_name = "FILE", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/elnino/elnino.csv"))]
    sea: PathBuf,
}

/// A recovered field, and what was found on the way.
pub(crate) struct Recovered {
    pub(crate) readings: Vec<f32>,
    pub(crate) field: Vec<f32>,
    /// Readings further from the field than the tolerance.
    pub(crate) wrong: Vec<bool>,
    pub(crate) rank: usize,
    pub(crate) report: Report<f32>,
    pub(crate) hash: u64,
}

/// The run of the firmware case.
pub(crate) fn recover() -> Recovered {
    let mut readings = vec![0.0; SENSORS * TIMES];
    sensors::readings(&mut readings);
    let (mut l, mut r) = (vec![0.0; SENSORS * RANK_MAX], vec![0.0; TIMES * RANK_MAX]);
    let mut workspace = vec![0.0; Masked::<f32>::workspace_len(SENSORS, TIMES, RANK_MAX)];
    let entries = Entries::dense(SENSORS, TIMES, &readings, None).expect("finite readings");
    let mut solver = Masked::new(entries, &mut l, &mut r, &mut workspace, sensors::config()).expect("sizes that fit");
    let report = solver.run();
    let place = |k: usize| (k / TIMES, k % TIMES);
    let field = (0..SENSORS * TIMES).map(|k| solver.element(place(k).0, place(k).1)).collect();
    let is_wrong = |(k, reading): (usize, &f32)| solver.is_outlier(place(k).0, place(k).1, *reading);
    let wrong = readings.iter().enumerate().map(is_wrong).collect();
    let (left, right) = solver.factors();
    let mut hash = Hash::default();
    hash.f32s(left).f32s(right).f32(report.residual).word(report.iterations).word(report.step as u32);
    let (rank, hash) = (solver.rank(), hash.finish());
    Recovered { readings, field, wrong, rank, report, hash }
}

/// Root of the mean of squared differences.
pub(crate) fn distance(a: impl IntoIterator<Item = f32>, b: impl IntoIterator<Item = f32>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0_f64);
    for (a, b) in a.into_iter().zip(b) {
        sum += (f64::from(a) - f64::from(b)).powi(2);
        count += 1.0;
    }
    (sum / count.max(1.0)).sqrt()
}

pub(crate) fn truth() -> impl Iterator<Item = f32> {
    (0..SENSORS * TIMES).map(|k| sensors::truth(k / TIMES, k % TIMES))
}

/// Sensors with more than a tenth of their readings wrong: number, how many, and the longest run of one value.
pub(crate) fn broken(recovered: &Recovered) -> Vec<(usize, usize, usize)> {
    let lines = recovered.wrong.chunks(TIMES).zip(recovered.readings.chunks(TIMES)).enumerate();
    lines
        .filter_map(|(sensor, (wrong, readings))| {
            let count = wrong.iter().filter(|wrong| **wrong).count();
            let same = readings.chunk_by(|a, b| a == b).map(<[f32]>::len).max().unwrap_or(0);
            (count * 10 > TIMES).then_some((sensor, count, same))
        })
        .collect()
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("recover: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let recovered = recover();
    let verdict = if recovered.report.step == Step::Converged { "certified" } else { "not certified" };
    println!(
        "{SENSORS} sensors, {TIMES} readings each: rank {} {verdict} after {} sweeps, hash {:016x}",
        recovered.rank, recovered.report.iterations, recovered.hash
    );
    println!(
        "error against the truth: readings {:.3} degrees, recovered {:.3} degrees (root mean square)",
        distance(recovered.readings.iter().copied(), truth()),
        distance(recovered.field.iter().copied(), truth()),
    );
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    table.set_header(["broken sensor", "readings wrong", "longest run of one value", "verdict", "in fact"]);
    for (sensor, wrong, same) in broken(&recovered) {
        let verdict = if same > 5 { "stuck" } else { "spiking" };
        let fact = match sensors::fault(sensor) {
            Fault::None => "sound".to_owned(),
            Fault::Stuck(from) => format!("stuck from {from}"),
            Fault::Spiking => "spiking".to_owned(),
        };
        table.add_row([sensor.to_string(), format!("{wrong} of {TIMES}"), same.to_string(), verdict.to_owned(), fact]);
    }
    println!("{table}");
    plot::draw(&recovered, &arguments.plot)?;
    println!("wrote {}", arguments.plot.display());
    sea::run(&arguments.sea)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_sensors_are_named_and_no_other() {
        let recovered = recover();
        assert_eq!((recovered.report.step, recovered.rank), (Step::Converged, sensors::RANK));
        let named: Vec<(usize, bool)> = broken(&recovered).iter().map(|(s, _, same)| (*s, *same > 5)).collect();
        assert_eq!(named, [(7, true), (12, false), (23, true), (31, true), (40, false)]);
        // Noise of 0.016 degrees, shared out over many readings.
        let error = distance(recovered.field.iter().copied(), truth());
        assert!(error < 0.008, "{error}");
        assert!(distance(recovered.readings.iter().copied(), truth()) > 1.0);
    }

    #[test]
    fn the_firmware_has_these_bits() {
        let golden = include_str!("../../targets/mps2/src/bin/cases.golden");
        let line = format!("hash recovery/sensors {:016x}", recover().hash);
        assert!(golden.lines().any(|known| known == line), "{line}");
    }
}
