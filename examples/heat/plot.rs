//! Cumulative iterations of each policy, as one picture.

use std::path::Path;

use plotters::coord::types::{RangedCoordf64, RangedCoordusize};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::output::thousands;
use crate::{Entry, Summary};

const SIZE: (u32, u32) = (1100, 660);
/// Room for the labels at the end of the lines.
const LABELS: u32 = 300;
/// Points a line is drawn with, at most.
const POINTS: usize = 600;
/// Labels are dark whatever the colour of their line: some of those are too light to read.
const INK: RGBColor = RGBColor(40, 40, 40);
/// Height of a label.
const LINE: i32 = 22;

/// Colours that stay apart for colour-blind eyes (Okabe and Ito), the width of the line, and whether it is dashed.
fn style(key: &str) -> (RGBColor, u32, bool) {
    match key {
        "cg" => (RGBColor(120, 120, 120), 2, true),
        "fixed_1" => (RGBColor(0, 0, 0), 2, false),
        "best_fixed" => (RGBColor(0, 0, 0), 2, true),
        "tsallis_inf" => (RGBColor(86, 180, 233), 2, false),
        "tsallis_inf_rv" => (RGBColor(0, 114, 178), 2, false),
        "tsallis_inf_cb" => (RGBColor(204, 121, 167), 2, false),
        "cheb_cb" => (RGBColor(213, 94, 0), 3, false),
        "analytic" => (RGBColor(0, 158, 115), 3, false),
        _ => (RGBColor(230, 159, 0), 2, true),
    }
}

type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordusize, RangedCoordf64>>;

/// Draws all policies. Plain CG, whose iterations are cheaper and many more, leaves the picture at the top.
pub(crate) fn draw(summary: &Summary, path: &Path) -> Result<(), String> {
    try_draw(summary, path).map_err(|error| format!("{}: {error}", path.display()))
}

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a picture")]
fn try_draw(summary: &Summary, path: &Path) -> Result<(), Box<dyn core::error::Error>> {
    let highest = summary.entries.iter().filter(|entry| entry.key != "cg").map(|entry| entry.record.total()).max();
    let top = (highest.unwrap_or(1).max(1) as f64) * 1.08;
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let (left, right) = root.split_horizontally(SIZE.0 - LABELS);
    let mut chart = ChartBuilder::on(&left)
        .caption("Iterations to solve them all, by how omega is chosen", ("sans-serif", 22))
        .margin(12)
        .margin_right(0)
        .x_label_area_size(52)
        .y_label_area_size(84)
        .build_cartesian_2d(0..summary.steps, 0.0..top)?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .bold_line_style(RGBColor(225, 225, 225))
        .x_desc(format!("systems solved   ({}, residual below {:e} |b|)", summary.title, summary.tolerance))
        .y_desc("iterations so far")
        .label_style(("sans-serif", 15))
        .axis_desc_style(("sans-serif", 16))
        .y_label_formatter(&|value| thousands(value.round() as u64))
        .x_label_formatter(&|value| thousands(*value as u64))
        .draw()?;
    for entry in &summary.entries {
        draw_line(&mut chart, entry, top)?;
    }
    draw_labels(&chart, &right, summary, top)?;
    root.present()?;
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "a picture")]
fn draw_line<'a>(chart: &mut Chart<'a, 'a>, entry: &Entry, top: f64) -> Result<(), Box<dyn core::error::Error>> {
    let (colour, width, dashed) = style(entry.key);
    let stroke = colour.stroke_width(width);
    let counts = &entry.record.iterations;
    let every = counts.len().div_ceil(POINTS).max(1);
    let mut sum = 0;
    let mut points = vec![(0, 0.0)];
    for (step, count) in counts.iter().enumerate() {
        sum += u64::from(*count);
        let place = (step + 1, sum as f64);
        if place.1 > top {
            break;
        }
        if place.0 % every == 0 || place.0 == counts.len() {
            points.push(place);
        }
    }
    // Each line is named at its end: a legend would cover some.
    if dashed {
        chart.draw_series(DashedLineSeries::new(points, 7, 5, stroke))?;
    } else {
        chart.draw_series(LineSeries::new(points, stroke))?;
    }
    Ok(())
}

/// Writes name and total beside the end of each line, moved apart where lines end close to each other.
#[allow(clippy::cast_precision_loss, reason = "a picture")]
fn draw_labels(
    chart: &Chart<'_, '_>,
    right: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    summary: &Summary,
    top: f64,
) -> Result<(), Box<dyn core::error::Error>> {
    let mut labels: Vec<(i32, &Entry)> = summary
        .entries
        .iter()
        .map(|entry| {
            let end = (entry.record.total() as f64).min(top);
            (chart.backend_coord(&(summary.steps, end)).1, entry)
        })
        .collect();
    labels.sort_by_key(|(y, entry)| (*y, core::cmp::Reverse(entry.record.total())));
    let places = spread(&labels.iter().map(|(y, _)| *y).collect::<Vec<_>>(), 20, SIZE.1.cast_signed() - 60);
    for ((end, entry), place) in labels.into_iter().zip(places) {
        let (colour, ..) = style(entry.key);
        right.draw(&PathElement::new(vec![(2, end), (14, place), (30, place)], colour.stroke_width(2)))?;
        let outside = if entry.record.total() as f64 > top { ", out of the picture" } else { "" };
        let text = format!("{}  {}{outside}", thousands(entry.record.total()), entry.name);
        let font = ("sans-serif", 15).into_font().color(&INK).pos(Pos::new(HPos::Left, VPos::Center));
        right.draw(&Text::new(text, (36, place), font))?;
    }
    Ok(())
}

/// Places at least a label's height apart, in the order given, as near to the wanted ones as that allows.
fn spread(wanted: &[i32], first: i32, last: i32) -> Vec<i32> {
    let mut places = Vec::new();
    let mut next = first;
    for want in wanted {
        let place = (*want).max(next);
        places.push(place);
        next = place + LINE;
    }
    let mut limit = last;
    for place in places.iter_mut().rev() {
        *place = (*place).min(limit);
        limit = *place - LINE;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_their_distance_and_stay_in_the_picture() {
        assert_eq!(spread(&[100, 200], 20, 600), [100, 200]);
        assert_eq!(spread(&[100, 101, 102], 20, 600), [100, 100 + LINE, 100 + 2 * LINE]);
        let crowded = spread(&[590; 9], 20, 600);
        assert!(crowded.windows(2).all(|pair| pair[1] - pair[0] >= LINE) && crowded.last() <= Some(&600));
    }
}
