//! Servers that cannot become members: the error says why, and what is there instead.

use specfuse::engine::member::Overrides;
use specfuse::engine::member::http::{Endpoint, Limits};
use specfuse::engine::member::llama_server::{LlamaServer, Settings, Shared};

use crate::play::{limits, server};

/// The error from connecting to this address.
async fn refused(address: &str) -> String {
    let endpoint = Endpoint::new("third", address).unwrap();
    let limits = Limits { attempts: 1, ..limits() };
    let settings = Settings { endpoint, limits, model: None, overrides: Overrides::default(), shared: Shared::default() };
    LlamaServer::connect(settings).await.unwrap_err().to_string()
}

fn names(said: &str, words: &[&str]) {
    assert!(words.iter().all(|word| said.contains(word)), "{said:?} lacks one of {words:?}");
}

#[tokio::test]
async fn a_name_that_no_host_has() {
    // Reserved for names that never exist (RFC 2606).
    names(
        &refused("http://specfuse.invalid:8080").await,
        &["third", "specfuse.invalid", "cannot be resolved", "check the address"],
    );
}

#[tokio::test]
async fn tls_where_there_is_none() {
    let server = server("third", "Nothing.", 100).await;
    let address = format!("https://127.0.0.1:{}", server.port());
    names(&refused(&address).await, &["third", &address, "speaks http, not https", "use http://127.0.0.1"]);
}

#[tokio::test]
async fn a_port_where_nobody_listens() {
    let mut server = server("third", "Nothing.", 100).await;
    server.stop().await;
    let address = format!("http://127.0.0.1:{}", server.port());
    names(&refused(&address).await, &["third", &address, "refused", "check that the server runs"]);
}

#[tokio::test]
async fn a_wrong_model_name_lists_the_models_there_are() {
    let server = server("third", "Nothing.", 100).await;
    let settings = Settings { model: Some("fourth".to_owned()), ..server.settings(limits()) };
    let error = LlamaServer::connect(settings).await.unwrap_err().to_string();
    names(&error, &["no model `fourth`", "it has `third`"]);
}
