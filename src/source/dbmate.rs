//! dbmate: `20240102030405_name.sql` with `-- migrate:up` and `-- migrate:down` in it. It runs them in
//! the order of their names as texts.

use super::lines::{Line, Spot, each, length, piece, said};
use super::order::by_name;
use super::version::digits;
use super::{File, Format, Found, Way, Within, begun, scripts, stem, unfit, wrong};
use initium_driver::Result;

pub const UP: &str = "migrate:up";
const DOWN: &str = "migrate:down";

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    by_name(scripts(files).map(one).collect::<Result<_>>()?)
}

/// Where a part begins with its line, and behind it.
struct Part {
    start: Spot,
    begin: Spot,
    within: Within,
}

fn one(file: &File) -> Result<Found> {
    let stem = stem(&file.name);
    let named = digits(stem).filter(|_| file.name.ends_with(".sql"));
    let Some((version, rest)) = named else {
        return Err(unfit(file, "dbmate", "20240102030405_name.sql"));
    };
    let (mut up, mut down): (Option<Part>, Option<Part>) = (None, None);
    each(&file.text, &mut |line| {
        let (part, options) = match (said(line.text, UP), said(line.text, DOWN)) {
            (Some(options), _) => (&mut up, options),
            (_, Some(options)) if up.is_some() => (&mut down, options),
            (_, Some(_)) => {
                let help = "`-- migrate:up` comes first";
                return Err(unknown(file, line).help(help));
            }
            _ if said(line.text, "migrate:").is_some() => return Err(unknown(file, line)),
            _ if up.is_none() && line.is_statement() => {
                let message = "a statement stands before `-- migrate:up`";
                return Err(line.refuse(&file.text, message));
            }
            _ => return Ok(()),
        };
        line.flush(&file.text)?;
        if part.is_some() {
            return Err(unknown(file, line).help("it stands there twice"));
        }
        *part = Some(Part {
            start: line.start(),
            begin: line.behind(),
            within: match options {
                "" | "transaction:true" => Within::Transaction,
                "transaction:false" => Within::Nothing,
                _ => return Err(unknown(file, line)),
            },
        });
        Ok(())
    })?;
    let Some(up) = up else {
        return Err(wrong(file, format!("{} has no `-- migrate:up`", file.name)));
    };
    let end = length(&file.text);
    let way = |part: &Part, to| {
        let text = piece(&file.text, part.begin, to)?;
        Ok(text.map(|text| Way::of(text, part.within)))
    };
    let title = rest.trim_start_matches('_');
    let mut found = begun(Format::Dbmate, file, version, title, stem);
    found.up = way(&up, down.as_ref().map_or(end, |down| down.start.at))?.unwrap_or_default();
    if let Some(down) = &down {
        found.down = way(down, end)?;
    }
    Ok(found)
}

fn unknown(file: &File, line: &Line) -> initium_driver::Error {
    line.refuse(
        &file.text,
        format!("dbmate knows no `{}`", line.text.trim()),
    )
}
