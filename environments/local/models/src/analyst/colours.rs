//! Names the colours that cover most of an image.

use image::{DynamicImage, GenericImageView as _, Rgba};

/// Samples per side: enough for shares of a percent, independent of the image's size.
const GRID: u32 = 64;
const LEAST_PERCENT: u32 = 8;
const MOST_COLOURS: usize = 4;

/// A named colour and the part of the image it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Colour {
    pub(crate) name: &'static str,
    pub(crate) percent: u32,
}

const NAMES: [&str; 12] = [
    "black", "gray", "white", "red", "orange", "brown", "yellow", "green", "teal", "blue",
    "purple", "pink",
];

/// The colours that cover a visible part, largest first.
pub(crate) fn dominant(pixels: &DynamicImage) -> Vec<Colour> {
    let (width, height) = pixels.dimensions();
    let columns = width.min(GRID);
    let rows = height.min(GRID);
    let mut counts = [0_u32; NAMES.len()];
    for row in 0..rows {
        for column in 0..columns {
            // The middle of each cell of the grid.
            let x = middle(column, columns, width);
            let y = middle(row, rows, height);
            let name = name(on_white(pixels.get_pixel(x, y)));
            if let Some(index) = NAMES.iter().position(|known| *known == name) {
                counts[index] += 1;
            }
        }
    }
    let samples = (columns * rows).max(1);
    let mut colours: Vec<Colour> = NAMES
        .iter()
        .zip(counts)
        .map(|(&name, count)| Colour {
            name,
            percent: (count * 100 + samples / 2) / samples,
        })
        .filter(|colour| colour.percent >= LEAST_PERCENT)
        .collect();
    colours.sort_by_key(|colour| std::cmp::Reverse(colour.percent));
    colours.truncate(MOST_COLOURS);
    colours
}

fn middle(cell: u32, cells: u32, length: u32) -> u32 {
    let position = (u64::from(cell) * 2 + 1) * u64::from(length) / (u64::from(cells) * 2);
    u32::try_from(position)
        .unwrap_or(length - 1)
        .min(length - 1)
}

/// Transparent pixels are seen on a white page.
fn on_white(pixel: Rgba<u8>) -> [f32; 3] {
    let alpha = f32::from(pixel[3]) / 255.0;
    [0, 1, 2].map(|channel| f32::from(pixel[channel]) / 255.0 * alpha + (1.0 - alpha))
}

fn name([red, green, blue]: [f32; 3]) -> &'static str {
    let high = red.max(green).max(blue);
    let low = red.min(green).min(blue);
    let lightness = f32::midpoint(high, low);
    let spread = high - low;
    if high < 0.16 {
        return "black";
    }
    if spread < 0.10 || (lightness > 0.5 && spread < 0.14) {
        return match lightness {
            light if light > 0.88 => "white",
            dark if dark < 0.16 => "black",
            _ => "gray",
        };
    }
    let hue = hue(red, green, blue, high, spread);
    match hue {
        hue if !(15.0..345.0).contains(&hue) && lightness > 0.72 => "pink",
        hue if !(15.0..345.0).contains(&hue) => "red",
        hue if hue < 45.0 && lightness < 0.42 => "brown",
        hue if hue < 42.0 => "orange",
        hue if hue < 68.0 => "yellow",
        hue if hue < 160.0 => "green",
        hue if hue < 190.0 => "teal",
        hue if hue < 258.0 => "blue",
        hue if hue < 300.0 => "purple",
        _ => "pink",
    }
}

/// The angle on the colour wheel, in degrees.
fn hue(red: f32, green: f32, blue: f32, high: f32, spread: f32) -> f32 {
    let sixth = if high == red {
        ((green - blue) / spread).rem_euclid(6.0)
    } else if high == green {
        (blue - red) / spread + 2.0
    } else {
        (red - green) / spread + 4.0
    };
    sixth * 60.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::RgbaImage;

    #[test]
    fn names_are_those_a_person_would_give() {
        for (rgb, expected) in [
            ([0, 0, 0], "black"),
            ([255, 255, 255], "white"),
            ([128, 128, 128], "gray"),
            ([200, 20, 20], "red"),
            ([250, 140, 20], "orange"),
            ([110, 70, 30], "brown"),
            ([250, 230, 40], "yellow"),
            ([30, 140, 50], "green"),
            ([20, 150, 140], "teal"),
            ([40, 90, 210], "blue"),
            ([120, 40, 180], "purple"),
            ([250, 170, 190], "pink"),
        ] {
            assert_eq!(
                name(on_white(Rgba([rgb[0], rgb[1], rgb[2], 255]))),
                expected,
                "{rgb:?}"
            );
        }
    }

    #[test]
    fn shares_are_measured_and_specks_left_out() {
        let image = RgbaImage::from_fn(200, 100, |x, _| match x {
            0..150 => Rgba([40, 90, 210, 255]),
            150..196 => Rgba([0, 0, 0, 0]),
            _ => Rgba([200, 20, 20, 255]),
        });
        let colours = dominant(&DynamicImage::ImageRgba8(image));
        let named: Vec<_> = colours.iter().map(|colour| colour.name).collect();
        assert_eq!(
            named,
            ["blue", "white"],
            "transparent is white, 2 % of red is a speck"
        );
        assert_eq!(colours[0].percent, 75);
    }

    #[test]
    fn one_pixel_is_an_image() {
        let image = RgbaImage::from_pixel(1, 1, Rgba([200, 20, 20, 255]));
        assert_eq!(dominant(&DynamicImage::ImageRgba8(image))[0].percent, 100);
    }
}
