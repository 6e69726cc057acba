//! The suite every driver passes, on both servers.

mod bench;

mod mariadb {
    initium_driver::conformance!(|| crate::bench::bench(crate::bench::MARIADB));
}

mod mysql {
    initium_driver::conformance!(|| crate::bench::bench(crate::bench::MYSQL));
}
