//! What models said of old images: descriptions as JSON, and vectors that lie in heaps.

use serde_json::{Value, json};

use super::Random;

/// The dimensions of every good vector.
pub const DIMENSIONS: usize = 1024;
/// Vectors lie around so many centres: of a hundred thousand images some dozens show the same scene.
const HEAPS: u64 = 4_096;

const CATEGORIES: [&str; 5] = ["Travel", "Food", "Furniture", "Outdoors", "Art"];
const WORDS: [&str; 40] = [
    "harbour", "tram", "lantern", "soup", "oak", "ridge", "market", "window", "violet", "copper",
    "evening", "snow", "bridge", "garden", "poster", "kettle", "meadow", "canvas", "ferry",
    "attic", "quiet", "bright", "narrow", "wooden", "crowded", "old", "modern", "steep", "warm",
    "foggy", "chair", "lamp", "table", "street", "hill", "boat", "bread", "cup", "roof", "sky",
];

fn words(random: &mut Random, count: usize) -> String {
    let words: Vec<&str> = (0..count).map(|_| *random.of(&WORDS)).collect();
    words.join(" ")
}

fn list(random: &mut Random, count: usize) -> Value {
    (0..count).map(|_| json!(random.of(&WORDS))).collect()
}

/// Category, summary and all that a model said.
pub fn described(random: &mut Random) -> (String, String, String) {
    let category = (*random.of(&CATEGORIES)).to_owned();
    let summary = format!("A {}. It shows {}.", words(random, 12), words(random, 10));
    let text = match random.below(2) {
        0 => list(random, 2),
        _ => json!(words(random, 3)),
    };
    let raw = json!({
        "category": category,
        "subcategories": list(random, 2),
        "headline": words(random, 5),
        "summary": summary,
        "media_metadata": {
            "original_poster": format!("@{}", words(random, 1)),
            "tagged_accounts": [], "location_tags": list(random, 1),
            "audio_source": null, "hashtags": list(random, 3),
        },
        "image_details": {
            "extracted_text": text, "objects": list(random, 6), "themes": list(random, 3),
            "emotions": list(random, 2), "vibes": list(random, 2), "likely_source": "camera 📷",
            "key_interest": words(random, 4), "visual_hierarchy": list(random, 3),
        },
    });
    (category, summary, raw.to_string())
}

/// A vector of length one near the centre of a heap.
pub fn vector(random: &mut Random) -> Vec<f32> {
    let mut centre = Random::new(random.below(HEAPS).wrapping_mul(0x5851_f42d_4c95_7f2d));
    let vector = (0..DIMENSIONS).map(|_| centre.float() + 0.6 * random.float());
    let vector: Vec<f32> = vector.collect();
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    vector.iter().map(|x| x / length).collect()
}

/// A vector as bytes.
pub fn blob(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|x| x.to_le_bytes()).collect()
}
