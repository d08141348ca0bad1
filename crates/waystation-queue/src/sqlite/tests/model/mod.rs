//! Random operations and crashes, on the store and on a model that is too simple to be wrong.

mod operation;
mod reference;
mod run;

use proptest::prelude::*;

use operation::operations;
use run::Run;

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_store_does_as_the_model_does(operations in operations()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut run = Run::new();
            for operation in operations {
                run.perform(&operation).await;
                run.compare(&operation).await;
            }
        });
    }
}
