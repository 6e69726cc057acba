//! dbmate: `20240102030405_name.sql` with `-- migrate:up` and `-- migrate:down` in it.

use super::lines::{lines, piece, said};
use super::order::by_version;
use super::version::digits;
use super::{File, Format, Found, Origin, Turn, Way, Within, id, scripts, start, wrong};
use initium_driver::{Code, Error, Result};

pub const UP: &str = "migrate:up";
const DOWN: &str = "migrate:down";

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    by_version(scripts(files).map(one).collect::<Result<_>>()?)
}

/// Where a part begins, with its line and behind it.
struct Part {
    line: usize,
    begin: usize,
    within: Within,
}

fn one(file: &File) -> Result<Found> {
    let stem = file.name.trim_end_matches(".sql");
    let Some((version, rest)) = digits(stem) else {
        return Err(wrong(file, format!("{} begins with no version", file.name))
            .help("dbmate calls its files 20240102030405_name.sql"));
    };
    let text = file.text.whole()?;
    let (mut up, mut down): (Option<Part>, Option<Part>) = (None, None);
    for line in lines(&text) {
        let (part, options) = match (said(line.text, UP), said(line.text, DOWN)) {
            (Some(options), _) => (&mut up, options),
            (_, Some(options)) => (&mut down, options),
            _ if said(line.text, "migrate:").is_some() => {
                return Err(unknown(file, line.at, line.text));
            }
            _ => continue,
        };
        if part.is_some() {
            return Err(unknown(file, line.at, line.text).help("it stands there twice"));
        }
        *part = Some(Part {
            line: line.at,
            begin: line.at + line.text.len(),
            within: match options {
                "" | "transaction:true" => Within::Transaction,
                "transaction:false" => Within::Nothing,
                _ => return Err(unknown(file, line.at, line.text)),
            },
        });
    }
    let Some(up) = up else {
        return Err(wrong(file, format!("{} has no `-- migrate:up`", file.name)));
    };
    let end = match &down {
        Some(down) if down.line < up.line => {
            return Err(unknown(file, down.line, DOWN).help("`-- migrate:up` comes first"));
        }
        Some(down) => down.line,
        None => text.len(),
    };
    let way = |from, to, within| piece(&file.text, from, to).map(|text| Way::of(text, within));
    Ok(Found {
        origin: Origin {
            format: Format::Dbmate,
            version: version.into(),
            title: rest.trim_start_matches('_').into(),
            file: file.name.clone(),
            sum: None,
        },
        id: id(stem),
        turn: Turn::Once,
        up: way(up.begin, end, up.within).unwrap_or_default(),
        down: down.and_then(|down| way(down.begin, text.len(), down.within)),
        verify: Vec::new(),
        tags: Vec::new(),
        place: start(file),
    })
}

fn unknown(file: &File, at: usize, line: &str) -> Error {
    let message = format!("dbmate knows no `{}`", line.trim());
    Error::new(Code::SpecInvalid, message).place(file.text.place(at))
}
