//! Which databases of a list are this process's: by the name alone, so that a list that grows moves
//! nobody to another shard.

use super::super::arguments::Common;
use super::super::connection::variable;
use initium_driver::{Code, Error, Result};
use sha2::{Digest, Sha256};

/// One of several processes that share a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    pub index: u32,
    pub count: u32,
}

/// What Kubernetes tells a pod of an Indexed Job.
const INDEX: &str = "JOB_COMPLETION_INDEX";

impl Shard {
    pub fn of(common: &Common) -> Result<Option<Shard>> {
        let Some(count) = common.shard_count else {
            return match common.shard_index {
                None => Ok(None),
                Some(_) => Err(Error::new(Code::Usage, "--shard-index needs --shard-count")
                    .help("--shard-count says among how many processes the list is shared out")),
            };
        };
        if count == 0 {
            return Err(
                Error::new(Code::SettingInvalid, "--shard-count cannot be 0")
                    .help("1 is the whole list"),
            );
        }
        let index = match (common.shard_index, variable(INDEX)) {
            (Some(index), _) => index,
            (None, Some(text)) => text.parse().map_err(|_| {
                Error::new(Code::SettingInvalid, format!("{INDEX} is not a number")).help(
                    "Kubernetes sets it in the pods of an Indexed Job; elsewhere use --shard-index",
                )
            })?,
            (None, None) => {
                return Err(Error::new(
                    Code::Usage,
                    "--shard-count without --shard-index: nothing says which shard this is",
                )
                .help(format!(
                    "give --shard-index, or run in an Indexed Job, which sets {INDEX}"
                )));
            }
        };
        match index < count {
            true => Ok(Some(Shard { index, count })),
            false => Err(Error::new(
                Code::SettingInvalid,
                format!("there is no shard {index} of {count}: they count from 0"),
            )
            .help("--shard-count and `completions` of the Job are the same number")),
        }
    }

    pub fn has(self, name: &str) -> bool {
        place(name) % u64::from(self.count) == u64::from(self.index)
    }
}

/// The first eight bytes of SHA-256 as a number, the first the most significant.
fn place(name: &str) -> u64 {
    let hash = Sha256::digest(name.as_bytes());
    hash.iter()
        .take(8)
        .fold(0, |n, byte| n << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VECTORS: &[(&str, u64, u64)] = &[
        ("acme", 0, 2),
        ("beta", 1, 3),
        ("gamma", 0, 2),
        ("tenant_1", 1, 1),
        ("größe", 3, 2),
        ("a b", 2, 2),
    ];

    /// The same numbers stand in the guide: others compute them too.
    #[test]
    fn the_shard_of_a_name_is_the_same_for_ever() {
        for (name, of_4, of_7) in VECTORS {
            assert_eq!((place(name) % 4, place(name) % 7), (*of_4, *of_7), "{name}");
        }
    }

    #[test]
    fn every_name_has_one_shard_and_they_are_of_like_size() {
        let mut sizes = [0; 8];
        for n in 0..8000 {
            let name = format!("tenant_{n}");
            let mine = |index: &u32| {
                Shard {
                    index: *index,
                    count: 8,
                }
                .has(&name)
            };
            let all: Vec<u32> = (0..8).filter(mine).collect();
            assert_eq!(all.len(), 1, "{name}");
            sizes[all[0] as usize] += 1;
        }
        assert!(
            sizes.iter().all(|size| (850..1150).contains(size)),
            "{sizes:?}"
        );
    }
}
