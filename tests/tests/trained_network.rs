//! The published direction network against PyTorch, and one that was trained.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests compare")]

use std::path::{Path, PathBuf};
use std::process::Command;

use tinysolve::Real;
use tinysolve::container::Reader;
use tinysolve::net::direction::{DirectionNetwork, OnGrid};
use tinysolve::operator::Direction;

/// What `examples/train/dcd.py --network-golden` wrote: cells, a residual in f32, and what the network makes of it in f64.
struct Golden {
    sides: [usize; 3],
    mask: Vec<u8>,
    r: Vec<f32>,
    d: Vec<f64>,
}

impl Golden {
    fn read(bytes: &[u8], sides: [usize; 3]) -> Self {
        let n = sides.iter().product();
        let (mask, rest) = bytes.split_at(n);
        let (r, d) = rest.split_at(4 * n);
        assert_eq!(d.len(), 8 * n);
        Self {
            sides,
            mask: mask.to_vec(),
            r: r.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
            d: d.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect(),
        }
    }

    /// |d - expected| / |expected|.
    fn deviation<T: Real>(&self, network: &DirectionNetwork<'_>) -> f64 {
        let r: Vec<T> = self.r.iter().map(|r| T::from_f32(*r)).collect();
        let mut arena = vec![T::ZERO; network.arena_len(self.sides)];
        let mut d = vec![T::ZERO; r.len()];
        OnGrid::new(network, self.sides, Some(&self.mask), &mut arena).unwrap().direction(&r, &mut d);
        let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>().sqrt();
        norm(&mut d.iter().zip(&self.d).map(|(a, b)| a.to_f64() - b)) / norm(&mut self.d.iter().copied())
    }
}

/// The networks of a folder, in f32 and f64, each to 1e-6 relative.
fn compare(folder: &Path) {
    for (name, sides) in [("network_2d", [24, 16, 1]), ("network_2d_bytes", [24, 16, 1]), ("network_3d", [8, 6, 4])] {
        let read = |ending: &str| std::fs::read(folder.join(name).with_extension(ending)).unwrap();
        // Read in place from a multiple of 16.
        let bytes = read("tslv");
        let mut room = vec![0; bytes.len() + 16];
        let start = room.as_ptr().align_offset(16);
        let container = &mut room[start..start + bytes.len()];
        container.copy_from_slice(&bytes);
        let network = DirectionNetwork::load(&Reader::new(container).unwrap()).unwrap();
        let golden = Golden::read(&read("bin"), sides);
        let (single, double) = (golden.deviation::<f32>(&network), golden.deviation::<f64>(&network));
        println!("{name}: {single:e} in f32, {double:e} in f64 against PyTorch in f64");
        assert!(single <= 1e-6 && double <= 1e-12, "{name}: {single:e}, {double:e}");
    }
}

#[test]
fn networks_agree_with_pytorch() {
    compare(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/dcd"));
}

/// Trains for seconds: the losses fall, and what was exported just now agrees with PyTorch. With `TINYSOLVE_LONG`, and where
/// there is PyTorch; `TINYSOLVE_PYTHON` names one.
#[test]
fn a_network_trained_now_agrees_with_pytorch() {
    let python = std::env::var("TINYSOLVE_PYTHON").unwrap_or_else(|_| "python3".into());
    let has_torch = Command::new(&python).args(["-c", "import torch, scipy"]).output();
    if std::env::var_os("TINYSOLVE_LONG").is_none() || !has_torch.is_ok_and(|output| output.status.success()) {
        println!("left out: not a long run, or {python} has no PyTorch");
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/train/dcd.py");
    let folder: PathBuf = std::env::temp_dir().join(format!("tinysolve-network-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut training = Command::new(&python);
    let output =
        training.arg(script).args(["--steps", "10", "--check", "--network-golden"]).arg(&folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    println!("{said}");
    compare(&folder);
    std::fs::remove_dir_all(&folder).unwrap();
}
