//! Where a verb's result goes while it is a part of a larger one. Prints nothing.

use crate::report::Answer;
use initium_driver::Error;
use std::sync::{Arc, Mutex};

/// Shared with the [`super::Output`] of one call.
#[derive(Clone, Debug, Default)]
pub struct Sink(Arc<Mutex<Told>>);

/// What a verb said of one database.
#[derive(Debug, Default)]
pub struct Told {
    /// In the form of the output: text, or JSON on one line.
    pub text: String,
    /// Where the form is made of answers.
    pub answer: Option<Answer>,
    pub error: Option<Error>,
    /// How many migrations are pending, where that was asked.
    pub pending: usize,
}

impl Sink {
    pub fn take(&self, text: String, answer: Option<Answer>) {
        self.with(|told| (told.text, told.answer) = (text, answer));
    }

    pub fn fail(&self, error: &Error) {
        self.with(|told| told.error = Some(error.clone()));
    }

    pub fn pending(&self, count: usize) {
        self.with(|told| told.pending = count);
    }

    pub fn end(self) -> Told {
        let mut end = Told::default();
        self.with(|told| std::mem::swap(told, &mut end));
        end
    }

    fn with(&self, change: impl FnOnce(&mut Told)) {
        change(&mut self.0.lock().unwrap_or_else(|e| e.into_inner()));
    }
}
