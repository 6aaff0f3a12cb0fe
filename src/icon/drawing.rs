//! The picture, drawn in numbers: a disc in the colour of the tone, and its shape in white.

use super::Tone;

/// Width and height of the sizes that are handed out.
pub(super) const SIZES: [u16; 3] = [22, 32, 48];

/// One picture, ARGB, row by row, a square of `size`.
pub(super) fn draw(tone: Tone, size: u16) -> Vec<u8> {
    let colour: [u8; 3] = match tone {
        Tone::Good => [0x16, 0x8a, 0x4a],
        Tone::Paused => [0xc9, 0x7a, 0x0a],
        Tone::Stopped => [0xbf, 0x20, 0x33],
    };
    let mut bytes = Vec::with_capacity(usize::from(size) * usize::from(size) * 4);
    for y in 0..size {
        for x in 0..size {
            // From -1 to 1, the middle of the pixel.
            let place = |at: u16| (f32::from(at) + 0.5) / f32::from(size) * 2.0 - 1.0;
            let (x, y) = (place(x), place(y));
            let pixel = match x.hypot(y) <= 0.96 {
                false => [0, 0, 0, 0],
                true if is_shape(tone, x, y) => [0xff; 4],
                true => [0xff, colour[0], colour[1], colour[2]],
            };
            bytes.extend(pixel);
        }
    }
    bytes
}

fn is_shape(tone: Tone, x: f32, y: f32) -> bool {
    /// Near the line from one point to the other?
    fn near(x: f32, y: f32, from: (f32, f32), to: (f32, f32)) -> bool {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let along = ((x - from.0) * dx + (y - from.1) * dy) / (dx * dx + dy * dy);
        let along = along.clamp(0.0, 1.0);
        (x - from.0 - along * dx).hypot(y - from.1 - along * dy) <= 0.13
    }
    match tone {
        Tone::Good => {
            near(x, y, (-0.45, 0.02), (-0.12, 0.38)) || near(x, y, (-0.12, 0.38), (0.48, -0.36))
        }
        Tone::Paused => y.abs() <= 0.45 && (0.14..=0.42).contains(&x.abs()),
        Tone::Stopped => y.abs() <= 0.36 && x.abs() <= 0.36,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tones_differ_in_colour_and_in_shape() {
        let white = |tone| -> Vec<usize> {
            let bytes = draw(tone, 32);
            assert_eq!(bytes.len(), 32 * 32 * 4);
            assert_eq!(bytes[..4], [0; 4], "the corner is clear");
            bytes
                .chunks(4)
                .enumerate()
                .filter(|(_, p)| **p == [0xff; 4])
                .map(|(at, _)| at)
                .collect()
        };
        let (good, paused, stopped) =
            (white(Tone::Good), white(Tone::Paused), white(Tone::Stopped));
        assert!(good.len() > 40 && paused.len() > 40 && stopped.len() > 40);
        assert!(good != paused && paused != stopped && good != stopped);
    }
}
