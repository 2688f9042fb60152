//! Truth, readings and recovered field side by side, and two broken sensors over time.

use std::path::Path;

use plotters::prelude::*;
use tinysolve_cases::sensors::{self, SENSORS, TIMES};

use crate::{Recovered, truth};

const SIZE: (u32, u32) = (1200, 760);
/// The scale of colours, in degrees.
const COLD: f32 = 12.0;
const WARM: f32 = 30.0;

/// Dark violet to yellow over green, even in lightness.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a colour")]
fn colour(value: f32) -> RGBColor {
    const STOPS: [(f32, f32, f32); 5] =
        [(68.0, 1.0, 84.0), (59.0, 82.0, 139.0), (33.0, 145.0, 140.0), (94.0, 201.0, 98.0), (253.0, 231.0, 37.0)];
    let place = ((value - COLD) / (WARM - COLD)).clamp(0.0, 0.999) * 4.0;
    let (low, inside) = (place as usize, place.fract());
    let (a, b) = (STOPS[low], STOPS[low + 1]);
    let mix = |a: f32, b: f32| (a + inside * (b - a)) as u8;
    RGBColor(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}

/// Draws everything.
pub(crate) fn draw(recovered: &Recovered, path: &Path) -> Result<(), String> {
    try_draw(recovered, path).map_err(|error| format!("{}: {error}", path.display()))
}

fn try_draw(recovered: &Recovered, path: &Path) -> Result<(), Box<dyn core::error::Error>> {
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let (top, bottom) = root.split_vertically(430);
    let exact: Vec<f32> = truth().collect();
    let fields = [("truth", &exact), ("readings", &recovered.readings), ("recovered", &recovered.field)];
    for (area, (name, field)) in top.split_evenly((1, 3)).iter().zip(fields) {
        let mut chart = ChartBuilder::on(area)
            .caption(format!("{name}, {COLD:.0} (dark) to {WARM:.0} degrees"), ("sans-serif", 19))
            .margin(10)
            .x_label_area_size(40)
            .y_label_area_size(44)
            .build_cartesian_2d(0..TIMES, 0..SENSORS)?;
        chart
            .configure_mesh()
            .disable_mesh()
            .x_desc("time, hours")
            .y_desc("sensor")
            .label_style(("sans-serif", 14))
            .draw()?;
        let cell = |(k, value): (usize, &f32)| {
            let (sensor, time) = (k / TIMES, k % TIMES);
            Rectangle::new([(time, sensor), (time + 1, sensor + 1)], colour(*value).filled())
        };
        chart.draw_series(field.iter().enumerate().map(cell))?;
    }
    for (area, sensor) in bottom.split_evenly((1, 2)).iter().zip([23, 12]) {
        draw_sensor(area, recovered, &exact, sensor)?;
    }
    root.present()?;
    Ok(())
}

fn draw_sensor(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    recovered: &Recovered,
    exact: &[f32],
    sensor: usize,
) -> Result<(), Box<dyn core::error::Error>> {
    let line =
        |of: &[f32]| -> Vec<(usize, f32)> { of.iter().copied().skip(sensor * TIMES).take(TIMES).enumerate().collect() };
    let name = match sensors::fault(sensor) {
        sensors::Fault::None => "sound".to_owned(),
        sensors::Fault::Stuck(from) => format!("stuck from {from}"),
        sensors::Fault::Spiking => "spiking".to_owned(),
    };
    let mut chart = ChartBuilder::on(area)
        .caption(format!("sensor {sensor}, {name}"), ("sans-serif", 19))
        .margin(10)
        .x_label_area_size(40)
        .y_label_area_size(44)
        .build_cartesian_2d(0..TIMES, 5.0_f32..40.0)?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .bold_line_style(RGBColor(225, 225, 225))
        .x_desc("time, hours")
        .y_desc("degrees")
        .label_style(("sans-serif", 14))
        .draw()?;
    let (grey, green, orange) = (RGBColor(120, 120, 120), RGBColor(0, 158, 115), RGBColor(213, 94, 0));
    chart
        .draw_series(LineSeries::new(line(exact), grey.stroke_width(6)))?
        .label("truth")
        .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 22, y)], grey.stroke_width(6)));
    chart
        .draw_series(LineSeries::new(line(&recovered.field), green.stroke_width(2)))?
        .label("recovered")
        .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 22, y)], green.stroke_width(2)));
    chart
        .draw_series(line(&recovered.readings).into_iter().map(|place| Circle::new(place, 2, orange.filled())))?
        .label("readings")
        .legend(move |(x, y)| Circle::new((x + 11, y), 3, orange.filled()));
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.9))
        .border_style(RGBColor(200, 200, 200))
        .label_font(("sans-serif", 14))
        .draw()?;
    Ok(())
}
