//! The files of an HNSW index as Chroma's hnswlib writes them: `header.bin` says how large an
//! element is, `data_level0.bin` holds them, `index_metadata.pickle` says which is whose. The
//! links between them are of no use here.

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use super::pickle;
use crate::error::{Doing as _, Error, Kind, Result};

const HEADER: &str = "header.bin";
const ELEMENTS: &str = "data_level0.bin";
/// Written with the first vectors that the index takes from the queue.
pub(super) const NAMES: &str = "index_metadata.pickle";
/// No vector that was ever searched for is longer.
const MOST_DIMENSIONS: u64 = 65_536;
const LABEL: u64 = 8;

/// An index that is read element by element.
pub(super) struct Index {
    folder: PathBuf,
    elements: File,
    /// Bytes of an element, and where in it the vector is.
    size: u64,
    vector: (u64, usize),
    /// The label of each id.
    labels: HashMap<String, u64>,
    /// Where the element of each label is.
    places: HashMap<u64, u64>,
}

/// What the header says.
#[derive(Debug, PartialEq, Eq)]
struct Header {
    count: u64,
    size: u64,
    label_at: u64,
    vector_at: u64,
}

impl Header {
    /// A version, then eleven numbers of eight bytes or four.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let number = |at: usize| {
            let bytes = bytes.get(at..at + 8)?;
            Some(u64::from_le_bytes(bytes.try_into().ok()?))
        };
        let header = Self {
            count: number(20)?,
            size: number(28)?,
            label_at: number(36)?,
            vector_at: number(44)?,
        };
        let fits = header.label_at.checked_add(LABEL)? <= header.size
            && header.vector_at < header.label_at
            && (header.label_at - header.vector_at).is_multiple_of(4)
            && header.label_at - header.vector_at <= MOST_DIMENSIONS * 4
            && header.size <= MOST_DIMENSIONS * 8;
        fits.then_some(header)
    }
}

impl Index {
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let wrong = |what: &str| {
            Error::input(format!(
                "{} is no index of Chroma: {what}",
                folder.display()
            ))
            .hint("export the collection with the Chroma that wrote it, one JSON object a line")
        };
        let read = |name: &str| {
            let path = folder.join(name);
            std::fs::read(&path).doing_as(Kind::Input, format!("read {}", path.display()))
        };
        let header = Header::parse(&read(HEADER)?);
        let header = header.ok_or_else(|| wrong("its header contradicts itself"))?;
        let elements = File::open(folder.join(ELEMENTS)).doing_as(
            Kind::Input,
            format!("read {ELEMENTS} of {}", folder.display()),
        )?;
        let there = elements.metadata().doing("measure the index")?.len();
        if header
            .count
            .checked_mul(header.size)
            .is_none_or(|wanted| wanted > there)
        {
            return Err(wrong("it is shorter than its header says"));
        }
        let labels = pickle::labels(&read(NAMES)?).map_err(|what| wrong(&what))?;
        let mut index = Self {
            folder: folder.to_owned(),
            elements,
            size: header.size,
            vector: (
                header.vector_at,
                usize::try_from(header.label_at - header.vector_at).unwrap_or_default(),
            ),
            labels,
            places: HashMap::new(),
        };
        for place in 0..header.count {
            let mut label = [0; 8];
            index.read(place, header.label_at, &mut label)?;
            index.places.insert(u64::from_le_bytes(label), place);
        }
        Ok(index)
    }

    pub(super) fn files(&self) -> Vec<PathBuf> {
        [HEADER, ELEMENTS, NAMES]
            .map(|name| self.folder.join(name))
            .to_vec()
    }

    /// The vector of an id.
    pub(super) fn vector(&self, id: &str) -> Result<Option<Vec<f32>>> {
        let place = self.labels.get(id).and_then(|label| self.places.get(label));
        let Some(place) = place else { return Ok(None) };
        let (at, length) = self.vector;
        let mut bytes = vec![0; length];
        self.read(*place, at, &mut bytes)?;
        let numbers = bytes.chunks_exact(4);
        Ok(Some(
            numbers
                .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                .collect(),
        ))
    }

    fn read(&self, place: u64, at: u64, into: &mut [u8]) -> Result<()> {
        self.elements
            .read_exact_at(into, place * self.size + at)
            .doing_as(
                Kind::Input,
                format!("read {ELEMENTS} of {}", self.folder.display()),
            )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Header;

    fn header(numbers: [u64; 6]) -> Vec<u8> {
        let mut bytes = 1u32.to_le_bytes().to_vec();
        bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        bytes
    }

    #[test]
    fn a_header_that_contradicts_itself_is_refused() {
        let good = Header::parse(&header([0, 1000, 40, 4236, 4228, 132])).unwrap();
        assert_eq!((good.count, good.size, good.vector_at), (40, 4236, 132));
        for bad in [
            [0, 1000, 40, 4235, 4228, 132],
            [0, 1000, 40, 4236, 4229, 132],
            [0, 1000, 40, 4236, 132, 4228],
            [0, 1000, 40, u64::MAX, u64::MAX - 8, 0],
            [0, 1000, 40, 4236, u64::MAX, 132],
        ] {
            assert_eq!(Header::parse(&header(bad)), None, "{bad:?}");
        }
        assert_eq!(Header::parse(&[0; 20]), None);
    }
}
