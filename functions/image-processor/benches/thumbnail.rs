//! A 12-megapixel JPEG to a thumbnail, against Pillow: time, memory and likeness. Pillow comes
//! through pip into the build directory, once.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use image_processor::thumbnail::make;
use turbojpeg::{Image, PixelFormat, Subsamp};

const WIDTH: usize = 4_000;
const HEIGHT: usize = 3_000;
/// The original is five times as large as the thumbnail in each direction.
const FACTOR: usize = 5;
const ROUNDS: usize = 11;
const PILLOW: &str = "pillow==12.0.0";
/// Tells this program to make one thumbnail and say what that cost.
const FILE: &str = "THUMBNAIL_BENCH_FILE";

/// What the function does, in Python: upright, in colours, within the edge, as JPEG of quality 85.
const SCRIPT: &str = r#"
import resource, sys, time
from io import BytesIO
from PIL import Image, ImageOps
base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
data = open(sys.argv[1], "rb").read()
times = []
for _ in range(int(sys.argv[3])):
    begin = time.perf_counter()
    image = ImageOps.exif_transpose(Image.open(BytesIO(data))).convert("RGB")
    image.thumbnail((800, 800), Image.Resampling.LANCZOS)
    out = BytesIO()
    image.save(out, "JPEG", quality=85)
    times.append(time.perf_counter() - begin)
open(sys.argv[2], "wb").write(out.getvalue())
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(sorted(times)[len(times) // 2] * 1000, (peak - base) // 1024)
"#;

fn main() {
    if let Some(file) = std::env::var_os(FILE) {
        return tell(Path::new(&file));
    }
    let folder = target().join("bench-thumbnail");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("photo.jpg");
    let photo = photo();
    std::fs::write(&file, &photo).unwrap();
    let ours = make(&photo).unwrap().jpeg;
    let (our_time, our_memory) = (median(&photo), memory(&file));
    let (theirs, their_time, their_memory) = pillow(&folder, &file);
    let reference = reference(&photo);
    let (our_likeness, their_likeness) = (psnr(&ours, &reference), psnr(&theirs, &reference));
    println!("            time      memory   PSNR");
    println!("ours    {our_time:7.1} ms {our_memory:6} MB {our_likeness:6.2} dB");
    println!("Pillow  {their_time:7.1} ms {their_memory:6} MB {their_likeness:6.2} dB");
    assert!(
        our_time * 3.0 <= their_time,
        "more than a third of the time"
    );
    let share = our_memory as f64 / their_memory as f64;
    assert!(share <= 0.3, "{share:.2} of the memory");
    assert!(our_likeness >= their_likeness, "less like the original");
}

fn target() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    // …/release/deps/thumbnail-…
    own.ancestors().nth(3).unwrap().to_owned()
}

/// Shapes, gradients and grain, as a photograph has.
fn photo() -> Vec<u8> {
    let mut grain = 1_u32;
    let mut pixels = Vec::with_capacity(WIDTH * HEIGHT * 3);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = f64::from(grain >> 28) - 8.0;
            let (fx, fy) = (x as f64 / 97.0, y as f64 / 61.0);
            let edge = if (x / 333 + y / 271) % 2 == 0 {
                40.0
            } else {
                0.0
            };
            let light = 110.0 + 50.0 * (fx.sin() + fy.cos()) / 2.0 + edge + noise;
            for shift in [0.0, 15.0, -15.0] {
                pixels.push((light + shift).clamp(0.0, 255.0) as u8);
            }
        }
    }
    let image = Image {
        pixels: pixels.as_slice(),
        width: WIDTH,
        pitch: WIDTH * 3,
        height: HEIGHT,
        format: PixelFormat::RGB,
    };
    turbojpeg::compress(image, 92, Subsamp::Sub2x2)
        .unwrap()
        .to_vec()
}

fn median(photo: &[u8]) -> f64 {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let begin = Instant::now();
            make(photo).unwrap();
            begin.elapsed()
        })
        .collect();
    times.sort();
    times[ROUNDS / 2].as_secs_f64() * 1000.0
}

/// In a process of its own, as this one has had more.
fn memory(file: &Path) -> u64 {
    let own = std::env::current_exe().unwrap();
    let told = Command::new(own).env(FILE, file).output().unwrap().stdout;
    String::from_utf8(told).unwrap().trim().parse().unwrap()
}

fn tell(file: &Path) {
    let bytes = std::fs::read(file).unwrap();
    let before = figure("VmRSS");
    make(&bytes).unwrap();
    println!("{}", (figure("VmHWM") - before) / 1024);
}

fn figure(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn pillow(folder: &Path, file: &Path) -> (Vec<u8>, f64, u64) {
    let python = folder.join("venv/bin/python");
    if !python.exists() {
        run(Command::new("python3")
            .args(["-m", "venv"])
            .arg(folder.join("venv")));
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", PILLOW]));
    }
    let made = folder.join("pillow.jpg");
    let mut command = Command::new(&python);
    command
        .args(["-c", SCRIPT])
        .arg(file)
        .arg(&made)
        .arg(ROUNDS.to_string());
    let told = command.output().unwrap();
    let words = String::from_utf8(told.stdout).unwrap();
    let (time, memory) = words.trim().split_once(' ').unwrap();
    let thumbnail = std::fs::read(made).unwrap();
    (thumbnail, time.parse().unwrap(), memory.parse().unwrap())
}

fn run(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}

/// The mean of each block of pixels: what a thumbnail of this size should show.
fn reference(photo: &[u8]) -> Vec<f64> {
    let full = turbojpeg::decompress(photo, PixelFormat::RGB).unwrap();
    let mut means = Vec::with_capacity(WIDTH * HEIGHT * 3 / FACTOR / FACTOR);
    for y in (0..HEIGHT).step_by(FACTOR) {
        for x in (0..WIDTH).step_by(FACTOR) {
            for channel in 0..3 {
                let block = (0..FACTOR * FACTOR).map(|at| {
                    let (dx, dy) = (at % FACTOR, at / FACTOR);
                    let at = (y + dy) * full.pitch + (x + dx) * 3 + channel;
                    f64::from(full.pixels[at])
                });
                means.push(block.sum::<f64>() / (FACTOR * FACTOR) as f64);
            }
        }
    }
    means
}

fn psnr(thumbnail: &[u8], reference: &[f64]) -> f64 {
    let image = turbojpeg::decompress(thumbnail, PixelFormat::RGB).unwrap();
    assert_eq!(
        (image.width, image.height),
        (WIDTH / FACTOR, HEIGHT / FACTOR)
    );
    let pairs = image.pixels.iter().zip(reference);
    let error: f64 = pairs.map(|(a, b)| (f64::from(*a) - b).powi(2)).sum();
    10.0 * (255.0 * 255.0 / (error / reference.len() as f64)).log10()
}
