//! How fast subscriptions are asked.

fn main() {
    divan::main();
}
