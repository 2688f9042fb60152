//! Mel-frequency cepstral coefficients of a second of speech, as the MLPerf Tiny keyword network was trained on them
//! (mlcommons/tiny, benchmark/training/keyword_spotting): 16 kHz, frames of 30 ms every 20 ms, a periodic Hann window, FFT of
//! 512, magnitudes through 40 triangles from 20 to 4000 Hz on the mel scale, logarithm, cosine transform, ten coefficients.
//!
//! No allocation, no standard library: the host's example and the firmware include this file.

use microfft::real::rfft_512;
use tinysolve::Real;

/// Samples of a clip.
pub(crate) const CLIP: usize = 16_000;
/// Frames of a clip.
pub(crate) const FRAMES: usize = 49;
/// Coefficients of a frame.
pub(crate) const COEFFICIENTS: usize = 10;

const FRAME: usize = 480;
const STEP: usize = 320;
const BANDS: usize = 40;
/// Bins of the FFT up to 4000 Hz; that of 4000 Hz itself weighs nothing.
const BINS: usize = 128;
const HERTZ_PER_BIN: f32 = 16_000.0 / 512.0;
/// What is added before the logarithm.
const LEAST: f32 = 1e-6;

/// The tables.
pub(crate) struct Mfcc {
    window: [f32; FRAME],
    /// The triangle that rises at each bin, and how far it has risen; the one before falls by as much. The last number stands
    /// for no triangle.
    band: [u8; BINS],
    risen: [f32; BINS],
    cosines: [[f32; BANDS]; COEFFICIENTS],
}

fn mel(hertz: f32) -> f32 {
    1127.0 * Real::ln(1.0 + hertz / 700.0)
}

impl Mfcc {
    /// Computes the tables.
    pub(crate) fn new() -> Self {
        use core::f32::consts::PI;
        let window = core::array::from_fn(|k| 0.5 - 0.5 * libm::cosf(2.0 * PI * k as f32 / FRAME as f32));
        let (low, high) = (mel(20.0), mel(4000.0));
        // In steps of a triangle's half width, the first triangle rising from 0 to 1.
        let place = |bin: usize| (mel(bin as f32 * HERTZ_PER_BIN) - low) / (high - low) * (BANDS + 1) as f32;
        let inside = |bin: usize| (0.0..(BANDS + 1) as f32).contains(&place(bin));
        let band = core::array::from_fn(|bin| if inside(bin) { place(bin) as u8 } else { u8::MAX });
        let risen =
            core::array::from_fn(|bin| if inside(bin) { place(bin) - f32::from(place(bin) as u8) } else { 0.0 });
        let scale = 2.0 / Real::sqrt(2.0 * BANDS as f32);
        let cosines = core::array::from_fn(|row| {
            core::array::from_fn(|k| scale * libm::cosf(PI * (row * (2 * k + 1)) as f32 / (2 * BANDS) as f32))
        });
        Self { window, band, risen, cosines }
    }

    /// One frame, samples times `gain`.
    fn frame(&self, samples: &[i16], gain: f32) -> [f32; COEFFICIENTS] {
        let mut buffer = [0.0; 512];
        for ((out, sample), window) in buffer.iter_mut().zip(samples).zip(&self.window) {
            *out = f32::from(*sample) * gain * window;
        }
        let spectrum = rfft_512(&mut buffer);
        let mut energies = [0.0; BANDS];
        // The first number of the spectrum is real, and below 20 Hz.
        for ((bin, band), risen) in spectrum.iter().zip(&self.band).zip(&self.risen).skip(1) {
            let size = Real::sqrt(bin.re * bin.re + bin.im * bin.im);
            if let Some(energy) = energies.get_mut(usize::from(*band)) {
                *energy += size * risen;
            }
            if let Some(energy) = usize::from(*band).checked_sub(1).and_then(|band| energies.get_mut(band)) {
                *energy += size * (1.0 - risen);
            }
        }
        for energy in &mut energies {
            *energy = Real::ln(*energy + LEAST);
        }
        core::array::from_fn(|row| {
            let cosines = self.cosines.get(row).map_or(&[][..], |row| row);
            cosines.iter().zip(&energies).map(|(cosine, energy)| cosine * energy).sum()
        })
    }

    /// The features of a clip, quantised as the network's input: `scale` and `zero` are those of its shape. Samples are divided
    /// by the greatest of them. What is shorter than a clip is followed by silence.
    pub(crate) fn features(&self, clip: &[i16], scale: f32, zero: i8, out: &mut [i8]) {
        let most = clip.iter().copied().max().unwrap_or(0).max(1);
        let gain = 1.0 / f32::from(most);
        for (frame, out) in out.chunks_exact_mut(COEFFICIENTS).take(FRAMES).enumerate() {
            let samples = clip.get(frame * STEP..).unwrap_or(&[]);
            let coefficients = self.frame(samples, gain);
            for (out, coefficient) in out.iter_mut().zip(coefficients) {
                *out = libm::roundf(coefficient / scale + f32::from(zero)).clamp(-128.0, 127.0) as i8;
            }
        }
    }
}
