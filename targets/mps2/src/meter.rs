//! The chip's [`Meter`]: prints hashes, and counts as rows of the bench table.

use crate::clock::Clock;
use crate::{println, stack};
use core::fmt;
use tinysolve_cases::{Meter, Row};

/// Prints `hash NAME HEX` for a result, and for counted work a `row {...}` of instructions and one of stack bytes.
pub struct Printer<'c> {
    /// Absent without `-icount`: then nothing is counted.
    clock: Option<&'c Clock>,
    /// Stack that counting itself takes.
    frame: usize,
}

impl<'c> Printer<'c> {
    /// A printer that knows its own cost.
    #[must_use]
    pub fn new(clock: Option<&'c Clock>) -> Self {
        let frame = clock.map_or(0, |clock| measure(clock, &mut || {}).1);
        Self { clock, frame }
    }
}

impl Printer<'_> {
    /// A row with a value that is known without counting.
    pub fn value(&self, row: &Row, metric: &str, value: usize) {
        print(row, metric, format_args!("{value}"));
    }
}

/// Instructions and bytes of stack.
fn measure(clock: &Clock, work: &mut dyn FnMut()) -> (u64, usize) {
    let mut count = 0;
    let depth = stack::used(&mut || count = clock.instructions(work));
    (count, depth)
}

/// A decimal number or `null`.
struct Number<'a>(&'a str);

impl fmt::Display for Number<'_> {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(if self.0.is_empty() { "null" } else { self.0 })
    }
}

fn print(row: &Row, metric: &str, value: fmt::Arguments) {
    let Row { family, kernel, case, unit, goal, ceiling, goal_target, reference, reference_name, .. } = row;
    println!(
        "row {{\"family\":\"{family}\",\"kernel\":\"{kernel}\",\"case\":\"{case}\",\"metric\":\"{metric}\",\
         \"value\":{value},\"unit\":\"{unit}\",\"reference\":{},\"reference_name\":\"{reference_name}\",\
         \"goal\":{},\"ceiling\":{},\"goal_target\":\"{goal_target}\",\"lower_is_better\":true}}",
        Number(reference),
        Number(goal),
        Number(ceiling),
    );
}

impl Meter for Printer<'_> {
    fn result(&mut self, name: &str, hash: u64) {
        println!("hash {name} {hash:016x}");
    }

    fn count(&mut self, row: &Row, work: &mut dyn FnMut()) {
        let Some(clock) = self.clock else {
            work();
            return;
        };
        let (count, depth) = measure(clock, work);
        let per = u64::from(row.per.max(1));
        let milli = (count * 1000 + per / 2) / per;
        print(row, "instructions", format_args!("{}.{:03}", milli / 1000, milli % 1000));
        let stack = depth.saturating_sub(self.frame);
        // What needs less than the counting itself is not seen.
        if stack > 0 {
            let row = Row { unit: "bytes", ..Row::new(row.family, row.kernel, row.case) };
            print(&row, "stack", format_args!("{stack}"));
        }
    }
}
