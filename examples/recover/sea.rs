//! Monthly sea temperatures, years by months, with gross errors added: real data is only nearly of low rank.

use std::fs;
use std::path::Path;

use tinysolve::recovery::{Entries, Masked, MaskedConfig};
use tinysolve::solve::{Solver, Step};
use tinysolve_cases::Pattern;

use crate::distance;

const MONTHS: usize = 12;

/// The temperatures of a file with a heading, year first.
fn read(path: &Path) -> Result<Vec<f32>, String> {
    let fault = |message: &str| format!("{}: {message}", path.display());
    let text = fs::read_to_string(path).map_err(|error| fault(&error.to_string()))?;
    let mut values = Vec::new();
    for line in text.lines().skip(1) {
        let numbers: Result<Vec<f32>, _> = line.split(',').skip(1).map(str::parse).collect();
        let numbers = numbers.map_err(|error| fault(&format!("{error} in `{line}`")))?;
        if numbers.len() != MONTHS {
            return Err(fault("a line without twelve months"));
        }
        values.extend(numbers);
    }
    Ok(values)
}

/// What came of one share of errors.
pub(crate) struct Outcome {
    pub(crate) certified: bool,
    pub(crate) spoilt: usize,
    pub(crate) found: usize,
    pub(crate) false_alarms: usize,
    /// Root mean square over the spoilt entries, in degrees: as spoilt, recovered, and the median of the month.
    pub(crate) errors: [f64; 3],
}

pub(crate) fn recover(exact: &[f32], share: f32, seed: u32) -> Result<Outcome, String> {
    let years = exact.len() / MONTHS;
    let mut pattern = Pattern::new(seed);
    let mut values = exact.to_vec();
    let mut hit = vec![false; values.len()];
    for (value, hit) in values.iter_mut().zip(&mut hit) {
        let (chance, size, sign) = (pattern.unit(), pattern.between(5.0, 15.0), pattern.unit());
        *hit = chance < share;
        if *hit {
            *value += if sign < 0.5 { size } else { -size };
        }
    }
    // Years differ from a rank of 2 by half a degree: a value fits within 2 degrees of a median of 23.
    let rank = 2;
    let config = MaskedConfig { tolerance: 0.087, share: 0.5, ..MaskedConfig::new(2) };
    let (mut l, mut r) = (vec![0.0; years * rank], vec![0.0; MONTHS * rank]);
    let mut workspace = vec![0.0; Masked::<f32>::workspace_len(years, MONTHS, rank)];
    let entries = Entries::dense(years, MONTHS, &values, None).map_err(|error| format!("{error:?}"))?;
    let mut solver =
        Masked::new(entries, &mut l, &mut r, &mut workspace, config).map_err(|error| format!("{error:?}"))?;
    let certified = solver.run().step == Step::Converged;
    let of_month = |month: usize| {
        let mut column: Vec<f32> = values.iter().copied().skip(month).step_by(MONTHS).collect();
        column.sort_unstable_by(f32::total_cmp);
        column[column.len() / 2]
    };
    let medians: Vec<f32> = (0..MONTHS).map(of_month).collect();
    let places = || (0..values.len()).filter(|k| hit[*k]);
    let named = |k: &usize| solver.is_outlier(k / MONTHS, k % MONTHS, values[*k]);
    let error = |of: &dyn Fn(usize) -> f32| distance(places().map(of), places().map(|k| exact[k]));
    Ok(Outcome {
        certified,
        spoilt: places().count(),
        found: places().filter(named).count(),
        false_alarms: (0..values.len()).filter(|k| !hit[*k]).filter(named).count(),
        errors: [
            error(&|k| values[k]),
            error(&|k| solver.element(k / MONTHS, k % MONTHS)),
            error(&|k| medians[k % MONTHS]),
        ],
    })
}

/// Prints what comes back of one value in ten, and in five, that is off by 5 to 15 degrees.
pub(crate) fn run(path: &Path) -> Result<(), String> {
    let exact = read(path)?;
    for share in [0.1, 0.2] {
        let Outcome { certified, spoilt, found, false_alarms, errors: [raw, recovered, median] } =
            recover(&exact, share, 1)?;
        let verdict = if certified { "certified" } else { "not certified" };
        println!(
            "sea temperatures, {} years, {spoilt} values off by 5 to 15 degrees: {verdict}, {found} found, {false_alarms} false \
             alarms; error there {raw:.2} degrees, recovered {recovered:.2}, median of the month {median:.2}",
            exact.len() / MONTHS
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gross_errors_in_real_data_are_found() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/elnino/elnino.csv");
        let exact = read(Path::new(path)).expect("the file is there");
        assert_eq!(exact.len(), 61 * MONTHS);
        let outcome = recover(&exact, 0.1, 1).expect("finite values");
        assert!(outcome.certified);
        assert_eq!(outcome.found, outcome.spoilt);
        assert!(outcome.false_alarms <= 10, "{}", outcome.false_alarms);
        let [raw, recovered, median] = outcome.errors;
        assert!(recovered < 0.1 * raw && recovered < median, "{raw} {recovered} {median}");
    }
}
