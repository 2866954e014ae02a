//! Parts that lie in the base's registry, brought here when another registry wants them.

use std::sync::Arc;

use super::Part;
use crate::cloud::clock::SystemClock;
use crate::cloud::registry::{Login, Registry, Repository, client};
use crate::cloud::retry::Retry;
use crate::error::{Doing as _, Error, Result};

/// The repository of a base. Bases are public.
pub(super) fn registry(repository: &Repository) -> Result<Registry> {
    let retry = Retry::new(Arc::new(SystemClock));
    let repository = repository.clone();
    Ok(Registry::new(
        client()?,
        retry,
        repository,
        Login::Anonymous,
    ))
}

/// Makes sure that a part is on this machine.
pub(super) async fn fetch(part: &Part) -> Result<()> {
    if part.file.is_file() {
        return Ok(());
    }
    let Some(repository) = &part.from else {
        return Err(Error::failed(format!("{} is gone", part.file.display()))
            .hint("deploy again: it is built anew"));
    };
    registry(repository)?
        .pull_blob(&part.digest, part.size, &part.file)
        .await
        .doing(format!("read a layer of the base image from {repository}"))
}
