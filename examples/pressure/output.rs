//! The table, the plot and the animation.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use plotters::prelude::*;
use tinysolve::linear::cycle::FLUID;

use crate::Entry;
use crate::flow::Flow;

/// Pixels a side of the animation, about.
const PIXELS: usize = 320;
/// The colour of walls among 256.
const WALL: u8 = 255;

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = f64::from(u32::try_from(values.len()).unwrap_or(u32::MAX)).max(1.0);
    values.sum::<f64>() / count
}

/// All solvers; the last one is what the others are compared with.
pub(crate) fn table(entries: &[Entry]) -> Table {
    let work = |entry: &Entry| mean(entry.multiply_adds.iter().copied());
    let least = entries.last().map_or(1.0, work);
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED).set_header([
        "solver",
        "iterations, mean",
        "worst",
        "multiply-adds a cell",
        "times the trained",
        "ms a frame",
        "failures",
    ]);
    for entry in entries {
        table.add_row([
            entry.name.to_owned(),
            format!("{:.1}", mean(entry.iterations.iter().map(|&count| f64::from(count)))),
            entry.iterations.iter().max().copied().unwrap_or(0).to_string(),
            format!("{:.0}", work(entry)),
            format!("{:.2}", work(entry) / least),
            format!("{:.3}", 1e3 * entry.seconds / mean_count(entry)),
            entry.failures.to_string(),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn mean_count(entry: &Entry) -> f64 {
    f64::from(u32::try_from(entry.iterations.len()).unwrap_or(u32::MAX)).max(1.0)
}

/// Multiply-adds of each frame.
pub(crate) fn plot(entries: &[Entry], n: usize, tolerance: f64, path: &Path) -> Result<(), String> {
    try_plot(entries, n, tolerance, path).map_err(|error| format!("{}: {error}", path.display()))
}

fn try_plot(entries: &[Entry], n: usize, tolerance: f64, path: &Path) -> Result<(), Box<dyn core::error::Error>> {
    // Colours that stay apart for colour-blind eyes (Okabe and Ito), and two more.
    const COLOURS: [RGBColor; 10] = [
        RGBColor(0, 0, 0),
        RGBColor(230, 159, 0),
        RGBColor(86, 180, 233),
        RGBColor(0, 158, 115),
        RGBColor(204, 121, 167),
        RGBColor(120, 120, 120),
        RGBColor(240, 228, 66),
        RGBColor(110, 60, 20),
        RGBColor(0, 114, 178),
        RGBColor(213, 94, 0),
    ];
    let frames = entries.first().map_or(1, |entry| entry.multiply_adds.len()).max(2) - 1;
    let all = || entries.iter().flat_map(|entry| entry.multiply_adds.iter().copied()).filter(|work| *work > 0.0);
    let (low, high) = (all().fold(f64::MAX, f64::min).min(1e6), all().fold(1.0, f64::max));
    let root = SVGBackend::new(path, (1000, 640)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption("What the pressure of one frame takes", ("sans-serif", 22))
        .margin(12)
        .x_label_area_size(48)
        .y_label_area_size(80)
        .build_cartesian_2d(0..frames, (0.7 * low..4.0 * high).log_scale())?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .bold_line_style(RGBColor(225, 225, 225))
        .x_desc(format!("frame   ({n} x {n} cells, residual below {tolerance:e} |b|)"))
        .y_desc("multiply-adds a fluid cell")
        .y_label_formatter(&|value| format!("{value:.0}"))
        .label_style(("sans-serif", 15))
        .draw()?;
    for (entry, colour) in entries.iter().zip(COLOURS.iter().cycle()) {
        let is_last = core::ptr::eq(entry, entries.last().unwrap_or(entry));
        let stroke = colour.stroke_width(if is_last { 4 } else { 2 });
        chart
            .draw_series(LineSeries::new(entry.multiply_adds.iter().copied().enumerate(), stroke))?
            .label(entry.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 22, y)], stroke));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.9))
        .border_style(RGBColor(200, 200, 200))
        .label_font(("sans-serif", 14))
        .draw()?;
    root.present()?;
    Ok(())
}

/// A GIF under way.
pub(crate) struct Animation {
    encoder: gif::Encoder<BufWriter<File>>,
    name: String,
    /// Pixels a cell.
    scale: usize,
}

impl Animation {
    pub(crate) fn new(path: &Path, n: usize) -> Result<Self, String> {
        let name = path.display().to_string();
        let fault = |error: &dyn core::fmt::Display| format!("{name}: {error}");
        let scale = (PIXELS / n.max(1)).max(1);
        let side = u16::try_from(n * scale).map_err(|error| fault(&error))?;
        // Dark air, bright smoke, and one colour for walls.
        let palette: Vec<u8> = (0..=255_u8)
            .flat_map(|shade| if shade == WALL { [213, 94, 0] } else { [shade, shade, shade.saturating_add(20)] })
            .collect();
        let file = File::create(path).map_err(|error| fault(&error))?;
        let encoder = gif::Encoder::new(BufWriter::new(file), side, side, &palette);
        let mut encoder = encoder.map_err(|error| fault(&error))?;
        encoder.set_repeat(gif::Repeat::Infinite).map_err(|error| fault(&error))?;
        Ok(Self { encoder, name, scale })
    }

    /// Adds a picture; y = 0, the open side, is its upper edge.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "shades from 0 to 250")]
    pub(crate) fn frame(&mut self, flow: &Flow) -> Result<(), String> {
        let side = flow.n * self.scale;
        let pixels: Vec<u8> = (0..side * side)
            .map(|index| {
                let cell = (index / side / self.scale) * flow.n + index % side / self.scale;
                if flow.cells[cell] == FLUID { (250.0 * flow.smoke[cell].clamp(0.0, 1.0)) as u8 } else { WALL }
            })
            .collect();
        let side = u16::try_from(side).unwrap_or(u16::MAX);
        let mut frame = gif::Frame::from_indexed_pixels(side, side, pixels, None);
        frame.delay = 5;
        self.encoder.write_frame(&frame).map_err(|error| format!("{}: {error}", self.name))
    }
}
