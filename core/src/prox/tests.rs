//! Every operator under the one harness, and the test that none is left out.

use super::testing::{Subject, run};
use std::collections::BTreeSet;
use std::format;
use std::fs;
use std::path::{Path, PathBuf};
use std::string::{String, ToString};
use std::vec::Vec;

mod cones;
mod conjugates;
mod matrices;
mod nonconvex;
mod norms;
mod rules;
mod separable;
mod sets;
mod shapes;

/// The type that a subject's operator has.
fn type_of<S: Subject>() -> String {
    fn name<T>(_: &T) -> &'static str {
        core::any::type_name::<T>()
    }
    let n = S::SIZES[0];
    let parameters = S::parameters(&mut super::testing::Random::new(1), n);
    name(&S::operator(n, &parameters)).to_string()
}

/// A test for each subject, and a list of the types they try.
macro_rules! subjects {
    ($($module:ident :: $subject:ident => $test:ident;)*) => {
        $(
            #[test]
            fn $test() {
                run::<$module::$subject>();
            }
        )*

        fn types() -> Vec<String> {
            std::vec![$(type_of::<$module::$subject>()),*]
        }
    };
}

subjects! {
    separable::Zero => zero;
    separable::Point => point;
    separable::Linear => linear;
    separable::L1 => l1;
    separable::WeightedL1 => weighted_l1;
    separable::PositivePart => positive_part;
    separable::SquaredL2 => squared_l2;
    separable::ElasticNet => elastic_net;
    separable::Interval => interval;
    separable::Bounds => bounds;
    separable::Nonnegative => nonnegative;
    separable::Nonpositive => nonpositive;
    separable::Binary => binary;
    separable::FiniteSet => finite_set;
    separable::Huber => huber;
    separable::Hinge => hinge;
    separable::LabelledHinge => labelled_hinge;
    separable::SquaredHinge => squared_hinge;
    separable::LabelledLogistic => labelled_logistic;
    separable::Logistic => logistic;
    separable::CrossEntropy => cross_entropy;
    separable::Exponential => exponential;
    separable::Entropy => entropy;
    separable::KullbackLeibler => kullback_leibler;
    separable::NegativeLog => negative_log;
    separable::Reciprocal => reciprocal;
    separable::FourThirds => four_thirds;
    separable::ThreeHalves => three_halves;
    separable::Cube => cube;
    separable::FourthPower => fourth_power;
    separable::Foreign => each;
    nonconvex::L0 => l0;
    nonconvex::SquareRoot => square_root;
    nonconvex::TwoThirds => two_thirds;
    nonconvex::LogSum => log_sum;
    nonconvex::Mcp => mcp;
    nonconvex::Scad => scad;
    nonconvex::CappedL1 => capped_l1;
    nonconvex::Geman => geman;
    nonconvex::ExponentialType => exponential_type;
    nonconvex::Cauchy => cauchy;
    norms::L2 => l2;
    norms::NonnegativeL2 => nonnegative_l2;
    norms::HuberNorm => huber_norm;
    norms::LInfinity => linfinity;
    norms::Largest => largest;
    norms::SquaredL1 => squared_l1;
    norms::L1MinusL2 => l1_minus_l2;
    norms::GroupLasso => group_lasso;
    norms::SparseGroupLasso => sparse_group_lasso;
    norms::SparseGroups => sparse_groups;
    norms::Wgsef => wgsef;
    sets::L2Ball => l2_ball;
    sets::Sphere => sphere;
    sets::L1Ball => l1_ball;
    sets::WeightedL1Ball => weighted_l1_ball;
    sets::Simplex => simplex;
    sets::ExtendedSimplex => extended_simplex;
    sets::CappedSimplex => capped_simplex;
    sets::WeightedCappedSimplex => weighted_capped_simplex;
    sets::Halfspace => halfspace;
    sets::Hyperplane => hyperplane;
    sets::Hyperslab => hyperslab;
    sets::Affine => affine;
    sets::SparseVectors => sparse_vectors;
    sets::Dykstra => dykstra;
    cones::SecondOrderCone => second_order_cone;
    cones::RotatedCone => rotated_cone;
    cones::ExponentialCone => exponential_cone;
    cones::DualExponentialCone => dual_exponential_cone;
    shapes::Isotonic => isotonic;
    shapes::SumOfLargest => sum_of_largest;
    shapes::SumOfLargestMagnitudes => sum_of_largest_magnitudes;
    shapes::SortedL1 => sorted_l1;
    shapes::TotalVariation => total_variation;
    shapes::LinearTimeTotalVariation => linear_time_total_variation;
    shapes::FusedLasso => fused_lasso;
    shapes::PlaneTotalVariation => plane_total_variation;
    matrices::Semidefinite => semidefinite;
    matrices::LargestEigenvalue => largest_eigenvalue;
    matrices::NuclearNorm => nuclear_norm;
    matrices::SpectralNorm => spectral_norm;
    matrices::NuclearBall => nuclear_ball;
    matrices::Rank => rank;
    matrices::Quadratic => quadratic;
    matrices::PreparedQuadratic => prepared_quadratic;
    matrices::LeastSquares => least_squares;
    rules::Translate => translate;
    rules::Scale => scale;
    rules::Dilate => dilate;
    rules::Tilt => tilt;
    rules::Regularise => regularise;
    rules::Orthogonal => orthogonal;
    rules::OrthogonalRows => orthogonal_rows;
    rules::Conjugate => conjugate;
    rules::Envelope => envelope;
    rules::SeparableSum => separable_sum;
    rules::Repeated => repeated;
    rules::Distance => distance;
    rules::SquaredDistance => squared_distance;
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Names of the types that the sources make operators.
fn operators() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/prox"), &mut files);
    let mut names = BTreeSet::new();
    for file in files.iter().filter(|file| !file.to_string_lossy().contains("test")) {
        let text = fs::read_to_string(file).unwrap();
        for line in text.lines().map(str::trim) {
            let by_trait = line.split_once(" Prox<T> for ").filter(|_| line.starts_with("impl")).map(|(_, rest)| rest);
            let by_macro = line.strip_prefix("impl [").and_then(|rest| rest.rsplit_once("] ")).map(|(_, rest)| rest);
            if let Some(rest) = by_trait.or(by_macro).filter(|rest| !rest.starts_with('$')) {
                names.insert(rest.split(|c: char| !c.is_alphanumeric()).next().unwrap().to_string());
            }
        }
    }
    names
}

#[test]
fn no_operator_is_without_a_test() {
    let types = types();
    let operators = operators();
    assert!(operators.len() > 30 && operators.contains("L1") && operators.contains("Weighted"));
    let tested = |name: &String| {
        types.iter().any(|tested| tested.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == *name))
    };
    let missing: Vec<_> = operators.iter().filter(|name| !tested(name)).collect();
    assert!(missing.is_empty(), "{}", format!("operators without a subject in this list: {missing:?}"));
}
