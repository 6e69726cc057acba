//! Atlas: `20240102030405_name.sql` in the order of names as texts, with directives in the comments
//! above an empty line: `atlas:txmode none`, `atlas:delimiter`, `atlas:checkpoint`. `atlas.sum` is
//! checked where it is there. Folders of golang-migrate that Atlas took over have downs.

use super::cut::{at_delimiter, scripts as all_alike};
use super::lines::{Line, Spot, each, held, piece, said};
use super::order::by_name;
use super::pair::{Named, Side, put_together, side};
use super::{File, Format, Found, Turn, Within, named, scripts, stem, sum, unfit};
use initium_driver::{Place, Result, Source, sorted};

pub const SUM: &str = "atlas.sum";

/// What the comments at the top of a file say.
#[derive(Default)]
struct Header {
    within: Within,
    /// And where the statements begin behind it.
    delimiter: Option<(String, Spot)>,
    checkpoint: bool,
    /// Its text does not count in `atlas.sum`.
    unsummed: bool,
    /// The first of those that only count above an empty line.
    first: Option<(Place, String)>,
}

/// `name arguments` of `-- atlas:name arguments`.
pub fn directive(line: &str) -> Option<(&str, &str)> {
    let said = said(line, "atlas:")?;
    Some(
        said.split_once(' ')
            .map_or((said, ""), |(name, rest)| (name, rest.trim())),
    )
}

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    let mut all: Vec<&File> = scripts(files).collect();
    sorted::by_key(&mut all, |file| file.name.clone());
    let mut pairs = Vec::new();
    for file in &all {
        let stem = stem(&file.name);
        if stem.contains('/') || !file.name.ends_with(".sql") {
            return Err(unfit(
                file,
                "Atlas",
                "20240102030405_name.sql, in no folder below",
            ));
        }
        let (name, side) = side(stem).unwrap_or((stem, Side::Up));
        let (version, title) = name.split_once('_').unwrap_or((name, ""));
        pairs.push(Named {
            file,
            version: version.into(),
            title: title.into(),
            id: name.into(),
            side,
            database: None,
            within: header(&file.text)?.within,
        });
    }
    all.retain(|file| !file.name.ends_with(".down.sql"));
    let mut found = put_together(Format::Atlas, pairs)?;
    if let Some(sums) = named(files, SUM) {
        let text = sums.text.whole()?;
        let listed = sum::listed(sums, &text)?;
        sum::check(
            sums,
            &listed,
            &all,
            &|file| Ok(header(&file.text)?.unsummed),
        )?;
        for found in &mut found {
            let mut listed = listed.iter();
            let summed = listed.find(|summed| summed.name == found.origin.file);
            found.origin.sum = summed.map(|summed| summed.hash.into());
        }
    }
    for found in &mut found {
        for way in [Some(&mut found.up), found.down.as_mut()]
            .into_iter()
            .flatten()
        {
            let Some(script) = way.scripts.first() else {
                continue;
            };
            let header = header(&script.text)?;
            if header.checkpoint {
                found.turn = Turn::Baseline;
            }
            if let Some((delimiter, begin)) = header.delimiter {
                let end = held(&script.text)?.len() as u64;
                let text = piece(&script.text, begin, end)?;
                let texts = text.map_or(Ok(Vec::new()), |text| at_delimiter(&text, &delimiter));
                way.scripts = all_alike(texts?);
            }
        }
    }
    by_name(found)
}

fn header(file: &Source) -> Result<Header> {
    let mut header = Header::default();
    let mut above = true;
    each(file, &mut |line| {
        let comment = line.text.starts_with("--") || line.text.starts_with('#');
        if above && !comment {
            above = false;
            if let Some((place, said)) = header.first.take().filter(|_| !line.is_blank()) {
                let message = format!("`{said}` is not seen by Atlas");
                return Err(line
                    .refuse(file, message)
                    .place(place)
                    .help("leave an empty line between these comments and the first statement"));
            }
        }
        match directive(line.text) {
            Some((name, rest)) => mark(&mut header, file, line, (name, rest), above),
            None => Ok(()),
        }
    })?;
    Ok(header)
}

fn mark(
    header: &mut Header,
    file: &Source,
    line: &Line,
    (name, rest): (&str, &str),
    above: bool,
) -> Result<()> {
    let refuse = |message: &str| {
        let message = format!("`{}` {message}", line.text.trim());
        Err(line.refuse(file, message))
    };
    match (name, rest) {
        // They are about findings, which are not ours.
        ("nolint", _) => return Ok(()),
        ("txmode" | "checkpoint" | "delimiter" | "sum", _) if !above => {
            return refuse("only counts at the top of a file");
        }
        ("sum" | "delimiter", _) if line.at > 0 => return refuse("only counts as the first line"),
        ("txmode", "none") => header.within = Within::Nothing,
        ("txmode", "file") => header.within = Within::Transaction,
        ("checkpoint", _) => header.checkpoint = true,
        ("delimiter", "") => return refuse("names no delimiter"),
        ("delimiter", rest) => header.delimiter = Some((unescaped(rest), line.behind())),
        ("sum", "ignore") => header.unsummed = true,
        _ => return refuse("is not supported"),
    }
    if !matches!(name, "sum" | "delimiter") && header.first.is_none() {
        header.first = Some((line.start().place(file), line.text.trim().into()));
    }
    Ok(())
}

/// `\n` and its like as the signs that they mean.
pub fn unescaped(text: &str) -> String {
    text.replace("\\n", "\n")
        .replace("\\r", "\r")
        .replace("\\t", "\t")
}
