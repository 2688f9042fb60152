//! Written by `examples/train/dcd.py`: do not edit.

use super::Gates;

pub(super) const TRAINED: Gates = Gates::HAND_SET;
