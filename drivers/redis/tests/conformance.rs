//! The suite every driver passes, on both servers.

mod bench;

mod redis {
    initium_driver::conformance!(|| crate::bench::bench(crate::bench::REDIS));
}

mod valkey {
    initium_driver::conformance!(|| crate::bench::bench(crate::bench::VALKEY));
}
