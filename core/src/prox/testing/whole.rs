//! Shorthand for subjects that are functions of a whole vector.

/// A subject from its parts; what is left out is as in the trait.
macro_rules! whole {
    ($($name:ident {
        $(const $constant:ident: $kind:ty = $value:expr;)*
        operator($n:pat_param, $p:pat_param) $operator:expr;
        $(objective($q:pat_param, $x:pat_param) $objective:expr;)?
        $(parameters($random:pat_param, $len:pat_param) $parameters:expr;)?
        $(domain($r:pat_param, $d:pat_param, $y:pat_param) $domain:expr;)?
        $(violation($vd:pat_param, $vx:pat_param) $violation:expr;)?
    })*) => {$(
        pub(super) struct $name;
        impl Subject for $name {
            $(const $constant: $kind = $value;)*
            fn operator<T: Real>($n: usize, $p: &[T]) -> impl Prox<T> {
                $operator
            }
            $(fn objective($q: &[f64], $x: &[f64]) -> f64 {
                $objective
            })?
            $(fn parameters($random: &mut Random, $len: usize) -> Vec<f64> {
                $parameters
            })?
            $(fn feasible($r: &mut Random, $d: &[f64], $y: &mut [f64]) {
                $domain
            })?
            $(fn violation($vd: &[f64], $vx: &[f64]) -> f64 {
                $violation
            })?
        }
    )*};
}
pub(in crate::prox) use whole;
