//! What is left in memory of a secret that was dropped. Linux shows a process its own memory as a file.

use std::fs::File;
use std::os::unix::fs::FileExt;

use sts_sdk::subject_token::SubjectToken;
use sts_sdk::{Client, Secret, TokenExchangeRequest};
use sts_sdk_tests::{Server, token_reply};

/// What a secret consists of here.
const MARK: u8 = b'~';
/// So long that what the allocator writes into a free block covers little of it, and so short that it keeps the block.
const LENGTH: usize = 800;
/// Fewer marks than this are what another thread wrote into the freed block, not what is left of the text.
const FEW: usize = 16;

fn text() -> String {
    char::from(MARK).to_string().repeat(LENGTH)
}

/// How many bytes of `value`, whose text is at `address`, can be read before and after it is dropped.
fn before_and_after<T>(value: T, address: usize) -> (usize, usize) {
    let memory = File::open("/proc/self/mem").unwrap();
    let address = u64::try_from(address).unwrap();
    let (mut before, mut after) = ([0; LENGTH], [0; LENGTH]);
    // Nothing is allocated between the drop and the look at what it left.
    memory.read_exact_at(&mut before, address).unwrap();
    drop(value);
    memory.read_exact_at(&mut after, address).unwrap();
    let marks = |bytes: [u8; LENGTH]| bytes.into_iter().filter(|byte| *byte == MARK).count();
    let left = marks(after);
    (marks(before), if left < FEW { 0 } else { left })
}

#[test]
fn what_is_no_secret_is_left_in_memory() {
    // The control: without zeros, the text would be found.
    let text = text();
    let address = text.as_ptr().addr();
    let (before, after) = before_and_after(text, address);
    assert_eq!(before, LENGTH);
    assert!(after > LENGTH / 2, "{after}");
}

#[test]
fn a_secret_is_overwritten_when_it_is_dropped() {
    let secret = Secret::from(text());
    let address = secret.expose_secret().as_ptr().addr();
    assert_eq!(before_and_after(secret, address), (LENGTH, 0));

    let copy = Secret::from(text()).clone();
    let address = copy.expose_secret().as_ptr().addr();
    assert_eq!(before_and_after(copy, address), (LENGTH, 0));

    let token = SubjectToken::from(Secret::from(text()));
    let address = token.secret().expose_secret().as_ptr().addr();
    assert_eq!(before_and_after(token, address), (LENGTH, 0));
}

#[test]
fn what_a_secret_held_before_it_was_shortened_is_overwritten_as_well() {
    let mut text = text();
    text.truncate(1);
    let secret = Secret::from(text);
    let address = secret.expose_secret().as_ptr().addr();
    assert_eq!(before_and_after(secret, address), (LENGTH, 0));
}

#[tokio::test]
async fn an_access_token_is_overwritten_when_it_is_dropped() {
    let server = Server::start(|_| token_reply(&text())).await.unwrap();
    let client = Client::for_base_url(&server.url()).unwrap();
    let request = TokenExchangeRequest::builder();
    let request = request.identity_pool_id("pool").subject_token("eyJ");
    let token = client.exchange(request).await.unwrap();
    let address = token.secret().expose_secret().as_ptr().addr();
    assert_eq!(before_and_after(token, address), (LENGTH, 0));
}
