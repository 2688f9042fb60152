//! Smooth parts and linear maps of a splitting problem: by matrices, or by functions of the caller's.

use core::ffi::c_void;

use crate::status::size;
use tinysolve::Error;
use tinysolve::matrix::MatRef;
use tinysolve::operator::{LinearMap, Smooth};
use tinysolve::prox::quadratic::LeastSquares;

/// Answers the value of a smooth function at x, `n` elements, and adds its gradient to the `n` elements of `gradient`, unless
/// that is null. `context` is what was given with the function. It writes nothing else that the solve uses; what is not finite ends with
/// `TS_STEP_DIVERGED`.
pub type ts_smooth_function_t =
    Option<unsafe extern "C" fn(context: *mut c_void, x: *const f32, gradient: *mut f32, n: u32) -> f32>;

/// A linear map K from `n` elements to `m`. `transposed` is 0: writes all m elements of y = K x. Else: adds K'x to the n elements of
/// y, x having m. `context` is what was given with the function. It writes nothing else that the solve uses.
pub type ts_linear_map_t =
    Option<unsafe extern "C" fn(context: *mut c_void, x: *const f32, y: *mut f32, n: u32, m: u32, transposed: u32)>;

/// A smooth function from C with its context.
#[derive(Clone, Copy)]
pub(crate) struct Gradient {
    pub(crate) function: ts_smooth_function_t,
    pub(crate) context: *mut c_void,
    pub(crate) n: u32,
}

impl Gradient {
    #[inline(never)]
    fn call(&self, x: &[f32], gradient: *mut f32, len: usize) -> f32 {
        // The function knows `n` and no slices: nothing shorter may reach it, whatever a scrambled state leads to.
        match self.function.filter(|_| x.len() == size(self.n) && len == x.len()) {
            // SAFETY: the caller gave the function for vectors of this length, with this context.
            Some(function) => unsafe { function(self.context, x.as_ptr(), gradient, self.n) },
            None => f32::NAN,
        }
    }
}

/// The smooth part of a problem.
pub(crate) enum SmoothPart<'a> {
    Squares(LeastSquares<'a, f32>),
    Called(Gradient),
}

impl Smooth<f32> for SmoothPart<'_> {
    fn check_smooth(&self, n: usize) -> Result<(), Error> {
        match self {
            Self::Squares(squares) => squares.check_smooth(n),
            Self::Called(_) => Ok(()),
        }
    }

    fn smooth_value(&self, x: &[f32]) -> f32 {
        match self {
            Self::Squares(squares) => squares.smooth_value(x),
            Self::Called(gradient) => gradient.call(x, core::ptr::null_mut(), x.len()),
        }
    }

    fn add_gradient(&self, x: &[f32], gradient: &mut [f32]) -> f32 {
        match self {
            Self::Squares(squares) => squares.add_gradient(x, gradient),
            Self::Called(of) => of.call(x, gradient.as_mut_ptr(), gradient.len()),
        }
    }
}

/// A linear map from C with its context.
#[derive(Clone, Copy)]
pub(crate) struct Map {
    pub(crate) function: ts_linear_map_t,
    pub(crate) context: *mut c_void,
    pub(crate) n: u32,
    pub(crate) m: u32,
}

impl Map {
    #[inline(never)]
    fn call(&self, x: &[f32], y: &mut [f32], transposed: bool) {
        let (from, to) = if transposed { (self.m, self.n) } else { (self.n, self.m) };
        let Some(function) = self.function.filter(|_| x.len() == size(from) && y.len() == size(to)) else { return };
        // SAFETY: the caller gave the function for vectors of these lengths, with this context.
        unsafe { function(self.context, x.as_ptr(), y.as_mut_ptr(), self.n, self.m, u32::from(transposed)) };
    }
}

/// The map of a problem.
pub(crate) enum MapPart<'a> {
    Matrix(MatRef<'a, f32>),
    Called(Map),
}

impl LinearMap<f32> for MapPart<'_> {
    fn rows(&self) -> usize {
        match self {
            Self::Matrix(matrix) => matrix.rows(),
            Self::Called(map) => size(map.m),
        }
    }

    fn columns(&self) -> usize {
        match self {
            Self::Matrix(matrix) => matrix.columns(),
            Self::Called(map) => size(map.n),
        }
    }

    fn map(&self, x: &[f32], y: &mut [f32]) {
        match self {
            Self::Matrix(matrix) => matrix.map(x, y),
            Self::Called(map) => map.call(x, y, false),
        }
    }

    fn add_transposed(&self, y: &[f32], x: &mut [f32]) {
        match self {
            Self::Matrix(matrix) => matrix.add_transposed(y, x),
            Self::Called(map) => map.call(y, x, true),
        }
    }
}
