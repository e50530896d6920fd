//! Has the crate rebuilt when a vector changes: the vectors are part of the library.

fn main() {
    println!("cargo:rerun-if-changed=../../vectors");
}
