//! A quadrotor flies home under linear MPC: every 50 ms a quadratic program of 160 variables, warm-started from the last
//! one. The controller is the one the firmware runs, with the same bits.

mod plot;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tinysolve::solve::{Solver, Step};
use tinysolve_cases::quadrotor::{Bounds, INPUTS, PERIOD, Plant, Problem, START, STATES, VARIABLES, WORKSPACE};

/// Flies a quadrotor back to its place by model-predictive control and draws the flight.
#[derive(Parser)]
#[command(name = "mpc", version)]
struct Arguments {
    /// Control ticks of 50 ms.
    #[arg(long, default_value_t = 80, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    ticks: u16,
    /// Metres by which a gust moves the craft sideways in the middle of the flight.
    #[arg(long, default_value_t = 0.3)]
    gust: f32,
    /// Where the plot goes.
    #[arg(long, value_name = "FILE", default_value = "mpc.svg")]
    plot: PathBuf,
}

/// What one tick was like.
pub(crate) struct Tick {
    pub(crate) time: f64,
    pub(crate) state: [f32; STATES],
    pub(crate) inputs: [f32; INPUTS],
    pub(crate) iterations: u32,
    pub(crate) converged: bool,
    /// Largest |A x - z| and |P x + q + A'y|.
    pub(crate) residuals: [f32; 2],
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("mpc: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let flight = fly(arguments.ticks, arguments.gust)?;
    let iterations: Vec<_> = flight.iter().map(|tick| tick.iterations).collect();
    let all: u32 = iterations.iter().sum();
    println!(
        "{VARIABLES} variables; {} ticks of {} ms: {:.1} iterations a tick, {} at most, {} of them to the tolerance",
        flight.len(),
        PERIOD * 1e3,
        f64::from(all) / f64::from(arguments.ticks),
        iterations.iter().max().unwrap_or(&0),
        flight.iter().filter(|tick| tick.converged).count(),
    );
    let [primal, dual] =
        flight.iter().fold([0.0_f32; 2], |worst, tick| [0, 1].map(|k| worst[k].max(tick.residuals[k])));
    println!("residuals at most: primal {primal:.1e}, dual {dual:.1e}");
    for tick in flight.iter().step_by(flight.len().div_ceil(10)) {
        let [x, y, z, ..] = tick.state;
        println!("{:5.2} s  x {x:7.3} m  y {y:7.3} m  z {z:7.3} m  {:4} iterations", tick.time, tick.iterations);
    }
    plot::draw(&flight, &arguments.plot)?;
    println!("{}: the flight", arguments.plot.display());
    Ok(())
}

/// The flight, tick by tick.
fn fly(ticks: u16, gust: f32) -> Result<Vec<Tick>, String> {
    let plant = Plant::new();
    let problem = Problem::new(&plant).map_err(|error| format!("{error:?}"))?;
    let mut workspace = [0.0; WORKSPACE];
    let mut solver = problem.solver(&mut workspace).ok_or("the problem was refused")?;
    let mut bounds = Bounds::of(&problem);
    let mut state = START;
    let mut flight = Vec::new();
    for tick in 0..ticks {
        if tick == ticks / 2 {
            state[1] += gust;
        }
        let inputs = bounds.tick(&plant, &state, &mut solver).ok_or("a bound was refused")?;
        let report = solver.report();
        flight.push(Tick {
            time: f64::from(tick) * f64::from(PERIOD),
            state,
            inputs,
            iterations: report.iterations,
            converged: report.step == Step::Converged,
            residuals: [solver.details().residuals.primal, solver.details().residuals.dual],
        });
        state = plant.step(&state, &inputs);
    }
    Ok(flight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_craft_comes_home_twice() -> Result<(), String> {
        let flight = fly(160, 0.3)?;
        let away = |tick: &Tick| tick.state.iter().take(3).fold(0.0_f32, |most, x| most.max(x.abs()));
        assert!(flight.iter().all(|tick| tick.converged));
        let (before, last) = (flight.get(79).map_or(9.0, away), flight.last().map_or(9.0, away));
        assert!(before < 0.02 && last < 0.02, "{before} {last}");
        Ok(())
    }
}
