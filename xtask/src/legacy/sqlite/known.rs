//! What was found good so far: rows that others may refer to.

use std::collections::{BTreeSet, HashMap, HashSet};

use collections_core::db::operate::moving::{OldAnalysis, OldItem};
use collections_core::domain::Status;

use super::embeddings::Found;
use crate::legacy::ids::number;

/// Ids of good rows, as numbers.
#[derive(Default)]
pub(super) struct Known {
    /// How far each item comes.
    items: HashMap<u128, Status>,
    /// The item of each analysis.
    analyses: HashMap<u128, u128>,
    versions: HashSet<(u128, i32)>,
    embeddings: HashSet<u128>,
    models: BTreeSet<String>,
}

impl Known {
    pub(super) fn item(&mut self, item: &OldItem) -> Result<(), String> {
        let id = number(item.id.as_str());
        if self.items.contains_key(&id) {
            return Err("this id is there twice; the first is taken".to_owned());
        }
        self.items.insert(id, Status::Uploaded);
        Ok(())
    }

    pub(super) fn analysis(&mut self, analysis: &OldAnalysis) -> Result<(), String> {
        let (id, item) = (
            number(analysis.id.as_str()),
            number(analysis.item_id.as_str()),
        );
        if self.analyses.contains_key(&id) {
            return Err("this id is there twice; the first is taken".to_owned());
        }
        let Some(status) = self.items.get_mut(&item) else {
            return Err(format!(
                "its item {} is missing or refused",
                analysis.item_id
            ));
        };
        if !self.versions.insert((item, analysis.version)) {
            let (version, item) = (analysis.version, &analysis.item_id);
            return Err(format!("item {item} has a version {version} already"));
        }
        *status = Status::Analyzed;
        self.analyses.insert(id, item);
        Ok(())
    }

    pub(super) fn embedding(&mut self, found: &Found) -> Result<(), String> {
        let item = number(found.item_id.as_str());
        let Some(status) = self.items.get_mut(&item) else {
            return Err(format!("its item {} is missing or refused", found.item_id));
        };
        let analysis = found.analysis_id.as_ref();
        match analysis.map(|id| (id, self.analyses.get(&number(id.as_str())))) {
            Some((_, Some(of))) if *of == item => {}
            Some((id, Some(_))) => return Err(format!("its analysis {id} is of another item")),
            Some((id, None)) => return Err(format!("its analysis {id} is missing or refused")),
            None if *status == Status::Uploaded => {
                return Err(format!("its item {} has no analysis", found.item_id));
            }
            None => {}
        }
        if !self.embeddings.insert(item) {
            return Err(format!("item {} has a later embedding", found.item_id));
        }
        *status = Status::Searchable;
        self.models.insert(found.model.clone());
        Ok(())
    }

    /// How far an item comes with what is known of it.
    pub(super) fn settle(&self, item: &mut OldItem) {
        let status = self.items.get(&number(item.id.as_str()));
        item.status = status.copied().unwrap_or(Status::Uploaded);
        item.described = item.status != Status::Uploaded;
    }

    pub(super) fn undescribed(&self) -> usize {
        let all = self.items.values();
        all.filter(|status| **status == Status::Uploaded).count()
    }

    /// Vectors of different models cannot be compared.
    pub(super) fn models(&self) -> Option<String> {
        let models: Vec<&str> = self.models.iter().map(String::as_str).collect();
        let said = match models.as_slice() {
            [] => return None,
            [one] => {
                format!("the embeddings are of {one}; search must embed its queries with the same")
            }
            many => format!(
                "the embeddings are of several models, whose vectors cannot be compared: {}",
                many.join(", ")
            ),
        };
        Some(said)
    }
}
