//! Keys and indexes of a file as SQLite would tell them.

use super::{home, without};
use crate::read;
use initium_driver::Result;
use initium_driver::catalog::{Action, ForeignKey, Index, Key, Nulls, Of, Part, Sort};

pub fn key(key: &mut Key, about: &str) -> Result<()> {
    without(
        about,
        &[
            (
                key.deferrable.is_some(),
                "keys that wait for the end of a transaction",
            ),
            (key.nulls_not_distinct, "keys in which NULL is like NULL"),
            (!key.include.is_empty(), "keys that include other columns"),
        ],
    )?;
    key.comment = None;
    key.parts
        .iter_mut()
        .try_for_each(|part| self::part(part, about))
}

pub fn foreign_key(key: &mut ForeignKey, about: &str) -> Result<()> {
    home(&mut key.references.schema, about)?;
    let some = |action: &Action| matches!(action, Action::SetNullOf(_) | Action::SetDefaultOf(_));
    without(
        about,
        &[
            (key.match_full && key.columns.len() > 1, "MATCH FULL"),
            (
                key.not_valid || key.not_enforced,
                "foreign keys that are not asked",
            ),
            (
                some(&key.on_delete) || some(&key.on_update),
                "actions for some columns of a key",
            ),
        ],
    )?;
    // Of one column there is nothing to match but the whole.
    (key.match_full, key.comment) = (false, None);
    Ok(())
}

fn part(part: &mut Part, about: &str) -> Result<()> {
    // NULL is the smallest of all, so this is where it stands anyway.
    let natural = match part.sort {
        Sort::Up => Nulls::First,
        Sort::Down => Nulls::Last,
    };
    without(
        about,
        &[
            (
                part.nulls.is_some_and(|nulls| nulls != natural),
                "other places for NULL in an index",
            ),
            (part.length.is_some(), "prefixes of columns in an index"),
            (part.class.is_some(), "operator classes"),
        ],
    )?;
    part.nulls = None;
    part.collation = part.collation.take().map(read::standard);
    Ok(())
}

pub fn index(index: &mut Index, names: &[String], about: &str) -> Result<()> {
    let about = match index.name.as_str() {
        "" => format!("index of {about}"),
        name => format!("index {name}"),
    };
    let ordinary = matches!(index.method.as_deref(), None | Some("btree"));
    without(
        &about,
        &[
            (!ordinary, "indexes of this method"),
            (
                index.unique && !index.include.is_empty(),
                "unique indexes that include other columns",
            ),
            (
                index.nulls_not_distinct,
                "indexes in which NULL is like NULL",
            ),
            (index.invisible, "indexes that are not seen"),
            (!index.options.is_empty(), "options of indexes"),
        ],
    )?;
    // What is only to be found in the index is one more column of it.
    let include = std::mem::take(&mut index.include);
    index.parts.extend(include.into_iter().map(Part::column));
    (index.method, index.comment, index.invalid) = (None, None, false);
    index.predicate = index.predicate.take().map(|text| read::flat(&text, names));
    for part in &mut index.parts {
        self::part(part, &about)?;
        if let Of::Expression(text) = &mut part.of {
            *text = read::flat(text, names);
        }
    }
    Ok(())
}
