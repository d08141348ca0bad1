//! Tokens of an account that several processes share.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};
use waystation_kit::future::BoxFuture;
use waystation_kit::{RefreshedTokens, Result};
use waystation_runtime::tokens::{AccountLock, TokenStore};

use crate::support::Bench;
use crate::support::partner::{Partner, Reply};

/// The tokens of an account and its lock, as a store for several processes keeps them.
#[derive(Debug, Default)]
struct Account {
    lock: Arc<Mutex<()>>,
    kept: std::sync::Mutex<Option<RefreshedTokens>>,
}

impl TokenStore for Account {
    fn lock(&self) -> BoxFuture<'_, Result<AccountLock>> {
        Box::pin(async {
            let guard: OwnedMutexGuard<()> = Arc::clone(&self.lock).lock_owned().await;
            Ok(AccountLock::held(guard))
        })
    }

    fn load(&self) -> BoxFuture<'_, Result<Option<RefreshedTokens>>> {
        Box::pin(async { Ok(self.kept.lock().unwrap().clone()) })
    }

    fn save<'a>(&'a self, tokens: &'a RefreshedTokens) -> BoxFuture<'a, Result<()>> {
        *self.kept.lock().unwrap() = Some(tokens.clone());
        Box::pin(async { Ok(()) })
    }
}

/// Two processes with the same account; every refresh makes a new token.
fn nodes() -> (Bench, Bench, Arc<AtomicUsize>) {
    let (account, refreshes) = (Arc::new(Account::default()), Arc::new(AtomicUsize::new(0)));
    let node = || {
        let refreshes = Arc::clone(&refreshes);
        let partner = Partner::answering(
            move |_, asked| match (asked.path.as_str(), asked.token.as_str()) {
                ("/token", _) => {
                    let number = refreshes.fetch_add(1, SeqCst);
                    Reply::tokens(&format!("new-{number}")).after(Duration::from_secs(1))
                }
                (_, "new-0") => Reply::status(200),
                _ => Reply::status(401),
            },
        );
        Bench::with_store(partner, Arc::clone(&account) as _)
    };
    (node(), node(), Arc::clone(&refreshes))
}

#[tokio::test(start_paused = true)]
async fn who_comes_second_takes_the_tokens_of_the_first() {
    let (one, two, refreshes) = nodes();
    let (first, second) = tokio::join!(one.event(), two.event());
    assert!(first.result.is_ok() && second.result.is_ok());
    assert_eq!(refreshes.load(SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn the_lock_is_given_back() {
    let (one, two, refreshes) = nodes();
    assert!(one.event().await.result.is_ok());
    assert!(two.event().await.result.is_ok(), "the second found the lock free");
    assert_eq!(refreshes.load(SeqCst), 1);
}
