//! The signals below each other, each over the recorded one.

use std::path::Path;

use plotters::prelude::*;

use crate::Answer;

const SIZE: (u32, u32) = (1000, 900);
/// Samples a second.
const RATE: f64 = 360.0;

pub(crate) fn draw(clean: &[f32], answers: &[Answer], path: &Path) -> Result<(), String> {
    try_draw(clean, answers, path).map_err(|error| format!("{}: {error}", path.display()))
}

fn try_draw(clean: &[f32], answers: &[Answer], path: &Path) -> Result<(), Box<dyn core::error::Error>> {
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    for (area, answer) in root.split_evenly((answers.len(), 1)).iter().zip(answers) {
        let (low, high) = answer
            .signal
            .iter()
            .chain(clean)
            .fold((0.0_f64, 0.0_f64), |(low, high), x| (low.min(f64::from(*x)), high.max(f64::from(*x))));
        let mut chart = ChartBuilder::on(area)
            .caption(format!("{}: {:.3} mV from the recorded signal", answer.name, answer.error), ("sans-serif", 17))
            .margin(8)
            .x_label_area_size(26)
            .y_label_area_size(46)
            .build_cartesian_2d(0.0..time(clean.len()), low - 0.1..high + 0.1)?;
        let mesh = RGBColor(230, 230, 230);
        chart.configure_mesh().light_line_style(WHITE).bold_line_style(mesh).x_desc("s").y_desc("mV").draw()?;
        chart.draw_series(LineSeries::new(points(clean), RGBColor(150, 150, 150).stroke_width(1)))?;
        chart.draw_series(LineSeries::new(points(&answer.signal), RGBColor(0, 114, 178).stroke_width(2)))?;
    }
    root.present()?;
    Ok(())
}

fn time(sample: usize) -> f64 {
    f64::from(u32::try_from(sample).unwrap_or(u32::MAX)) / RATE
}

fn points(signal: &[f32]) -> impl Iterator<Item = (f64, f64)> + '_ {
    signal.iter().enumerate().map(|(sample, x)| (time(sample), f64::from(*x)))
}
