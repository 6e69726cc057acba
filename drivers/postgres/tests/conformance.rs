//! The suite that every driver passes, on every server there is.

mod servers;

mod postgres15 {
    use crate::servers::PostgresBench;
    initium_driver::conformance!(|| PostgresBench::boxed("INITIUM_TEST_POSTGRES_URL"));
}

mod postgres18 {
    use crate::servers::PostgresBench;
    initium_driver::conformance!(|| PostgresBench::boxed("INITIUM_TEST_POSTGRES18_URL"));
}
