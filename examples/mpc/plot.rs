//! Position, inputs and iterations over time, as one picture.

use std::path::Path;

use plotters::prelude::*;

use crate::Tick;

const SIZE: (u32, u32) = (900, 760);
/// Colours that stay apart for colour-blind eyes (Okabe and Ito).
const COLOURS: [RGBColor; 4] =
    [RGBColor(0, 114, 178), RGBColor(213, 94, 0), RGBColor(0, 158, 115), RGBColor(204, 121, 167)];

/// One line of a panel: its name, and its value at a tick.
type Line<'a> = (&'a str, &'a dyn Fn(&Tick) -> f64);

pub(crate) fn draw(flight: &[Tick], path: &Path) -> Result<(), String> {
    try_draw(flight, path).map_err(|error| format!("{}: {error}", path.display()))
}

fn try_draw(flight: &[Tick], path: &Path) -> Result<(), Box<dyn core::error::Error>> {
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let state = |k: usize| move |tick: &Tick| tick.state.get(k).map_or(0.0, |x| f64::from(*x));
    let input = |k: usize| move |tick: &Tick| tick.inputs.get(k).map_or(0.0, |u| f64::from(*u));
    let places: [Line<'_>; 3] = [("x", &state(0)), ("y", &state(1)), ("z", &state(2))];
    let motors: [Line<'_>; 4] = [("1", &input(0)), ("2", &input(1)), ("3", &input(2)), ("4", &input(3))];
    let iterations: [Line<'_>; 1] = [("iterations", &|tick| f64::from(tick.iterations))];
    let areas = root.split_evenly((3, 1));
    let panels: [(&str, &[Line<'_>]); 3] = [
        ("from its place, m", &places),
        ("thrust of each motor beyond hovering, of full thrust", &motors),
        ("iterations a tick", &iterations),
    ];
    for (area, (title, lines)) in areas.iter().zip(panels) {
        panel(area, title, lines, flight)?;
    }
    root.present()?;
    Ok(())
}

fn panel(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    title: &str,
    lines: &[Line<'_>],
    flight: &[Tick],
) -> Result<(), Box<dyn core::error::Error>> {
    let values = || lines.iter().flat_map(|(_, value)| flight.iter().map(value));
    let (low, high) = values().fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    let margin = 0.05 * (high - low).max(1e-9);
    let end = flight.last().map_or(1.0, |tick| tick.time).max(1e-9);
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 17))
        .margin(8)
        .x_label_area_size(28)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..end, low - margin..high + margin)?;
    chart.configure_mesh().light_line_style(WHITE).bold_line_style(RGBColor(225, 225, 225)).x_desc("s").draw()?;
    for ((name, value), colour) in lines.iter().zip(COLOURS) {
        chart
            .draw_series(LineSeries::new(flight.iter().map(|tick| (tick.time, value(tick))), colour.stroke_width(2)))?
            .label(*name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    if lines.len() > 1 {
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .background_style(WHITE.mix(0.9))
            .border_style(RGBColor(200, 200, 200))
            .draw()?;
    }
    Ok(())
}
