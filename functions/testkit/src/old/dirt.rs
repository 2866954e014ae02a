//! The ways in which old rows are dirty, and what a reader must say of each.

use super::{DIMENSIONS, Row, blob, described, vector};

/// One way to be dirty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Dirt {
    NoAnalysis,
    NoEmbedding,
    BrokenJson,
    CutJson,
    NoObject,
    HalfSurrogate,
    EscapedNul,
    Latin1,
    NulInName,
    BadId,
    BadTime,
    SameIdTwice,
    OrphanAnalysis,
    WrongDimensions,
    NotANumber,
    AllZeros,
    TwoEmbeddings,
    JsonVector,
}

/// What becomes of the parts of an item.
struct Fate {
    item: Result<(), &'static str>,
    analysis: Result<(), &'static str>,
    embedding: Result<(), &'static str>,
}

const GOOD: Fate = Fate {
    item: Ok(()),
    analysis: Ok(()),
    embedding: Ok(()),
};
const ITS_ITEM: &str = "its item";
const ITS_ANALYSIS: &str = "its analysis";

impl Dirt {
    /// Every way.
    pub const ALL: [Self; 18] = [
        Self::NoAnalysis,
        Self::NoEmbedding,
        Self::BrokenJson,
        Self::CutJson,
        Self::NoObject,
        Self::HalfSurrogate,
        Self::EscapedNul,
        Self::Latin1,
        Self::NulInName,
        Self::BadId,
        Self::BadTime,
        Self::SameIdTwice,
        Self::OrphanAnalysis,
        Self::WrongDimensions,
        Self::NotANumber,
        Self::AllZeros,
        Self::TwoEmbeddings,
        Self::JsonVector,
    ];

    fn fate(self) -> Fate {
        let item = |why| Fate {
            item: Err(why),
            analysis: Err(ITS_ITEM),
            embedding: Err(ITS_ITEM),
        };
        let analysis = |why| Fate {
            analysis: Err(why),
            embedding: Err(ITS_ANALYSIS),
            ..GOOD
        };
        let embedding = |why| Fate {
            embedding: Err(why),
            ..GOOD
        };
        match self {
            Self::BrokenJson => analysis("it is broken"),
            Self::CutJson => analysis("ends too early"),
            Self::NoObject => analysis("no object"),
            Self::HalfSurrogate => analysis("no JSON"),
            Self::EscapedNul => analysis("NUL"),
            Self::Latin1 => item("no UTF-8"),
            Self::NulInName => item("NUL"),
            // The rows that name it cannot name it either.
            Self::BadId => Fate {
                item: Err("letters, digits or dashes"),
                analysis: Err("letters, digits or dashes"),
                embedding: Err("letters, digits or dashes"),
            },
            Self::BadTime => item("no time"),
            Self::OrphanAnalysis => item("-"),
            Self::WrongDimensions => embedding("512 dimensions"),
            Self::NotANumber => embedding("not a number at 7"),
            Self::AllZeros => embedding("all zeros"),
            Self::NoAnalysis
            | Self::NoEmbedding
            | Self::SameIdTwice
            | Self::TwoEmbeddings
            | Self::JsonVector => GOOD,
        }
    }
}

impl Row<'_> {
    pub(super) fn dirty(mut self, dirt: Dirt) {
        if dirt == Dirt::BadId {
            self.item = format!("photos/{}", self.number);
        }
        if dirt != Dirt::OrphanAnalysis {
            self.write_item();
        }
        let (category, summary, raw) = described(&mut self.random);
        let text = match dirt {
            Dirt::BrokenJson => raw.replace(':', "=>"),
            Dirt::CutJson => raw[..raw.len() / 2]
                .trim_end_matches(|c| c != ',')
                .to_owned(),
            Dirt::NoObject => "[\"Travel\"]".to_owned(),
            Dirt::HalfSurrogate => raw.replacen("\"camera", "\"\\ud83d camera", 1),
            Dirt::EscapedNul => raw.replacen("\"camera", "\"\\u0000 camera", 1),
            _ => raw,
        };
        if dirt != Dirt::NoAnalysis {
            self.write_analysis_of(&category, &summary, &text);
        }
        let vector = vector(&mut self.random);
        match dirt {
            Dirt::NoAnalysis | Dirt::NoEmbedding => {}
            _ => self.write_embedding_of(&self.embedding, &self.spoiled(dirt, vector.clone())),
        }
        self.spoil(dirt, &vector);
        self.expect(dirt);
    }

    fn spoiled(&self, dirt: Dirt, mut vector: Vec<f32>) -> rusqlite::types::Value {
        match dirt {
            Dirt::WrongDimensions => vector.truncate(512),
            Dirt::NotANumber => vector[7] = f32::NAN,
            Dirt::AllZeros => vector = vec![0.0; DIMENSIONS],
            Dirt::JsonVector => return serde_json::to_string(&vector).unwrap().into(),
            _ => {}
        }
        blob(&vector).into()
    }

    /// What cannot be said with a parameter, or comes twice.
    fn spoil(&mut self, dirt: Dirt, vector: &[f32]) {
        let set = match dirt {
            Dirt::Latin1 => "original_filename = CAST(x'636166e92e6a7067' AS TEXT)",
            Dirt::NulInName => "filename = CAST(x'61002e6a7067' AS TEXT)",
            Dirt::BadTime => "created_at = 'last summer'",
            Dirt::SameIdTwice => {
                self.write_item();
                let twice = ("items", self.item.clone(), "there twice");
                self.expected.refused.insert(twice);
                return;
            }
            Dirt::TwoEmbeddings => {
                let later = self.random.uuid();
                self.write_embedding_of(&later, &blob(vector));
                let earlier = std::mem::replace(&mut self.embedding, later);
                let superseded = ("embeddings", earlier, "later embedding");
                self.expected.refused.insert(superseded);
                return;
            }
            _ => return,
        };
        let sql = format!("UPDATE items SET {set} WHERE id = ?1");
        self.connection.execute(&sql, [&self.item]).unwrap();
    }

    fn expect(self, dirt: Dirt) {
        let fate = dirt.fate();
        let has_analysis = dirt != Dirt::NoAnalysis;
        let has_embedding = has_analysis && dirt != Dirt::NoEmbedding;
        let parts = [
            (
                "items",
                self.item.clone(),
                fate.item,
                dirt != Dirt::OrphanAnalysis,
            ),
            ("analyses", self.analysis, fate.analysis, has_analysis),
            ("embeddings", self.embedding, fate.embedding, has_embedding),
        ];
        for ((table, id, fate, is_there), good) in parts.into_iter().zip(&mut self.expected.good) {
            match fate {
                _ if !is_there => {}
                Ok(()) => *good += 1,
                Err(why) => {
                    self.expected.refused.insert((table, id, why));
                }
            }
        }
        if fate.item.is_ok() {
            let described = has_analysis && fate.analysis.is_ok();
            self.expected.items.push((self.item, described));
        }
    }
}
