//! What the splitting methods share: what a problem shows, checked, and the calls over it.

use crate::checks::{self, Ledger};
use crate::composition::{Composition, Written};
use crate::objects::{Kind, Object, mark};
use crate::splitting::{ts_splitting_config_t, ts_splitting_problem_t, ts_splitting_t};
use crate::splitting_functions::{Gradient, Map, MapPart, SmoothPart};
use crate::status::{Refusal, size};
use tinysolve::matrix::MatRef;
use tinysolve::prox::quadratic::LeastSquares;
use tinysolve::solve::Step;
use tinysolve::splitting::Checkpoint;
use tinysolve::{Error, Field};

pub(crate) type State = Checkpoint<f32>;

/// Slices of what a problem shows.
pub(crate) struct Lent<'a> {
    pub(crate) n: usize,
    pub(crate) m: usize,
    pub(crate) memory: usize,
    pub(crate) first: Composition<'a>,
    pub(crate) second: Composition<'a>,
    pub(crate) matrix: &'a [f32],
    pub(crate) rhs: &'a [f32],
    pub(crate) smooth_rows: usize,
    pub(crate) smooth: &'a [f32],
    pub(crate) target: &'a [f32],
    pub(crate) gradient: Gradient,
    pub(crate) map: Map,
    pub(crate) x: &'a mut [f32],
    pub(crate) dual: &'a mut [f32],
    pub(crate) workspace: &'a mut [f32],
}

impl<'a> Lent<'a> {
    pub(crate) fn matrix(&self) -> Result<MatRef<'a, f32>, Error> {
        MatRef::row_major(self.matrix, self.m, self.n)
    }

    /// What the image is under.
    pub(crate) fn map(&self) -> Result<MapPart<'a>, Error> {
        if self.map.function.is_some() { Ok(MapPart::Called(self.map)) } else { self.matrix().map(MapPart::Matrix) }
    }

    /// The caller's function, or |matrix x - rhs|² / 2.
    fn or_squares(&self, matrix: Result<MatRef<'a, f32>, Error>, rhs: &'a [f32]) -> Result<SmoothPart<'a>, Error> {
        if self.gradient.function.is_some() {
            return Ok(SmoothPart::Called(self.gradient));
        }
        Ok(SmoothPart::Squares(LeastSquares { matrix: matrix?, rhs }))
    }

    /// The function, or |matrix x - rhs|² / 2.
    pub(crate) fn squares(&self) -> Result<SmoothPart<'a>, Error> {
        self.or_squares(self.matrix(), self.rhs)
    }

    /// The function, or |smooth x - target|² / 2.
    pub(crate) fn smooth(&self) -> Result<SmoothPart<'a>, Error> {
        self.or_squares(MatRef::row_major(self.smooth, self.smooth_rows, self.n), self.target)
    }
}

/// Which parts of a problem a method knows.
#[derive(Clone, Copy)]
pub(crate) struct Parts {
    pub(crate) first: First,
    /// Whether the parts of g sum up to m.
    pub(crate) of_image: bool,
    pub(crate) matrix: bool,
    pub(crate) rhs: bool,
    /// Whether a function may stand for matrix and rhs.
    pub(crate) gradient: bool,
    pub(crate) dual: bool,
    /// Whether there is a smooth part beside f and g.
    pub(crate) smooth: bool,
}

/// What f is.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum First {
    None,
    /// Terms whose parts sum up to n.
    Terms,
    /// A function a term, each of all n elements.
    Functions,
}

impl Parts {
    /// g alone.
    pub(crate) const SECOND: Self = Self {
        first: First::None,
        of_image: false,
        matrix: false,
        rhs: false,
        gradient: false,
        dual: false,
        smooth: false,
    };
}

/// One method.
pub(crate) trait Splitting {
    const KIND: Kind;
    const PARTS: Parts;

    /// Checks everything and answers the state to begin with.
    fn start(lent: Lent<'_>, config: &ts_splitting_config_t) -> Result<State, Error>;
    fn step(lent: Lent<'_>, state: &mut State) -> Result<Step, Error>;
}

/// Looks at every pointer; nothing is written.
///
/// # Safety
/// As the header says of all pointers.
#[inline(never)]
unsafe fn open<'a>(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
    config: *const ts_splitting_config_t,
    parts: Parts,
) -> Result<Lent<'a>, Refusal> {
    // SAFETY: the promise above.
    let of = unsafe { checks::read(Field::Matrix, problem)? };
    let (n, m) = (size(of.n), size(of.m));
    if n == 0 || of.workspace_len == 0 {
        let field = if n == 0 { Field::Iterate } else { Field::Workspace };
        return Err(Error::Length { field, need: 1, got: 0 }.into());
    }
    // What a function stands for is not looked at.
    let called = parts.gradient && of.gradient.is_some();
    let mapped = parts.of_image && of.map.is_some();
    let entries = if parts.matrix && !called && !mapped { n.saturating_mul(m) } else { 0 };
    let smooth_rows = if parts.smooth && of.gradient.is_none() { size(of.smooth_rows) } else { 0 };
    let smooth_entries = n.saturating_mul(smooth_rows);
    let image = if parts.of_image { m } else { n };
    let dual_len = if parts.dual { image } else { 0 };
    let rows = if parts.rhs && !called { m } else { 0 };
    let ledger: &mut Ledger = &mut Ledger::<[_; 10]>::new();
    ledger.enter(Field::Object, solve, 1);
    ledger.enter(Field::Iterate, of.x, n);
    ledger.enter(Field::Workspace, of.workspace, of.workspace_len);
    ledger.enter(Field::Dual, of.dual, dual_len);
    ledger.only_read_from_here();
    ledger.enter(Field::Values, of.matrix, entries);
    ledger.enter(Field::RightHandSide, of.rhs, rows);
    ledger.enter(Field::Values, of.smooth, smooth_entries);
    ledger.enter(Field::RightHandSide, of.target, smooth_rows);
    ledger.enter(Field::Matrix, problem, 1);
    if !config.is_null() {
        ledger.enter(Field::Configuration, config, 1);
    }
    ledger.settle_known()?;
    let written: [Written; 4] = [
        (Field::Object, solve.cast(), size_of::<ts_splitting_t>()),
        (Field::Iterate, of.x.cast(), n * size_of::<f32>()),
        (Field::Workspace, of.workspace.cast(), of.workspace_len * size_of::<f32>()),
        // Of no elements any pointer will do, also one into what is written.
        (Field::Dual, if dual_len > 0 { of.dual.cast() } else { core::ptr::null() }, dual_len * size_of::<f32>()),
    ];
    // SAFETY: the promise above; the ledger took the pointers for these lengths, and what is written meets nothing else.
    unsafe {
        let second = Composition::open(of.second, of.second_count, image, &written)?;
        let first = match parts.first {
            First::None => second,
            First::Terms => Composition::open(of.first, of.first_count, n, &written)?,
            First::Functions => {
                let all = n.saturating_mul(size(of.first_count));
                let functions = Composition::open(of.first, of.first_count, all, &written)?;
                functions.each_over(n)?;
                functions
            }
        };
        Ok(Lent {
            n,
            m,
            memory: size(of.memory),
            first,
            second,
            matrix: checks::slice(of.matrix, entries),
            rhs: checks::slice(of.rhs, rows),
            smooth_rows,
            smooth: checks::slice(of.smooth, smooth_entries),
            target: checks::slice(of.target, smooth_rows),
            gradient: Gradient { function: of.gradient, context: of.gradient_context, n: of.n },
            map: Map { function: of.map, context: of.map_context, n: of.n, m: of.m },
            x: checks::slice_mut(of.x, n),
            dual: checks::slice_mut(of.dual, dual_len),
            workspace: checks::slice_mut(of.workspace, of.workspace_len),
        })
    }
}

/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn init<M: Splitting>(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
    config: *const ts_splitting_config_t,
) -> Result<(), Refusal> {
    // SAFETY: the promise above; a configuration is made of numbers.
    unsafe {
        let given = checks::read(Field::Configuration, config)?;
        let lent = open(solve, problem, config, M::PARTS)?;
        let length = u32::try_from(lent.n).unwrap_or(u32::MAX);
        let state = M::start(lent, &given)?;
        solve.cast::<Object<State>>().write(Object { mark: mark::<f32>(M::KIND), size: length, state });
    }
    Ok(())
}

/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn step<M: Splitting>(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> Result<Step, Refusal> {
    // SAFETY: the promise above; any words are an object.
    unsafe {
        let lent = open(solve, problem, core::ptr::null(), M::PARTS)?;
        let object = &mut *solve.cast::<Object<State>>();
        checks::marked(Field::Object, mark::<f32>(M::KIND), object.mark)?;
        if size(object.size) != lent.n {
            return Err(Error::Length { field: Field::Iterate, need: size(object.size), got: lent.n }.into());
        }
        Ok(M::step(lent, &mut object.state)?)
    }
}

/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn run<M: Splitting>(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> Result<Step, Refusal> {
    loop {
        // SAFETY: the promise above.
        let step = unsafe { step::<M>(solve, problem)? };
        if step.is_final() {
            return Ok(step);
        }
    }
}
