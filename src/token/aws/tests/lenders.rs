//! Which lender is asked, and what of the environment is refused before anybody is.
