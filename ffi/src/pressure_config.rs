//! What a pressure solve is told: the region, the shape of its levels, when to stop.

use crate::checks;
use crate::cycle::TS_SHAPE_W;
use crate::dcd::ts_dcd_config_t;
use crate::pressure_memory::{Shaped, ts_pressure_sizes_t};
use crate::solve::ts_stopping_t;
use crate::status::{self, flag, size, ts_status_t};
use tinysolve::linear::cycle::{Cells, CycleOptions, Shape};
use tinysolve::linear::{Conjugation, DcdConfig, Reference, Stopping};
use tinysolve::{Error, Field};

/// A region of square cells and how to solve on it.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_pressure_config_t {
    /// When to stop, by the residual of the whole system.
    pub stopping: ts_stopping_t,
    /// With two words: the relative residual at which the second one begins; in (0, 1).
    pub refine_at: f32,
    /// Cells along x.
    pub nx: u32,
    /// Cells along y; nx ny is at most 65536, odd sides rounded up.
    pub ny: u32,
    /// Sides beyond which the value is 0, a sum of `TS_OPEN_...`; the others are walls.
    pub open: u32,
    /// `TS_SHAPE_V` or `TS_SHAPE_W`.
    pub shape: u32,
    /// Nodes off the grid there is memory for: parts of coarse cells that walls cut apart. A twelfth of the cells is
    /// enough for nearly all regions; 0 builds the plain grid, which is smaller and loses on mazes.
    pub pieces: u32,
    /// 1 to keep a second word of x, for a true residual below about 1e-5 |b|.
    pub two_words: u32,
    /// 1 to leave a cycle that fails for plain conjugate gradients; 0 to end the solve.
    pub safeguard: u32,
}

impl ts_pressure_config_t {
    pub(crate) fn shaped(&self) -> Result<Shaped, Error> {
        let shape =
            Shape::from_number(self.shape).ok_or(Error::OutOfRange { field: Field::Configuration, index: 1 })?;
        let (nx, ny) = (size(self.nx), size(self.ny));
        // Refuses sides that are too small or too large; of the cells nothing is looked at.
        match Cells::resume(nx, ny, &[]) {
            Err(refused @ (Error::OutOfRange { .. } | Error::TooLarge { .. })) => Err(refused),
            _ => Ok(Shaped { nx, ny, options: CycleOptions { shape, pieces: size(self.pieces) }, is_compact: false }),
        }
    }

    /// The values of the method.
    pub(crate) fn method(&self) -> Result<DcdConfig<f32>, Error> {
        let stopping = self.stopping.get()?;
        let (two_words, safeguard) = (flag(self.two_words, 2)?, flag(self.safeguard, 3)?);
        let conjugation = Conjugation::Recurrence;
        let config = DcdConfig { stopping, refine_at: self.refine_at, conjugation, two_words, safeguard };
        config.check(true)?;
        Ok(config)
    }
}

/// The same with the target in units of the whole right-hand side, of this norm: the reduced one has another.
pub(crate) fn in_units_of(norm: f32, config: DcdConfig<f32>) -> DcdConfig<f32> {
    let stopping = config.stopping;
    if stopping.reference != Reference::RightHandSide {
        return config;
    }
    let absolute = stopping.absolute.max(stopping.relative * norm);
    DcdConfig { stopping: Stopping { relative: 0.0, absolute, ..stopping }, ..config }
}

/// 1e-5 relative to |b|, W, a twelfth of the cells as pieces, x in one word, with the safeguard; open at y = 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pressure_config_default(out: *mut ts_pressure_config_t, nx: u32, ny: u32) -> ts_status_t {
    let ts_dcd_config_t { stopping, refine_at, two_words, safeguard, .. } = ts_dcd_config_t::default();
    let pieces = nx.saturating_mul(ny) / 12;
    let config = ts_pressure_config_t {
        stopping,
        refine_at,
        nx,
        ny,
        open: crate::cycle::TS_OPEN_BELOW,
        shape: TS_SHAPE_W,
        pieces,
        two_words,
        safeguard,
    };
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { checks::write(Field::Output, out, config) })
}

/// Writes how much memory a configuration needs.
///
/// Errors: `OUT_OF_RANGE` or `TOO_LARGE` (size), `OUT_OF_RANGE` (configuration).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pressure_sizes(
    config: *const ts_pressure_config_t,
    out: *mut ts_pressure_sizes_t,
) -> ts_status_t {
    status::done((|| {
        // SAFETY: the pointers are as the header demands; a configuration is made of numbers.
        unsafe {
            let config = checks::read(Field::Configuration, config)?;
            let two_words = flag(config.two_words, 2)?;
            checks::write(Field::Output, out, config.shaped()?.sizes(two_words))
        }
    })())
}
