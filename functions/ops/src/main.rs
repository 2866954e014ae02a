//! The ops function.

use std::time::Instant;

use anyhow::Result;
use collections_core::contract::functions::Ops;
use collections_core::lambda;
use ops::Operator;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let started = Instant::now();
    let operator = Operator::new(lambda::start::<Ops>().await?)?;
    let operator = &operator;
    lambda::serve::<Ops, _, _, _, _>(started, |request, _invocation| operator.handle(request)).await
}
