//! Which blocks of a layer's weights to leave out, and what the rest becomes: by magnitude, or by second-order information.

use anyhow::{Result, ensure};
use tinysolve::net::prune::{InverseFisher, workspace_len};

use crate::convert::say;

/// What to leave out.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// Columns of the weight matrix; its rows follow each other.
    pub columns: usize,
    /// Rows and columns of a block, which is kept or left out as a whole; the last ones may be smaller.
    pub block: [usize; 2],
    /// Share of the blocks that is kept, from 0 to 1.
    pub keep: f64,
    /// Steps in which the rest is left out; the weights change in between, the gradients do not.
    pub steps: usize,
    /// lambda of the curvature.
    pub damping: f64,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// Blocks in all.
    pub blocks: usize,
    /// Blocks kept.
    pub kept: usize,
    /// What the loss rises by, to second order, each weight taken alone; 0 by magnitude.
    pub rise: f64,
}

/// The number of every weight's block, and how many blocks there are.
fn blocks(len: usize, choice: &Choice) -> Result<(Vec<usize>, usize)> {
    let [rows, columns] = choice.block;
    ensure!(rows > 0 && columns > 0 && choice.columns > 0, "a block of {rows} x {columns}, {} columns", choice.columns);
    ensure!(len > 0 && len.is_multiple_of(choice.columns), "{len} weights are no rows of {} columns", choice.columns);
    ensure!((0.0..=1.0).contains(&choice.keep), "a share of {}", choice.keep);
    ensure!((1..=1000).contains(&choice.steps), "{} steps", choice.steps);
    let across = choice.columns.div_ceil(columns);
    let of = |k: usize| k / choice.columns / rows * across + k % choice.columns / columns;
    Ok(((0..len).map(of).collect(), (len / choice.columns).div_ceil(rows) * across))
}

/// Marks the blocks with the least scores, beside those that are marked already, until no more than `kept` are not.
fn mark(scores: &[f64], removed: &mut [bool], kept: usize) {
    let mut order: Vec<usize> = (0..scores.len()).filter(|block| !removed[*block]).collect();
    order.sort_by(|a, b| scores[*a].total_cmp(&scores[*b]).then(a.cmp(b)));
    let surplus = order.len().saturating_sub(kept);
    order.into_iter().take(surplus).for_each(|block| removed[block] = true);
}

/// Prunes `weights`. `gradients` holds one gradient for each sample, one after the other, as long as the weights; without any
/// the sum of squares decides, and the weights that stay keep their values.
///
/// # Errors
/// Says which argument does not fit.
pub fn prune(weights: &mut [f64], gradients: &mut [f64], choice: &Choice) -> Result<Outcome> {
    let (block, count) = blocks(weights.len(), choice)?;
    ensure!(weights.iter().all(|weight| weight.is_finite()), "a weight is not finite");
    let kept = (choice.keep * count as f64).round() as usize;
    let mut removed = vec![false; count];
    let mut scores = vec![0.0; weights.len()];
    let total = |scores: &[f64]| {
        let mut totals = vec![0.0; count];
        scores.iter().zip(&block).for_each(|(score, block)| totals[*block] += score);
        totals
    };
    if gradients.is_empty() {
        scores.iter_mut().zip(&*weights).for_each(|(score, weight)| *score = weight * weight);
        mark(&total(&scores), &mut removed, kept);
        weights.iter_mut().zip(&block).filter(|(_, block)| removed[**block]).for_each(|(weight, _)| *weight = 0.0);
        return Ok(Outcome { blocks: count, kept, rise: 0.0 });
    }
    let dim = weights.len();
    ensure!(gradients.len().is_multiple_of(dim), "{} numbers are no gradients of {dim}", gradients.len());
    let samples = gradients.len() / dim;
    let mut denominators = vec![0.0; samples];
    let mut workspace = vec![0.0; workspace_len(samples, dim)];
    let fisher = InverseFisher::new(gradients, dim, &mut denominators, &mut workspace, choice.damping).map_err(say)?;
    let mut rise = 0.0;
    for step in 1..=choice.steps {
        let left = (count - kept) as f64 * (1.0 - step as f64 / choice.steps as f64);
        let before = removed.clone();
        fisher.scores(weights, &mut scores).map_err(say)?;
        let totals = total(&scores);
        mark(&totals, &mut removed, kept + left.round() as usize);
        rise += (0..count).filter(|at| removed[*at] && !before[*at]).map(|at| totals[at]).sum::<f64>();
        let mask: Vec<bool> = block.iter().map(|block| removed[*block]).collect();
        fisher.remove(weights, &mask, &mut workspace).map_err(say)?;
    }
    Ok(Outcome { blocks: count, kept, rise })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHOICE: Choice = Choice { columns: 6, block: [2, 4], keep: 0.5, steps: 1, damping: 1e-3 };

    #[test]
    fn blocks_are_whole() {
        // 3 x 6 in blocks of 2 x 4: two rows of two blocks, the right and the lower ones smaller.
        let (of, count) = blocks(18, &CHOICE).unwrap();
        assert_eq!(count, 4);
        assert_eq!(of, [0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3]);
        let mut weights: Vec<f64> = of.iter().map(|block| [1.0, 5.0, 2.0, 0.1][*block]).collect();
        let outcome = prune(&mut weights, &mut [], &CHOICE).unwrap();
        assert_eq!((outcome.blocks, outcome.kept), (4, 2));
        assert!(weights.iter().zip(&of).all(|(weight, block)| *weight == [0.0, 5.0, 2.0, 0.0][*block]));
    }

    /// Of two weights that do the same, one is left out and the other takes over; magnitude leaves half undone.
    #[test]
    fn the_rest_makes_up_for_what_is_gone() {
        let choice = Choice { columns: 3, block: [1, 1], keep: 2.0 / 3.0, steps: 2, damping: 1e-6 };
        let gradients = [1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0];
        let mut weights = [1.0, 1.5, 1.2];
        let outcome = prune(&mut weights, &mut gradients.to_vec(), &choice).unwrap();
        assert_eq!(outcome.kept, 2);
        assert_eq!(weights[0], 0.0);
        assert!((weights[1] - 2.5).abs() < 1e-4 && (weights[2] - 1.2).abs() < 1e-4, "{weights:?}");
        assert!(outcome.rise < 1e-4);
    }

    #[test]
    fn nonsense_is_refused() {
        let mut weights = [1.0; 18];
        for choice in [
            Choice { columns: 5, ..CHOICE },
            Choice { columns: 0, ..CHOICE },
            Choice { block: [0, 4], ..CHOICE },
            Choice { keep: 1.5, ..CHOICE },
            Choice { keep: f64::NAN, ..CHOICE },
            Choice { steps: 0, ..CHOICE },
        ] {
            assert!(prune(&mut weights, &mut [], &choice).is_err(), "{choice:?}");
        }
        assert!(prune(&mut weights, &mut [1.0; 17], &CHOICE).is_err());
        assert!(prune(&mut weights, &mut [f64::NAN; 18], &CHOICE).is_err());
        assert!(prune(&mut weights, &mut [1.0; 18], &Choice { damping: 0.0, ..CHOICE }).is_err());
        assert_eq!(weights, [1.0; 18]);
    }
}
