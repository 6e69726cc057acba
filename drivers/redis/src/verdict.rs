//! What became of a statement whose end nobody saw: its mark says. Never writes.

use crate::entries::mark;
use crate::session::Session;
use initium_driver::{Effect, Result, Statement, Step, Verdict};

pub fn verdict(session: &mut Session, step: &Step, statement: &Statement) -> Result<Verdict> {
    // One whose keys cannot be placed never ran.
    let Ok(slot) = session.slot_of(statement) else {
        return Ok(without());
    };
    let Some(said) = session.marked(slot, &mark(step))? else {
        return Ok(without());
    };
    Ok(match (said.as_str(), said.strip_prefix("partial ")) {
        ("done", _) => Verdict::With,
        ("direct", _) => Verdict::Invisible(
            "it was about to be sent, and the server leaves no trace of it".into(),
        ),
        (_, Some(calls)) => Verdict::Otherwise(format!(
            "its script failed after {calls} calls, and what these wrote stays"
        )),
        _ if statement.effect == Effect::Bulk && is_done(&said) => Verdict::With,
        // It goes on where its note says.
        _ => without(),
    })
}

fn without() -> Verdict {
    Verdict::Without { clear: Vec::new() }
}

fn is_done(note: &str) -> bool {
    let note = serde_json::from_str::<serde_json::Value>(note).unwrap_or_default();
    note.get("done").and_then(|done| done.as_bool()) == Some(true)
}
