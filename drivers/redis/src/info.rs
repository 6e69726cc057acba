//! What a server says of itself (`INFO`). A user who may not ask gets an empty one.

use initium_driver::hosts::Standing;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default)]
pub struct Info(BTreeMap<String, String>);

/// Which part a server plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Alone,
    Cluster,
    Sentinel,
}

impl Info {
    pub fn read(text: &[u8]) -> Info {
        let text = String::from_utf8_lossy(text);
        let lines = text.lines().filter_map(|line| line.split_once(':'));
        let mut info = Info::default();
        let said = lines.map(|(key, value)| (key.into(), value.trim().into()));
        info.0.extend(said);
        info
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    pub fn number(&self, key: &str) -> Option<u64> {
        self.get(key)?.parse().ok()
    }

    /// Product and version, for people.
    pub fn server(&self) -> String {
        match (self.get("valkey_version"), self.get("redis_version")) {
            (Some(version), _) => format!("Valkey {version}"),
            (None, Some(version)) => format!("Redis {version}"),
            _ => "Redis".into(),
        }
    }

    pub fn part(&self) -> Part {
        match (self.get("redis_mode"), self.get("cluster_enabled")) {
            (Some("sentinel"), _) => Part::Sentinel,
            (Some("cluster"), _) | (_, Some("1")) => Part::Cluster,
            _ => Part::Alone,
        }
    }

    pub fn standing(&self) -> Standing {
        match self.get("role") {
            Some("slave" | "replica") => Standing {
                standby: true,
                reads: Some("it is a replica"),
            },
            _ => Standing::default(),
        }
    }

    pub fn is_loading(&self) -> bool {
        matches!(self.get("loading"), Some(other) if other != "0")
    }

    pub fn replicas(&self) -> u64 {
        self.number("connected_slaves").unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn product_part_and_role_are_read() {
        let info = Info::read(b"# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\n");
        assert_eq!(info.server(), "Redis 7.0.15");
        assert_eq!(info.part(), Part::Alone);
        assert!(!info.standing().standby);
        let info = Info::read(
            b"redis_version:7.2.4\r\nvalkey_version:8.0.1\r\nrole:slave\r\ncluster_enabled:1\r\n",
        );
        assert_eq!(info.server(), "Valkey 8.0.1");
        assert_eq!(info.part(), Part::Cluster);
        assert!(info.standing().standby);
    }
}
