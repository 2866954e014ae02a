//! Images go into repositories that a stack of the app makes. Where the repository stands, the
//! image goes with the zips; a new one gets it before the stack that runs it.

use futures::future::try_join_all;

use super::desired::{DesiredFunction, DesiredStack, Packaging};
use super::resolve::{Known, Outputs, Sources};
use crate::artifacts::{self, Image};
use crate::cloud::Cloud;
use crate::error::Result;
use crate::event::Events;

/// An image and where it goes.
pub struct Placed<'a> {
    function: &'a str,
    image: &'a Image,
    repository: String,
}

/// The images that were built, as far as their repositories are known.
pub fn placed<'s>(sources: &Sources<'s>, outputs: &Outputs) -> Vec<Placed<'s>> {
    let functions = sources.desired.functions.iter();
    functions
        .filter_map(|function| place(sources, function, outputs))
        .collect()
}

/// The images that a stack runs and whose repositories did not stand before the deploy.
pub fn placed_late<'s>(
    sources: &Sources<'s>,
    stack: &DesiredStack,
    outputs: &Outputs,
) -> Vec<Placed<'s>> {
    let before = sources.live.known_outputs();
    let functions = sources.desired.functions.iter();
    functions
        .filter(|function| function.stack == stack.id)
        .filter(|function| place(sources, function, &before).is_none())
        .filter_map(|function| place(sources, function, outputs))
        .collect()
}

/// Pushes what the repositories do not hold yet.
pub async fn push(cloud: &Cloud, events: &Events, placed: &[Placed<'_>]) -> Result<()> {
    let all = placed.iter().map(|placed| {
        let images = cloud.images.as_ref();
        artifacts::push(
            placed.function,
            placed.image,
            &placed.repository,
            images,
            events,
        )
    });
    try_join_all(all).await.map(drop)
}

fn place<'s>(
    sources: &Sources<'s>,
    function: &'s DesiredFunction,
    outputs: &Outputs,
) -> Option<Placed<'s>> {
    let Packaging::Image { stack, output } = &function.packaging else {
        return None;
    };
    let image = sources.artifacts?.get(&function.name)?.image()?;
    match outputs.get(stack)?.get(output)? {
        Known::Value(repository) => Some(Placed {
            function: &function.name,
            image,
            repository: repository.clone(),
        }),
        Known::After(_) => None,
    }
}
