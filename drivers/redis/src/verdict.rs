//! What became of a statement whose end nobody saw: its mark says. Never writes.

use crate::bulk::is_done;
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
        _ if statement.effect == Effect::Bulk && is_done(said.as_bytes()) => Verdict::With,
        // It goes on where its note says.
        _ => without(),
    })
}

fn without() -> Verdict {
    Verdict::Without { clear: Vec::new() }
}
