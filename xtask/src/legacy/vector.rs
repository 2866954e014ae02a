//! Vectors of old rows: bytes or JSON, and only such as a search can compare.

use collections_core::db::embeddings::DIMENSIONS;

/// What half precision holds at most.
const LARGEST: f32 = 65_504.0;

/// Reads 32-bit floats, the lowest byte first.
pub fn of_bytes(bytes: &[u8]) -> Result<Vec<f32>, String> {
    if !bytes.len().is_multiple_of(4) {
        return Err(format!("{} bytes are no vector of floats", bytes.len()));
    }
    let numbers = bytes.chunks_exact(4);
    checked(
        numbers
            .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect(),
    )
}

/// Reads a list in JSON.
pub fn of_json(text: &str) -> Result<Vec<f32>, String> {
    let numbers = serde_json::from_str(text);
    checked(numbers.map_err(|_| "the vector is no JSON list of numbers".to_owned())?)
}

/// A vector that the column takes and that has a direction.
pub fn checked(vector: Vec<f32>) -> Result<Vec<f32>, String> {
    if vector.len() != DIMENSIONS {
        let found = vector.len();
        return Err(format!(
            "the vector has {found} dimensions, not {DIMENSIONS}"
        ));
    }
    if let Some(at) = vector.iter().position(|x| !x.is_finite()) {
        return Err(format!("the vector is not a number at {at}"));
    }
    if let Some(at) = vector.iter().position(|x| x.abs() > LARGEST) {
        return Err(format!(
            "the vector is too large for half precision at {at}"
        ));
    }
    // What half precision rounds to nothing has no direction there.
    if vector.iter().all(|x| x.abs() < 3e-8) {
        return Err("the vector is all zeros, which are near to nothing".to_owned());
    }
    Ok(vector)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{checked, of_bytes, of_json};

    #[test]
    fn what_a_search_cannot_compare_is_refused() {
        let with = |at: usize, x: f32| {
            let mut vector = vec![0.5; 1024];
            vector[at] = x;
            checked(vector).unwrap_err()
        };
        assert_eq!(with(3, f32::NAN), "the vector is not a number at 3");
        assert_eq!(with(0, f32::INFINITY), "the vector is not a number at 0");
        assert_eq!(
            with(1023, 7e4),
            "the vector is too large for half precision at 1023"
        );
        assert!(checked(vec![0.0; 1024]).unwrap_err().contains("all zeros"));
        assert_eq!(
            checked(vec![0.5; 512]).unwrap_err(),
            "the vector has 512 dimensions, not 1024"
        );
        assert!(of_bytes(&[0; 4095]).unwrap_err().contains("4095 bytes"));
        assert!(of_json("[1, \"a\"]").unwrap_err().contains("no JSON list"));
    }

    #[test]
    fn bytes_and_json_are_the_same_vector() {
        let vector: Vec<f32> = (0..1024u16).map(|x| f32::from(x) / 7.0 - 50.0).collect();
        let bytes: Vec<u8> = vector.iter().flat_map(|x| x.to_le_bytes()).collect();
        assert_eq!(of_bytes(&bytes).unwrap(), vector);
        assert_eq!(
            of_json(&serde_json::to_string(&vector).unwrap()).unwrap(),
            vector
        );
    }
}
